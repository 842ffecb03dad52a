//! A payment provider of its own, for development and tests: Tenon talks to it over HTTP as to any other.
//!
//! It keeps its own books, keyed by idempotency key, and can be told to misbehave in every way a real provider
//! does: time out before or after charging, send webhooks early, twice or never, report the wrong amount.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! let simulator = payment_simulator::Simulator::start(payment_simulator::Config::default()).await?;
//! println!("{}", simulator.url());
//! # Ok(())
//! # }
//! ```

mod api;
mod books;
mod choice;
mod clock;
mod config;
mod control;
mod faults;
mod intent;
mod pages;
mod rates;
mod server;
mod webhook;

pub use self::choice::Choice;
pub use self::config::Config;
pub use self::faults::{ApiMode, Fault, Operation, WebhookMode};
pub use self::intent::{CaptureMode, Intent, IntentView, NextActionView, Status};
pub use self::server::Simulator;
pub use self::webhook::{SIGNATURE_HEADER, SignedWebhook, WebhookSink, sign};
