//! `chaos`: disturbs running servers and checks what they promise. `cargo xtask crash` and `cargo xtask chaos` run it.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

mod chance;
mod crash;
mod database;
mod disk;
mod drain;
mod flows;
mod footprint;
mod kills;
mod load;
mod oracle;
mod ports;
mod power;
mod proxy;
mod record;
mod report;
mod restore;
mod rolling;
mod server;
mod shop;
mod site;
mod storage;
mod unknown;
mod wipe;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Disturbs running servers and checks what they promise.
#[derive(Debug, Parser)]
#[command(name = "chaos")]
struct Arguments {
    #[command(subcommand)]
    experiment: Experiment,
}

#[derive(Debug, Subcommand)]
enum Experiment {
    /// Stops the server at every commit and outgoing call of one request.
    Crash(crash::Options),
    /// R01: kills the server at random while people buy.
    Kills(report::Setup),
    /// R03: cuts the power off while people buy; needs root, loop devices and XFS.
    Power(report::Setup),
    /// R05: ends the database's sessions, crashes it and cuts it off; needs PostgreSQL.
    Database(report::Setup),
    /// R06: the disk is full, and the disk does not keep what it is given; needs root, loop devices and a C compiler.
    Storage(report::Setup),
    /// R10: loses, cuts, resets and delays answers, and kills the server beside.
    Unknown(report::Setup),
    /// R13: whatever carries events forgets again and again how far it was.
    Wipe(report::Setup),
    /// R25: replaces two servers one after the other.
    Rolling(report::Setup),
    /// R35: kills the server, deletes its data while people buy, and restores it from the backup.
    Restore(report::Setup),
    /// R26: tells the server to stop in the middle of everything.
    Drain(report::Setup),
}

#[tokio::main]
async fn main() -> ExitCode {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    match run(Arguments::parse().experiment).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(experiment: Experiment) -> Result<()> {
    match experiment {
        Experiment::Crash(options) => crash::run(options).await,
        Experiment::Kills(setup) => kills::run(setup).await,
        Experiment::Power(setup) => power::run(setup).await,
        Experiment::Database(setup) => database::run(setup).await,
        Experiment::Storage(setup) => storage::run(setup).await,
        Experiment::Unknown(setup) => unknown::run(setup).await,
        Experiment::Wipe(setup) => wipe::run(setup).await,
        Experiment::Rolling(setup) => rolling::run(setup).await,
        Experiment::Restore(setup) => restore::run(setup).await,
        Experiment::Drain(setup) => drain::run(setup).await,
    }
}
