//! The attempts that run now.

use std::collections::HashMap;

use tenon_store::StoreError;
use tokio::task::{Id, JoinSet};

use super::supervise::{Attempt, supervise};
use super::{Work, reason_of};

/// The attempts that run now, and the lane of each. Dropping it aborts them.
#[derive(Default)]
pub(super) struct Running {
    tasks: JoinSet<Result<(), StoreError>>,
    lanes: HashMap<Id, &'static str>,
}

impl Running {
    pub(super) fn start<W: Work>(&mut self, attempt: Attempt<W>) {
        let lane = attempt.claimed.lane;
        let task = self.tasks.spawn(supervise(attempt));
        self.lanes.insert(task.id(), lane);
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Lanes that have used up their share of the slots.
    pub(super) fn crowded(&self, share: usize) -> Vec<&'static str> {
        let mut counts: HashMap<&'static str, usize> = HashMap::new();
        for lane in self.lanes.values() {
            *counts.entry(lane).or_default() += 1;
        }
        counts
            .into_iter()
            .filter(|(_, count)| *count >= share)
            .map(|(lane, _)| lane)
            .collect()
    }

    async fn next(&mut self) -> Option<Result<(), StoreError>> {
        let (id, outcome) = match self.tasks.join_next_with_id().await? {
            Ok((id, outcome)) => (id, outcome),
            // Only a defect of the supervisor itself; the lease runs out and the row is rescued.
            Err(error) => {
                tracing::error!(%error, "a supervisor failed");
                (error.id(), Ok(()))
            }
        };
        self.lanes.remove(&id);
        Some(outcome)
    }

    pub(super) async fn one_finished(&mut self) {
        if let Some(Err(error)) = self.next().await {
            tracing::warn!(error = %reason_of(&error), "the outcome of an attempt could not be written; its lease will run out");
        }
    }

    pub(super) async fn all_finished(&mut self) {
        while !self.is_empty() {
            self.one_finished().await;
        }
    }

    pub(super) async fn all_succeeded(&mut self) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        while let Some(finished) = self.next().await {
            outcome = outcome.and(finished);
        }
        outcome
    }
}
