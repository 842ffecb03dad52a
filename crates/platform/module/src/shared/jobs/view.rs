//! A job as those see it who run the installation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_jobs::{JobId, JobState, JobSummary};
use tenon_kernel::Timestamp;

/// Something that a module does later, at least once. What it holds is not shown.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Job")]
pub(super) struct JobView {
    pub(super) id: JobId,
    /// Whose workers run it.
    module: String,
    /// `orders.drive_checkout`
    kind: String,
    pub(super) state: StateView,
    /// Attempts that were begun.
    attempts: i64,
    /// After so many that failed it is dead.
    max_attempts: i64,
    /// Not before; of a job that failed, its next attempt.
    run_at: Timestamp,
    /// What no other waiting job of its kind has: mostly the id of the thing that it is about.
    unique_key: Option<String>,
    /// While it runs: until when its worker has it, unless that asks for longer.
    leased_until: Option<Timestamp>,
    /// Why the last attempt failed; null if none did, or it was done.
    reason: Option<String>,
    created_at: Timestamp,
    /// When it was done, given up or cancelled.
    finished_at: Option<Timestamp>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "JobState")]
pub(super) enum StateView {
    /// It waits for its time, or for its next attempt.
    Pending,
    /// A worker has it.
    Running,
    /// It was done.
    Done,
    /// It was given up: nobody touches it until a person decides.
    Dead,
    /// It will not run: it gave way to another one of its kind and key, or a person decided so.
    Cancelled,
}

impl JobView {
    pub(super) fn of(module: &str, job: JobSummary) -> Self {
        Self {
            id: job.id,
            module: module.to_owned(),
            kind: job.kind,
            state: job.state.into(),
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            unique_key: job.unique_key,
            leased_until: job.leased_until,
            reason: job.reason,
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}

impl From<JobState> for StateView {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Pending => Self::Pending,
            JobState::Running => Self::Running,
            JobState::Done => Self::Done,
            JobState::Dead => Self::Dead,
            JobState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<StateView> for JobState {
    fn from(state: StateView) -> Self {
        match state {
            StateView::Pending => Self::Pending,
            StateView::Running => Self::Running,
            StateView::Done => Self::Done,
            StateView::Dead => Self::Dead,
            StateView::Cancelled => Self::Cancelled,
        }
    }
}
