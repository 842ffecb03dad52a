//! `chaos`: disturbs running servers and checks what they promise. `cargo xtask crash` and `cargo xtask chaos` run it.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

mod chance;
mod crash;
mod flows;
mod kills;
mod load;
mod oracle;
mod ports;
mod record;
mod report;
mod server;
mod shop;
mod site;

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
    }
}
