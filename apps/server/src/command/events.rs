//! `tenon events …`: looks after events that could not be handled.

use std::process::ExitCode;

use anyhow::Result;
use tenon_events::EventId;
use tenon_kernel::{CallCtx, Interface};

use tenon_node::HasNode as _;
use tenon_server::compose;
use tenon_server::settings::ServerSettings;

use super::store_of;

/// What to do with events.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Lists events that were given up, with the reason.
    Dead,
    /// Puts events that were given up back to work.
    Replay {
        /// The consumer: a module, or a part of one such as `notifications.event_log`.
        #[arg(long)]
        consumer: String,
        /// One event; all of the consumer's without it.
        #[arg(long)]
        event: Option<EventId>,
    },
    /// Makes a module read feeds again, from the beginning or a position on. What it has handled it does not handle again.
    Rewind {
        /// The consumer: a module, or a part of one such as `notifications.event_log`.
        #[arg(long)]
        consumer: String,
        /// The producing module; all without it.
        #[arg(long)]
        source: Option<String>,
        /// What is read again comes after this position.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
        position: i64,
    },
    /// Gives up an event that is tried again and again, so that later ones of its subject go on. `replay` takes it back.
    Skip {
        /// The consumer: a module, or a part of one such as `notifications.event_log`.
        #[arg(long)]
        consumer: String,
        /// The event.
        #[arg(long)]
        event: EventId,
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
            let db = store_of(&node, module_of(&consumer))?;
            let count = tenon_events::replay(db, &mut ctx, &consumer, event).await?;
            println!("{count} events of {consumer} are back at work.");
        }
        Action::Rewind {
            consumer,
            source,
            position,
        } => {
            let db = store_of(&node, module_of(&consumer))?;
            let source = source.as_deref();
            let count = tenon_events::rewind(db, &mut ctx, &consumer, source, position).await?;
            println!("{consumer} reads {count} feeds again.");
        }
        Action::Skip { consumer, event } => {
            let db = store_of(&node, module_of(&consumer))?;
            let skipped = tenon_events::skip(db, &mut ctx, &consumer, event).await?;
            println!(
                "{}",
                if skipped {
                    "It is given up; what comes after it goes on."
                } else {
                    "No such event waits there: nothing was changed."
                }
            );
        }
    }
    node.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A part of a module names itself after it.
fn module_of(consumer: &str) -> &str {
    consumer.split('.').next().unwrap_or(consumer)
}
