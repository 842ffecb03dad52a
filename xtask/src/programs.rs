//! Builds the programs that run beside this one.
//!
//! Cargo chooses the features of a library by everything that is built together, so each group of packages that is built by
//! itself builds many libraries once more. A developer who wants a server gets that alone; CI wants everything, and builds it
//! once, tests and programs together.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, ensure};

use crate::process;

/// Where [`everything`] is, as soon as it is built.
static EVERYTHING: OnceLock<PathBuf> = OnceLock::new();

/// Builds tests and programs of the whole workspace, as `cargo nextest run --workspace` does. Programs that are asked for
/// later, by this process, are taken from there.
pub(crate) fn everything(root: &Path) -> Result<()> {
    let mut command = process::cargo(root);
    process::run(command.args(["build", "--workspace", "--bins", "--tests"]))?;
    let built = process::target_dir(root)?.join("debug");
    EVERYTHING.get_or_init(|| built);
    Ok(())
}

/// Builds the programs of these packages, all at once; returns the folder they are in.
pub(crate) fn build(root: &Path, packages: &[&str]) -> Result<PathBuf> {
    if let Some(built) = EVERYTHING.get() {
        return Ok(built.clone());
    }
    build_as(root, packages, &[])?;
    Ok(process::target_dir(root)?.join("debug"))
}

/// The same as a release.
pub(crate) fn build_release(root: &Path, packages: &[&str]) -> Result<PathBuf> {
    build_as(root, packages, &["--release"])?;
    Ok(process::target_dir(root)?.join("release"))
}

fn build_as(root: &Path, packages: &[&str], profile: &[&str]) -> Result<()> {
    ensure!(!packages.is_empty(), "nothing to build");
    let mut command = process::cargo(root);
    command.arg("build").args(profile);
    for package in packages {
        command.args(["--package", package]);
    }
    process::run(&mut command)
}

/// A program of a package that prints what it is asked for: nothing but that may be printed.
pub(crate) fn quiet(root: &Path, package: &str, program: &str) -> Command {
    if let Some(built) = EVERYTHING.get() {
        let mut command = Command::new(built.join(program));
        command.current_dir(root);
        return command;
    }
    let mut command = process::cargo(root);
    command.args([
        "run",
        "--quiet",
        "--package",
        package,
        "--bin",
        program,
        "--",
    ]);
    command
}
