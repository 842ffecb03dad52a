//! `cargo xtask crash <request>`: stops the server at every commit and every outgoing call of one request.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::cluster::Cluster;
use crate::scenario::free_block;
use crate::stack::{Backend, PROGRAMS, Ports};
use crate::{process, programs};

/// Options of `cargo xtask crash`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Which request; all of them unless named.
    #[arg(value_parser = FLOWS)]
    flows: Vec<String>,
    /// Engine of the stores.
    #[arg(long, value_enum, default_value = "sqlite")]
    backend: Backend,
    /// Only the place with this number.
    #[arg(long)]
    only: Option<usize>,
    /// Installations that run at once.
    #[arg(long, default_value_t = 6)]
    at_once: usize,
}

/// Requests that are certified, and the move of a module's data.
pub(crate) const FLOWS: [&str; 5] = ["checkout", "refund", "return", "sign-in", "move"];

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let programs = build(root)?;
    let cluster = cluster(root, options.backend)?;
    let flows: Vec<&str> = if options.flows.is_empty() {
        FLOWS.to_vec()
    } else {
        options.flows.iter().map(String::as_str).collect()
    };
    for flow in flows {
        let name = format!("crash-{flow}-{:?}", options.backend).to_lowercase();
        let results = root.join("var/chaos");
        fs::create_dir_all(&results)?;
        let mut command = program(root, &programs, "crash", &name, cluster.as_ref());
        command
            .arg(flow)
            .arg("--out")
            .arg(results.join(format!("{name}.json")));
        command.args(["--at-once", &options.at_once.to_string()]);
        if let Some(only) = options.only {
            command.args(["--only", &only.to_string()]);
        }
        process::run(&mut command)?;
        fs::remove_dir_all(folder(root, &name))?; // after a failure it is there, to be looked at
    }
    Ok(())
}

/// Builds what experiments consist of; returns the folder they are in.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    let mut packages = PROGRAMS.to_vec(); // as every stack: what is built already is not built differently
    packages.push("chaos");
    programs::build(root, &packages)
}

/// The cluster of experiments on PostgreSQL.
pub(crate) fn cluster(root: &Path, backend: Backend) -> Result<Option<Cluster>> {
    match backend {
        Backend::Sqlite => Ok(None),
        Backend::Postgres => {
            let port = Ports::from(free_block()).postgres;
            Cluster::start(&root.join("var/chaos-postgres"), port).map(Some)
        }
    }
}

/// Where installations are: in memory if there is some, since nobody cuts the power of the machine.
pub(crate) fn folder(root: &Path, name: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.join(format!("tenon-{name}-{}", std::process::id()))
    } else {
        root.join("var/chaos/sites").join(name)
    }
}

/// A command of the program `chaos`, with an installation folder of its own.
pub(crate) fn program(
    root: &Path,
    programs: &Path,
    command: &str,
    name: &str,
    cluster: Option<&Cluster>,
) -> Command {
    let mut program = Command::new(programs.join("chaos"));
    program
        .args([command, "--program"])
        .arg(programs.join("tenon"))
        .arg("--folder")
        .arg(folder(root, name));
    if let Some(cluster) = cluster {
        program.args(["--postgres", &cluster.server()]);
    }
    program
}
