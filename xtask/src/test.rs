//! `cargo xtask test`: every test of the workspace.

use std::path::Path;

use anyhow::Result;

use crate::process;

/// Options of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this module with its contract, or this crate: `orders`, `tenon-store`.
    #[arg(long, short)]
    package: Vec<String>,
    /// Handed on to the test runner, for example a part of a test's name.
    #[arg(trailing_var_arg = true)]
    filter: Vec<String>,
}

impl Options {
    /// Everything.
    pub(crate) fn all() -> Self {
        Self {
            package: Vec::new(),
            filter: Vec::new(),
        }
    }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    if crate::cluster::server_programs().as_os_str().is_empty() {
        println!("!! No PostgreSQL server programs found: tests run on SQLite only.");
        println!(
            "!! Debian: apt-get install postgresql   (a private cluster is started; no service is needed)"
        );
    } else {
        println!("PostgreSQL found: store and module tests run on both engines.");
    }
    let mut command = process::cargo(root);
    if process::exists("cargo-nextest", "--version") {
        command.args(["nextest", "run"]);
        if !options.package.is_empty() {
            // Tests of a module wait for its databases half of the time. All tests together have other loads to bear.
            let threads = 2 * std::thread::available_parallelism()?.get();
            command.args(["--test-threads", &threads.to_string()]);
        }
    } else {
        command.arg("test"); // a fresh machine: slower, but nothing to install
    }
    if options.package.is_empty() {
        command.arg("--workspace");
    }
    for package in &options.package {
        command.args(["--package", package]);
        if root.join("crates").join(package).join("contract").is_dir() {
            command.args(["--package", &format!("{package}-contract")]);
        }
    }
    process::run(command.args(&options.filter))
}
