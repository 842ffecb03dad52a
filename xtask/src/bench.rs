//! `cargo xtask bench smoke`: the budgets, each beside its bare counterpart in the same run.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::cluster::{Cluster, server_programs};
use crate::scenario::free_block;
use crate::{process, programs};

/// Options of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Which set of measurements.
    #[arg(value_parser = ["smoke"])]
    set: String,
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    // One after the other: built together they would share features, and the server would carry the recorder.
    programs::build_release(root, &["bench"])?;
    let programs = programs::build_release(root, &["tenon-server"])?;
    let folder = root.join("var/bench");
    let cluster = if server_programs().as_os_str().is_empty() {
        println!("!! No PostgreSQL server programs found: measuring SQLite only.");
        None
    } else {
        // A new one: what an earlier run has bought is sold out.
        let cluster = folder.join("postgres");
        if cluster.exists() {
            std::fs::remove_dir_all(&cluster)?;
        }
        Some(Cluster::start(&cluster, free_block() + 5)?)
    };
    let mut command = Command::new(programs.join("bench"));
    command
        .arg(&options.set)
        .arg("--folder")
        .arg(&folder)
        .arg("--tenon")
        .arg(programs.join("tenon"));
    if let Some(cluster) = &cluster {
        command.args(["--postgres", &cluster.url()]);
    }
    process::run(&mut command)
}
