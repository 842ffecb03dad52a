//! Leased work: rows that a worker claims, runs under a lease and signs off, once.
//!
//! Jobs and the inbox of `tenon-events` are the same machine over two tables. A table brings its statements
//! ([`work_table!`](crate::work_table)) and says how a row is claimed and performed ([`Work`]); the [`Crew`]
//! brings leases, heartbeats, timeouts, backoff, isolation of panics, rescue and the graceful stop.
//!
//! Leases are compared by the clocks of the instances, so those must agree within a few seconds; a holder trusts
//! its lease on its own monotonic clock, less a tenth, and cancels itself after that.
//!
//! **Architecture invariant:** every write after the claim is guarded by the lease token and the state
//! `running`; a worker that has lost its lease changes nothing. Checked by
//! `a_worker_that_lost_its_lease_changes_nothing` of both crates.

mod crew;
mod lease;
mod resume;
mod running;
mod supervise;
mod table;

use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::StoreError;
use uuid::Uuid;

pub use self::crew::Crew;
pub use self::lease::Lease;
pub use self::resume::{Cause, reason_of, resume};
pub use self::table::WorkTable;

/// How a worker works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerSettings {
    /// How many rows run at the same time.
    pub parallel: usize,
    /// How long a claim holds without a heartbeat; heartbeats come three times as often.
    pub lease: Duration,
    /// How often to look for work that nobody announced: retries, other instances.
    pub poll: Duration,
    /// How long a stopping worker waits for running work before it hands the leases back.
    pub drain: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            parallel: 8,
            lease: Duration::from_secs(30),
            poll: Duration::from_millis(500),
            drain: Duration::from_secs(10),
        }
    }
}

impl WorkerSettings {
    /// Twice the slots: jobs wait for others more than they work, and no kind may take more than half.
    pub fn for_jobs() -> Self {
        Self {
            parallel: 16,
            ..Self::default()
        }
    }
}

/// A table of leased work and what its rows mean.
#[async_trait]
pub trait Work: Send + Sync + 'static {
    /// What a row holds.
    type Item: Send + 'static;

    /// The statements of the table.
    fn table(&self) -> &'static WorkTable;

    /// When the next row is due; `None` if nothing waits.
    async fn next_due(&self, ctx: &CallCtx) -> Result<Option<Timestamp>, StoreError>;

    /// Claims due rows, oldest first, counting the attempt; none of the lanes in `crowded`.
    async fn claim(
        &self,
        ctx: &mut CallCtx,
        grant: Grant,
        crowded: &[&'static str],
    ) -> Result<Vec<Claimed<Self::Item>>, StoreError>;

    /// Does the work of a row. Runs in a task of its own: it may panic, and it may be aborted.
    async fn perform(&self, item: Self::Item, lease: Lease) -> Outcome;

    /// Waits until there may be more, at most `at_most`.
    async fn wait(&self, at_most: Duration);

    /// How many lanes there are; with more than one, no lane may take all slots of a worker.
    fn lanes(&self) -> usize {
        1
    }

    /// Counts an attempt.
    fn observe(&self, label: &str, result: &'static str, took: Duration);
}

/// What a claim writes into the rows it takes.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Random; whoever knows it holds the rows.
    pub token: Uuid,
    /// Rows due by then may be taken.
    pub now: Timestamp,
    /// When the claim runs out.
    pub until: Timestamp,
    /// How many rows to take at most.
    pub limit: i64,
}

/// A row that was claimed.
#[derive(Debug)]
pub struct Claimed<T> {
    /// Its key.
    pub seq: i64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// After this many it is dead.
    pub max_attempts: u32,
    /// How long an attempt may take.
    pub timeout: Duration,
    /// Longest pause between attempts.
    pub longest_pause: Duration,
    /// What it shares slots with.
    pub lane: &'static str,
    /// What it is called in metrics and logs.
    pub label: String,
    /// What it holds.
    pub item: T,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; signed in the effect's transaction or to be signed now.
    Done,
    /// Try again after a pause.
    Retry {
        /// Why.
        reason: String,
    },
    /// Not ready yet; the attempt does not count.
    Snooze {
        /// When to look again.
        until: Timestamp,
    },
    /// Give up.
    Dead {
        /// Why.
        reason: String,
    },
}
