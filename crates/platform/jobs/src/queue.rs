//! The `jobs` table as leased work.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_store::{Db, Engine, Json, Queryable as _, StoreError, Wake};
use tracing::Instrument as _;

use crate::operation::GIVEN_UP;
use crate::work::{Cause, Claimed, Grant, Lease, Outcome, Work, WorkTable, reason_of, resume};
use crate::{JobError, JobId, JobKind, Receipt, metrics};

/// A job that would wait beside another one of its kind and key gives way to it.
static JOBS: WorkTable = crate::work_table!(
    "jobs",
    superseded = "unique_key IS NOT NULL AND EXISTS (
        SELECT 1 FROM jobs AS twin
         WHERE twin.kind = jobs.kind AND twin.unique_key = jobs.unique_key AND twin.state = 'pending')",
    given_up = GIVEN_UP
);

const CLAIM_SQLITE: &str = "
    UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_token = $1, leased_until = $2
     WHERE seq IN (
           SELECT due.seq FROM jobs AS due
            WHERE due.state = 'pending' AND due.run_at <= $3
              AND due.kind IN (SELECT value FROM json_each($4))
              AND NOT EXISTS (SELECT 1 FROM jobs AS twin
                               WHERE twin.kind = due.kind AND twin.unique_key = due.unique_key
                                 AND twin.state = 'running' AND twin.unique_key IS NOT NULL)
            ORDER BY due.run_at, due.seq
            LIMIT $5)
    RETURNING seq, id, kind, payload, attempts, max_attempts, traceparent, correlation_id, causation_id";

/// As for SQLite, passing over what another worker is claiming. `ARRAY` makes the choice once, so the limit holds.
const CLAIM_POSTGRES: &str = "
    UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_token = $1, leased_until = $2
     WHERE seq = ANY (ARRAY(
           SELECT due.seq FROM jobs AS due
            WHERE due.state = 'pending' AND due.run_at <= $3
              AND due.kind IN (SELECT jsonb_array_elements_text($4))
              AND NOT EXISTS (SELECT 1 FROM jobs AS twin
                               WHERE twin.kind = due.kind AND twin.unique_key = due.unique_key
                                 AND twin.state = 'running' AND twin.unique_key IS NOT NULL)
            ORDER BY due.run_at, due.seq
            LIMIT $5
              FOR UPDATE SKIP LOCKED))
    RETURNING seq, id, kind, payload, attempts, max_attempts, traceparent, correlation_id, causation_id";

/// The jobs of one module and who runs them.
pub(crate) struct Queue {
    db: Db,
    kinds: HashMap<&'static str, JobKind>,
    wake: Wake,
}

/// A claimed job.
pub(crate) struct ClaimedJob {
    id: JobId,
    kind: &'static str,
    payload: Value,
    cause: Cause,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    seq: i64,
    id: JobId,
    kind: String,
    payload: Json<Value>,
    attempts: i64,
    max_attempts: i64,
    traceparent: String,
    correlation_id: Option<String>,
    causation_id: Option<String>,
}

impl Queue {
    /// # Panics
    ///
    /// If two runners were given for one kind.
    pub(crate) fn new(db: Db, kinds: Vec<JobKind>) -> Self {
        let mut by_name = HashMap::new();
        for kind in kinds {
            let name = kind.name;
            assert!(
                by_name.insert(name, kind).is_none(),
                "two runners for the job {name}"
            );
        }
        let wake = db.jobs_wake();
        Self {
            db,
            kinds: by_name,
            wake,
        }
    }

    fn claimed(&self, row: JobRow) -> Result<Claimed<ClaimedJob>, StoreError> {
        let kind = self.kinds.get(row.kind.as_str()).ok_or_else(|| {
            StoreError::inconsistent(format!(
                "jobs.kind: claimed {}, which was not asked for",
                row.kind
            ))
        })?;
        Ok(Claimed {
            seq: row.seq,
            attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            max_attempts: u32::try_from(row.max_attempts).unwrap_or(u32::MAX),
            timeout: kind.timeout,
            longest_pause: kind.longest_pause,
            lane: kind.name,
            label: kind.name.to_owned(),
            item: ClaimedJob {
                id: row.id,
                kind: kind.name,
                payload: row.payload.0,
                cause: Cause {
                    traceparent: row.traceparent,
                    correlation_id: row.correlation_id,
                    causation_id: row.causation_id,
                },
            },
        })
    }
}

#[async_trait]
impl Work for Queue {
    type Item = ClaimedJob;

    fn table(&self) -> &'static WorkTable {
        &JOBS
    }

    async fn next_due(&self, ctx: &CallCtx) -> Result<Option<Timestamp>, StoreError> {
        self.db
            .read(ctx)
            .query("SELECT run_at FROM jobs WHERE state = 'pending' ORDER BY run_at LIMIT 1")
            .fetch_scalar()
            .await
    }

    async fn claim(
        &self,
        ctx: &mut CallCtx,
        grant: Grant,
        crowded: &[&'static str],
    ) -> Result<Vec<Claimed<ClaimedJob>>, StoreError> {
        // A kind that nobody here knows stays where it is: during a deployment another version runs it.
        let kinds: Vec<_> = self
            .kinds
            .keys()
            .copied()
            .filter(|kind| !crowded.contains(kind))
            .collect();
        let mut tx = self.db.begin(ctx, "jobs.claim").await?;
        let claim = match tx.engine() {
            Engine::Sqlite => CLAIM_SQLITE,
            Engine::Postgres => CLAIM_POSTGRES,
        };
        let mut rows: Vec<JobRow> = tx
            .query(claim)
            .bind(grant.token)
            .bind(grant.until)
            .bind(grant.now)
            .bind(Json(kinds))
            .bind(grant.limit)
            .fetch_all()
            .await?;
        if tenon_chaos::is_planted("jobs.attempts-not-counted") {
            tx.query("UPDATE jobs SET attempts = attempts - 1 WHERE lease_token = $1")
                .bind(grant.token)
                .execute()
                .await?;
        }
        tx.commit().await?;
        rows.sort_by_key(|row| row.seq);
        rows.into_iter().map(|row| self.claimed(row)).collect()
    }

    async fn perform(&self, job: ClaimedJob, lease: Lease) -> Outcome {
        let Some(kind) = self.kinds.get(job.kind) else {
            return Outcome::Retry {
                reason: "nobody runs this kind".to_owned(),
            };
        };
        let attempt = lease.attempt();
        let mut ctx = resume(self.db.env(), Interface::Job, self.db.module(), job.cause)
            .with_timeout(kind.timeout);
        let span = tracing::info_span!(
            "job", kind = job.kind, job.id = %job.id, attempt, trace_id = ctx.trace.trace_id_text()
        );
        let run = kind
            .runner
            .run(&mut ctx, job.payload, Receipt::new(lease))
            .instrument(span);
        match run.await {
            Ok(()) => Outcome::Done,
            Err(JobError::Snooze { until }) => Outcome::Snooze { until },
            Err(JobError::Dead { reason }) => Outcome::Dead { reason },
            Err(JobError::Retry(error)) => Outcome::Retry {
                reason: reason_of(&*error),
            },
        }
    }

    async fn wait(&self, at_most: Duration) {
        self.wake.wait(at_most).await;
    }

    fn lanes(&self) -> usize {
        self.kinds.len()
    }

    fn observe(&self, label: &str, result: &'static str, took: Duration) {
        metrics::attempt(self.db.module(), label, result, took);
    }
}
