//! A job: something a module will do later, at least once, whatever happens to the process.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::to_raw_value;
use tenon_kernel::{Id, IdKind, Timestamp};
use tenon_store::{Json, Queryable as _, StoreError, Tx};

/// Kind of [`JobId`].
#[derive(Debug)]
pub struct JobIdKind;

impl IdKind for JobIdKind {
    const PREFIX: &'static str = "job";
}

/// Names a job.
pub type JobId = Id<JobIdKind>;

/// The data of one kind of job.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `orders.expire_checkout`
    const KIND: &'static str;
    /// How long one attempt may take.
    const TIMEOUT: Duration;
    /// Attempts before the job is dead. Counted when an attempt starts, so a crash counts too.
    const MAX_ATTEMPTS: u32 = 20;
    /// Longest pause between attempts. Pauses double from a second, so 20 attempts last about an hour and a half.
    const LONGEST_PAUSE: Duration = Duration::from_mins(15);
    /// Whether an administrator may cancel one. Only where nothing waits for it: its schedule brings the next one, or its
    /// operation ends as failed with it.
    const CANCELLABLE: bool = false;
}

/// When and how a job runs.
#[derive(Debug, Clone, Default)]
pub struct JobOptions {
    /// Not before; at once if absent.
    pub run_at: Option<Timestamp>,
    /// At most one waiting job of a kind has this key. Enqueueing it again adds none; if the new one is due
    /// sooner, the waiting one comes forward, unless it waits because an attempt failed. Jobs of one key never
    /// run at the same time: one that is enqueued while another runs, runs after it.
    pub unique_key: Option<String>,
}

/// Enqueues jobs from a unit of work.
pub trait Enqueue {
    /// Writes the job; it runs when, and only when, the unit commits. `None` if a waiting job has the unique key.
    fn enqueue<J: Job>(
        &mut self,
        job: &J,
        options: JobOptions,
    ) -> impl Future<Output = Result<Option<JobId>, StoreError>> + Send;
}

impl Enqueue for Tx<'_> {
    async fn enqueue<J: Job>(
        &mut self,
        job: &J,
        options: JobOptions,
    ) -> Result<Option<JobId>, StoreError> {
        let payload = to_raw_value(job).map_err(|error| {
            StoreError::inconsistent(format!("payload of the job {}: {error}", J::KIND))
        })?;
        let (id, now) = (self.env().new_id(), self.now());
        let run_at = options.run_at.unwrap_or(now);
        let trace = self.ctx().trace.to_traceparent();
        let (correlation, causation) = (
            self.ctx().correlation_id.clone(),
            self.ctx().causation_id.clone(),
        );
        let stored = self
            .query(
                "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, max_attempts, unique_key,
                                   traceparent, correlation_id, causation_id, created_at)
                 VALUES ($1, $2, $3, 'pending', $4, 0, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (kind, unique_key) WHERE state = 'pending' AND unique_key IS NOT NULL
                 DO UPDATE SET run_at = excluded.run_at
                  WHERE excluded.run_at < jobs.run_at AND jobs.attempts = 0
                 RETURNING id",
            )
            .bind(id)
            .bind(J::KIND)
            .bind(Json(payload))
            .bind(run_at)
            .bind(i64::from(J::MAX_ATTEMPTS))
            .bind(options.unique_key)
            .bind(trace)
            .bind(correlation)
            .bind(causation)
            .bind(now)
            .fetch_scalar::<JobId>()
            .await?;
        if stored.is_some() && run_at <= now {
            self.wake_jobs();
        }
        Ok(stored.filter(|stored| *stored == id))
    }
}
