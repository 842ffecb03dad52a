//! `chaos`: disturbs running servers and checks what they promise. `cargo xtask crash` and `cargo xtask chaos` run it.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

mod crash;
mod flows;
mod ports;
mod record;
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
    }
}
