//! How the simulator misbehaves.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// How the whole API behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiMode {
    /// As it should.
    #[default]
    Normal,
    /// Answers 503, and nothing happens.
    Down,
    /// Answers late.
    Slow,
    /// Takes calls and never answers; nothing happens.
    Silent,
}

/// How webhooks are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookMode {
    /// At once, again if not taken.
    #[default]
    Deliver,
    /// Kept until released.
    Hold,
    /// Lost.
    Drop,
}

/// A call of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `POST /intents`
    Create,
    /// `GET /intents/by-reference/{reference}`
    Find,
    /// `POST /intents/{id}/capture`
    Capture,
    /// `POST /intents/{id}/void`
    Void,
    /// `POST /intents/{id}/refund`
    Refund,
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing happens and no answer comes.
    LoseRequest,
    /// It happens, but no answer comes.
    LoseAnswer,
    /// It happens, but the connection closes before the answer.
    BreakOff,
    /// Nothing happens; 500.
    Error,
    /// It is refused for good.
    Refuse,
    /// It happens; the answer is not JSON.
    Garble,
}

/// Faults waiting for their calls.
#[derive(Debug, Default)]
pub(crate) struct Faults(BTreeMap<Operation, VecDeque<Fault>>);

impl Faults {
    pub(crate) fn add(&mut self, operation: Operation, fault: Fault) {
        self.0.entry(operation).or_default().push_back(fault);
    }

    pub(crate) fn take(&mut self, operation: Operation) -> Option<Fault> {
        self.0.get_mut(&operation)?.pop_front()
    }

    pub(crate) fn is_waiting_for(&self, operation: Operation) -> bool {
        self.0
            .get(&operation)
            .is_some_and(|faults| !faults.is_empty())
    }
}
