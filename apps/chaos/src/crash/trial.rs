//! What is repeated with a stop at another place each time.

use std::sync::Arc;

use anyhow::Result;

use super::moving::Moving;
use super::request::Request;
use crate::flows::Flow;
use crate::record::Place;
use crate::site::Template;

/// What can be certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Subject {
    /// A guest pays a cart at once.
    Checkout,
    /// The shop gives the money of an order back.
    Refund,
    /// A piece that was sent back arrives.
    Return,
    /// A client exchanges its refresh token.
    SignIn,
    /// A module's data moves to another database.
    Move,
}

/// One run after the other, each in a fresh installation.
#[derive(Debug, Clone)]
pub(super) enum Trial {
    /// The server is stopped.
    Request(Request),
    /// The mover is stopped, beside a server that runs on.
    Move(Moving),
}

/// A run in which somebody was stopped and everything came out as promised.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) outcome: String,
    /// How long the client, or whoever moves the data, waited for the end.
    pub(super) told_after_ms: u64,
}

impl Trial {
    pub(super) fn of(subject: Subject, template: Template) -> Self {
        let template = Arc::new(template);
        let flow = match subject {
            Subject::Checkout => Flow::Checkout,
            Subject::Refund => Flow::Refund,
            Subject::Return => Flow::Return,
            Subject::SignIn => Flow::SignIn,
            Subject::Move => return Self::Move(Moving { template }),
        };
        Self::Request(Request { template, flow })
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Request(request) => request.flow.name(),
            Self::Move(_) => "move",
        }
    }

    /// Lets it run undisturbed and returns the places that it comes by.
    pub(super) async fn record(&self) -> Result<Vec<Place>> {
        match self {
            Self::Request(request) => request.record().await,
            Self::Move(moving) => moving.record().await,
        }
    }

    /// Stops it at a place; `None` if the run never came by.
    pub(super) async fn stop(
        &self,
        number: usize,
        attempt: u32,
        place: &Place,
    ) -> Result<Option<Ended>> {
        match self {
            Self::Request(request) => request.stop(number, attempt, place).await,
            Self::Move(moving) => moving.stop(number, attempt, place).await,
        }
    }
}
