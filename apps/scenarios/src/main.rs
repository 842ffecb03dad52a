//! Scripted users against a running server: `scenarios first-order --api http://127.0.0.1:8080 …`.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

mod accounts;
mod arazzo;
mod buyers;
mod client;
mod failures;
mod first_order;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use scenarios::golden;

/// Scripted users.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// From registration to the mail that confirms the order, and the audit log behind it.
    FirstOrder {
        #[command(flatten)]
        place: Place,
        /// JSON API of the mail catcher.
        #[arg(long)]
        mail: String,
        /// The payment simulator.
        #[arg(long)]
        payments: String,
    },
    /// The checkout's failure table, row by row.
    #[command(subcommand)]
    Failures(failures::Action),
    /// Records and compares golden files of the whole REST API.
    #[command(subcommand)]
    Golden(golden::Action),
    /// Plays the workflows of an Arazzo document.
    Arazzo(arazzo::Options),
    /// Buys until told to stop, and takes account of it.
    Buyers(buyers::Options),
    /// Prints the middle duration of a read of one module, in microseconds.
    Probe(buyers::ProbeOptions),
    /// Prints an access token of the demo administrator: for tools that take one.
    AdminToken {
        #[command(flatten)]
        place: Place,
    },
}

/// Where the server is, and who may administer it.
#[derive(Debug, clap::Args)]
struct Place {
    /// Base URL of the API.
    #[arg(long)]
    api: String,
    /// File with the demo accounts.
    #[arg(long)]
    accounts: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    match Arguments::parse().scenario {
        Scenario::FirstOrder {
            place,
            mail,
            payments,
        } => {
            first_order::play(&first_order::World {
                api: place.api,
                mail,
                payments,
                admin: accounts::administrator(&place.accounts)?,
            })
            .await
        }
        Scenario::Failures(action) => Box::pin(failures::run(action)).await,
        Scenario::Golden(action) => Box::pin(golden::run(action)).await,
        Scenario::Arazzo(options) => Box::pin(arazzo::play(&options)).await,
        Scenario::Buyers(options) => Box::pin(buyers::run(options)).await,
        Scenario::Probe(options) => Box::pin(buyers::probe(options)).await,
        Scenario::AdminToken { place } => {
            let admin = accounts::administrator(&place.accounts)?;
            println!(
                "{}",
                client::Client::new(&place.api)?
                    .signed_in(&admin)
                    .await?
                    .token()
            );
            Ok(())
        }
    }
}
