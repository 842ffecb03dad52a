//! `tenon events …`: looks after events that could not be handled.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use tenon_events::EventId;
use tenon_kernel::{CallCtx, Interface};

use tenon_node::HasNode as _;
use tenon_server::compose::{self, INSTALLATION};
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

pub(crate) async fn run(settings: ServerSettings, action: Action) -> Result<ExitCode> {
    let env = settings.node().env()?;
    let mut node = compose::node(&settings, &env)?;
    compose::open_stores(&mut node).await?;
    let mut ctx = CallCtx::service(&env, Interface::Cli, "tenon");
    match action {
        Action::Dead => {
            for db in node.stores() {
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
            INSTALLATION
                .find(&consumer)
                .with_context(|| format!("no module is called {consumer}"))?;
            node.require(&consumer)?;
            let stores = node.stores();
            let db = stores
                .iter()
                .find(|db| db.module() == consumer)
                .context("a hosted module has a store")?;
            let count = tenon_events::replay(db, &mut ctx, &consumer, event).await?;
            println!("{count} events of {consumer} are back at work.");
        }
    }
    node.close().await;
    Ok(ExitCode::SUCCESS)
}
