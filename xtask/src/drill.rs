//! `cargo xtask drill restore`: loses all data under load, restores it, and holds it against the books.

use std::path::Path;

use anyhow::Result;

use crate::stack::Backend;
use crate::{crash, process};

/// Options of `cargo xtask drill`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    drill: Drill,
}

#[derive(Debug, clap::Subcommand)]
enum Drill {
    /// Kills the server while people buy, deletes its data, restores the last cut and one in the middle; prints RPO and RTO.
    Restore {
        /// Engine of the stores. On PostgreSQL each round has a cluster of its own.
        #[arg(long, value_enum, default_value = "sqlite")]
        backend: Backend,
        /// How often.
        #[arg(long, default_value_t = 3)]
        rounds: u32,
        /// Chooses the moments.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let Drill::Restore {
        backend,
        rounds,
        seed,
    } = options.drill;
    let programs = crash::build(root)?;
    let mut command = crash::program(root, &programs, "restore", "drill-restore", None);
    command.args(["--count", &rounds.to_string(), "--seed", &seed.to_string()]);
    if backend == Backend::Postgres {
        command.args(["--postgres", "a cluster of its own"]);
    }
    process::run(&mut command)
}
