//! `tenon events …`: looks after events that could not be handled.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use tenon_events::EventId;
use tenon_kernel::{CallCtx, Env, Interface};

use tenon_server::compose::Stores;
use tenon_server::settings::ServerSettings;

/// What to do with events.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Lists events that were given up, with the reason.
    Dead,
    /// Puts events that were given up back to work.
    Replay {
        /// The consuming module.
        #[arg(long)]
        consumer: String,
        /// One event; all of the consumer's without it.
        #[arg(long)]
        event: Option<EventId>,
    },
}

pub(crate) async fn run(mut settings: ServerSettings, action: Action) -> Result<ExitCode> {
    let env = Env::system();
    tenon_server::secrets::complete(&mut settings, &env)?;
    let stores = Stores::open(&settings, &env).await?;
    let mut ctx = CallCtx::service(&env, Interface::Cli, "tenon");
    match action {
        Action::Dead => {
            for db in stores.all() {
                for dead in tenon_events::dead_events(db, &ctx).await? {
                    println!(
                        "{} {} {} for {} after {} attempts: {}",
                        dead.at,
                        dead.id,
                        dead.event_type,
                        dead.consumer,
                        dead.attempts,
                        dead.reason
                    );
                }
            }
        }
        Action::Replay { consumer, event } => {
            let db = stores
                .find(&consumer)
                .with_context(|| format!("no module is called {consumer}"))?;
            let count = tenon_events::replay(db, &mut ctx, &consumer, event).await?;
            println!("{count} events of {consumer} are back at work.");
        }
    }
    stores.close().await;
    Ok(ExitCode::SUCCESS)
}
