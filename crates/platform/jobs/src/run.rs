//! What runs a job, and what it says about the outcome.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamError;
use tenon_store::{StoreError, Tx};

use crate::Job;
use crate::work::Lease;

/// Runs one kind of job. Implemented by a module's service, one file for each job.
#[async_trait]
pub trait Run<J: Job>: Send + Sync + 'static {
    /// Does the work. Effects in the store commit together with [`Receipt::begin`]; effects elsewhere are
    /// idempotent commands, and the receipt may be dropped: it is signed after `Ok`.
    async fn run(&self, ctx: &mut CallCtx, job: J, receipt: Receipt) -> Result<(), JobError>;
}

/// Proof that the job was done; signed in the effect's own transaction.
#[derive(Debug)]
pub struct Receipt(Lease);

impl Receipt {
    pub(crate) fn new(lease: Lease) -> Self {
        Self(lease)
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.0.attempt()
    }

    /// Opens the effect's transaction and marks the job done inside it.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if another worker has the job by now: stop, nothing was written.
    pub async fn begin<'c>(
        self,
        ctx: &'c mut CallCtx,
        name: &'static str,
    ) -> Result<Tx<'c>, StoreError> {
        self.0.begin(ctx, name).await
    }
}

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// Try again with backoff.
    #[error("the job could not be done now")]
    Retry(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Not ready; look again then. Does not count as a failed attempt.
    #[error("the job is not due yet")]
    Snooze {
        /// When to look again.
        until: Timestamp,
    },
    /// Trying again will not help.
    #[error("the job can never be done: {reason}")]
    Dead {
        /// For the person who looks at the dead jobs.
        reason: String,
    },
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Retry(Box::new(error))
    }
}

impl<E: fmt::Debug + fmt::Display + Send + Sync + 'static> From<SeamError<E>> for JobError {
    fn from(error: SeamError<E>) -> Self {
        Self::Retry(Box::new(error))
    }
}

/// A kind of job together with what runs it.
#[derive(Clone)]
pub struct JobKind {
    pub(crate) name: &'static str,
    pub(crate) timeout: Duration,
    pub(crate) longest_pause: Duration,
    is_cancellable: bool,
    pub(crate) runner: Arc<dyn RunPayload>,
}

impl JobKind {
    /// Binds a kind of job to its runner.
    pub fn of<J: Job>(runner: Arc<dyn Run<J>>) -> Self {
        Self {
            name: J::KIND,
            timeout: J::TIMEOUT,
            longest_pause: J::LONGEST_PAUSE,
            is_cancellable: J::CANCELLABLE,
            runner: Arc::new(Typed(runner)),
        }
    }

    /// `orders.expire_checkout`
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether an administrator may cancel one.
    pub fn is_cancellable(&self) -> bool {
        self.is_cancellable
    }
}

impl fmt::Debug for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobKind")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// [`Run`] with its job type erased.
#[async_trait]
pub(crate) trait RunPayload: Send + Sync {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        payload: Value,
        receipt: Receipt,
    ) -> Result<(), JobError>;
}

struct Typed<J>(Arc<dyn Run<J>>);

/// Why a payload cannot be read. Of what the parser says, only what quotes no value: the reason is shown to operators.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("the payload cannot be read: {0}")]
    Missing(String),
    #[error("the payload cannot be read: it has another shape")]
    Other,
}

impl Unreadable {
    fn of(error: &serde_json::Error) -> Self {
        let said = error.to_string();
        if said.starts_with("missing field") {
            Self::Missing(said)
        } else {
            Self::Other
        }
    }
}

#[async_trait]
impl<J: Job> RunPayload for Typed<J> {
    async fn run(
        &self,
        ctx: &mut CallCtx,
        payload: Value,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        // A payload that cannot be read is retried: during a deployment the other version may know it.
        let job = serde_json::from_value(payload)
            .map_err(|error| JobError::Retry(Box::new(Unreadable::of(&error))))?;
        self.0.run(ctx, job, receipt).await
    }
}
