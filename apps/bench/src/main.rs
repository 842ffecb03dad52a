//! `bench smoke`: the budgets, each beside its bare counterpart in the same run. Ratios count, not absolutes.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod bare;
mod checkout;
mod load;
mod logins;
mod raw_sql;
mod reads;
mod recorded;
mod remote_calls;
mod seam_calls;
mod server;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    set: Set,
}

#[derive(Debug, Subcommand)]
enum Set {
    /// Every budget once, in a few minutes.
    Smoke(Smoke),
    /// Checkouts of any build of `tenon`, and nothing beside them: two builds are compared in turn.
    Checkouts(Smoke),
    /// Sign-ins, and what they do to everybody else.
    Logins(Smoke),
    /// Calls between modules only, in one process and in two; needs nothing beside it.
    Calls,
    /// A bare axum server with one JSON body: what the others are measured against.
    Bare {
        /// Where it listens.
        listen: std::net::SocketAddr,
        /// File with the body.
        body: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Smoke {
    /// Holds data of the servers measured; emptied first.
    #[arg(long)]
    pub(crate) folder: PathBuf,
    /// The optimised `tenon`.
    #[arg(long)]
    pub(crate) tenon: PathBuf,
    /// URL of a PostgreSQL owner; SQLite only without it.
    #[arg(long)]
    pub(crate) postgres: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    match Arguments::parse().set {
        Set::Bare { listen, body } => bare::serve(listen, &body).await,
        Set::Calls => calls().await,
        Set::Checkouts(options) => Box::pin(checkout::run_tenon(&options)).await,
        Set::Logins(options) => {
            head();
            Box::pin(logins::run(&options)).await
        }
        Set::Smoke(options) => {
            calls().await?;
            reads::run(&options).await?;
            Box::pin(logins::run(&options)).await?;
            Box::pin(checkout::run(&options, None)).await?;
            if let Some(url) = &options.postgres {
                Box::pin(checkout::run(&options, Some(url))).await?;
            }
            Ok(())
        }
    }
}

fn head() {
    println!("| measured | Tenon | beside | ratio | budget |\n|---|---|---|---|---|");
}

/// The head of the table and what calls between modules cost.
async fn calls() -> Result<()> {
    head();
    seam_calls::run().await?;
    remote_calls::run().await
}

/// One line of the table; `ratio` is Tenon's figure against its counterpart's.
pub(crate) fn row(what: &str, ours: &str, beside: &str, ratio: &str, budget: &str) {
    println!("| {what} | {ours} | {beside} | {ratio} | {budget} |");
}

/// The middle of three or more.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
