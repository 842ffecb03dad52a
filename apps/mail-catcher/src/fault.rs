//! Failures on order: what a mail provider does on a bad day.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

/// One way in which a delivery goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The recipient is refused for good: `550`.
    Refuse,
    /// The recipient is refused for now: `451`.
    TempFail,
    /// The message is read and never answered; it is not kept.
    Hang,
    /// The message is kept, but the connection closes before the answer: the sender cannot know.
    LoseReply,
}

/// The failures that are still to come, one for each delivery.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<VecDeque<Fault>>>);

impl Faults {
    /// Adds `count` failures to the end of the queue.
    pub(crate) fn push(&self, count: usize, fault: Fault) {
        self.queue().extend(std::iter::repeat_n(fault, count));
    }

    /// Takes the failure of the delivery that starts now.
    pub(crate) fn next(&self) -> Option<Fault> {
        self.queue().pop_front()
    }

    /// Drops what is still to come.
    pub(crate) fn clear(&self) {
        self.queue().clear();
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, VecDeque<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
