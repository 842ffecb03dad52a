//! `cargo xtask sdk check`: the TypeScript SDK follows from the committed OpenAPI document, compiles, and can buy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::node;
use crate::process;
use crate::stack::{Backend, Plan, Stack};
use crate::topology::Topology;

/// The package, as it is committed.
const PACKAGE: &str = "apps/sdk-typescript";
/// What a generator writes, below the package.
const GENERATED: &str = "src/generated";
/// What the package consists of.
const PARTS: [&str; 8] = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "generate.mjs",
    "src",
    "test",
    "examples",
];

/// Options of `cargo xtask sdk`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Generates, compares, compiles, tests, and lets a buyer through it.
    Check(Check),
}

#[derive(Debug, clap::Args)]
struct Check {
    /// Rewrites the generated files instead of comparing them.
    #[arg(long)]
    bless: bool,
    /// Without the buyer, who needs a server.
    #[arg(long)]
    no_server: bool,
    /// Engine of the server.
    #[arg(long, value_enum, default_value = "sqlite")]
    backend: Backend,
    /// Where its modules run.
    #[arg(long, default_value = "wire")]
    topology: Topology,
}

impl Options {
    /// For CI.
    pub(crate) fn quick() -> Self {
        Self {
            action: Action::Check(Check {
                bless: false,
                no_server: false,
                backend: Backend::Sqlite,
                topology: Topology::Wire,
            }),
        }
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let Action::Check(check) = &options.action;
    node::expect()?;
    let workshop = furnish(root)?;
    let npx = |arguments: &[&str]| -> Result<()> {
        let mut command = Command::new("npx");
        command.arg("--no-install").args(arguments);
        process::run(command.current_dir(&workshop))
    };
    generate(root, &workshop, check.bless)?;
    npx(&["tsc", "--project", "tsconfig.build.json"])?;
    npx(&["tsc", "--project", "tsconfig.json", "--noEmit"])?;
    npx(&["tsc", "--project", "tsconfig.json"])?;
    let mut tests = Command::new("node");
    tests.args(["--test", "--test-reporter=dot", "build/test/"]);
    process::run(tests.current_dir(&workshop))?;
    if check.no_server {
        println!("\nThe SDK is current and compiles.");
        return Ok(());
    }
    buy(root, &workshop, check)?;
    println!("\nThe SDK is current, compiles, and can buy.");
    Ok(())
}

/// A copy of the package below the target directory, with what it depends on: the tree stays as it is.
fn furnish(root: &Path) -> Result<PathBuf> {
    let workshop = process::target_dir(root)?.join("sdk-typescript");
    fs::create_dir_all(&workshop)?;
    for part in PARTS.iter().chain(&["dist", "build"]) {
        let copy = workshop.join(part);
        if copy.is_dir() {
            fs::remove_dir_all(copy)?;
        }
    }
    for part in PARTS {
        copy(&root.join(PACKAGE).join(part), &workshop.join(part))?;
    }
    node::install(&workshop)?;
    Ok(workshop)
}

/// Generates anew and compares with what is committed, or commits it.
fn generate(root: &Path, workshop: &Path, bless: bool) -> Result<()> {
    let fresh = workshop.join("generated");
    let mut command = Command::new("node");
    command.arg("generate.mjs");
    command.arg(root.join("docs/openapi.json")).arg(&fresh);
    process::run(command.current_dir(workshop))?;
    for file in ["operations.ts", "schema.ts"] {
        let generated = fs::read_to_string(fresh.join(file)).with_context(|| file.to_owned())?;
        let committed = root.join(PACKAGE).join(GENERATED).join(file);
        if bless {
            fs::create_dir_all(root.join(PACKAGE).join(GENERATED))?;
            fs::write(&committed, &generated)?;
        } else if fs::read_to_string(&committed).unwrap_or_default() != generated {
            bail!(
                "{PACKAGE}/{GENERATED}/{file} differs from what docs/openapi.json gives: cargo xtask sdk check --bless"
            );
        }
        fs::create_dir_all(workshop.join(GENERATED))?;
        fs::write(workshop.join(GENERATED).join(file), generated)?;
    }
    Ok(())
}

/// The example buys from a fresh server.
fn buy(root: &Path, workshop: &Path, check: &Check) -> Result<()> {
    let plan = Plan::fresh(root, "sdk", check.backend, check.topology)?;
    let folder = plan.folder.clone();
    let mut stack = Stack::prepare(root, plan)?;
    stack.serve()?;
    let ports = stack.ports;
    let mut buyer = Command::new("node");
    buyer.arg("build/examples/buyer.js");
    buyer.args(
        [ports.api, ports.mail_page, ports.payment_page]
            .map(|port| format!("http://127.0.0.1:{port}")),
    );
    let bought = process::run(buyer.current_dir(workshop));
    if stack.server_has_ended() {
        bail!(
            "the server ended; see {}",
            folder.join("server.log").display()
        );
    }
    bought?;
    stack.verify()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        fs::copy(from, to).with_context(|| from.display().to_string())?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
