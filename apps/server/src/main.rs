//! `tenon`: one binary for serving, migrating, checking and looking after an installation.

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

mod command;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tenon_server::settings::ServerSettings;
use tenon_settings::{SettingsError, Sources};

/// A commerce backend that starts as one binary and comes apart at the joints.
#[derive(Debug, Parser)]
#[command(name = "tenon", version)]
struct Arguments {
    /// Settings file (TOML).
    #[arg(long, short, global = true)]
    config: Option<PathBuf>,
    /// One setting: `--set web.listen=0.0.0.0:8080`. Beats the environment, which beats the file.
    #[arg(long = "set", value_name = "KEY=VALUE", global = true, value_parser = key_value)]
    overrides: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API until it is told to stop.
    Serve,
    /// Applies pending migrations of all modules.
    Migrate,
    /// Looks at settings without starting anything.
    Settings {
        #[command(subcommand)]
        action: command::settings::Action,
    },
    /// Prints the OpenAPI document.
    Openapi {
        /// Prints the table of who may do what instead.
        #[arg(long)]
        policies: bool,
        /// Prints which conventions each operation takes instead.
        #[arg(long, conflicts_with = "policies")]
        conventions: bool,
    },
    /// Prints the AsyncAPI document of the public events.
    Asyncapi,
    /// Looks after people and data.
    Admin {
        #[command(subcommand)]
        action: command::admin::Action,
    },
    /// Looks after events that could not be handled.
    Events {
        #[command(subcommand)]
        action: command::events::Action,
    },
    /// Looks after jobs that no attempt could do.
    Jobs {
        #[command(subcommand)]
        action: command::jobs::Action,
    },
    /// Looks after a module's data.
    Module {
        #[command(subcommand)]
        action: command::module::Action,
    },
    /// Looks after the search index.
    Search {
        #[command(subcommand)]
        action: command::search::Action,
    },
    /// Checks every invariant of the stored data; ends with 1 if one is broken.
    Verify,
    /// Backs the stores up, now and whole; beside what a running server ships all the time.
    Backup {
        #[command(subcommand)]
        action: Option<command::backup::Action>,
    },
    /// Restores a backup into an empty directory.
    Restore(command::restore::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A dependency may turn a second provider on; naming ours first keeps TLS working then.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let sources = Sources {
        file: arguments.config,
        environment: true,
        overrides: arguments.overrides,
    };
    let load = || -> Result<ServerSettings, SettingsError> {
        let settings: ServerSettings = tenon_settings::load(&sources)?;
        settings.validate()?;
        Ok(settings)
    };
    match arguments.command {
        Command::Settings { action } => command::settings::run(&action, load),
        Command::Openapi {
            policies,
            conventions,
        } => block_on(command::openapi::run(policies, conventions)),
        Command::Asyncapi => Ok(command::asyncapi::run()),
        Command::Serve => {
            #[cfg(debug_assertions)]
            arm_crash_points()?;
            block_on(command::serve::run(load()?))
        }
        Command::Migrate => block_on(command::migrate::run(load()?)),
        Command::Admin { action } => block_on(command::admin::run(load()?, action)),
        Command::Events { action } => block_on(command::events::run(load()?, action)),
        Command::Jobs { action } => block_on(command::jobs::run(load()?, action)),
        Command::Module { action } => {
            #[cfg(debug_assertions)]
            arm_crash_points()?;
            block_on(command::module::run(load()?, action))
        }
        Command::Search { action } => block_on(command::search::run(load()?, action)),
        Command::Verify => block_on(command::verify::run(load()?)),
        Command::Backup { action } => block_on(command::backup::run(load()?, action)),
        Command::Restore(options) => block_on(command::restore::run(load()?, options)),
    }
}

/// Lets a test stop this process at a chosen commit or call.
#[cfg(debug_assertions)]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of debug builds, not a setting of an installation"
)]
fn arm_crash_points() -> anyhow::Result<()> {
    match std::env::var(tenon_chaos::SWITCH) {
        Ok(switch) => Ok(tenon_chaos::arm(&switch)?),
        Err(_) => Ok(()),
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
