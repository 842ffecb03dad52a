//! For operators: dead jobs, putting them back to work, cancelling, purging finished ones.

use serde_json::Value;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{Db, Queryable as _, StoreError, Tx, retrying};

use crate::{JobId, operation};

/// Most dead jobs that are listed or put back at once.
const MOST_DEAD: i64 = 1_000;

/// A job that no attempt could do.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeadJob {
    /// The job.
    pub id: JobId,
    /// `orders.expire_checkout`
    pub kind: String,
    /// Attempts made.
    #[sqlx(try_from = "i64")]
    pub attempts: u32,
    /// Why the last one failed.
    pub reason: String,
    /// When it was given up.
    #[sqlx(rename = "finished_at")]
    pub at: Timestamp,
}

/// Lists dead jobs, oldest first, at most 1,000.
pub async fn dead_jobs(db: &Db, ctx: &CallCtx) -> Result<Vec<DeadJob>, StoreError> {
    db.read(ctx)
        .query(
            "SELECT id, kind, attempts, reason, finished_at FROM jobs
              WHERE state = 'dead'
              ORDER BY seq LIMIT $1",
        )
        .bind(MOST_DEAD)
        .fetch_all()
        .await
}

/// Puts dead jobs (all, up to 1,000, or one) back to work, with all their attempts before them; returns how many.
///
/// A dead job whose kind and key wait already is cancelled instead. The operation of one that runs again goes on.
pub async fn retry_dead(db: &Db, ctx: &mut CallCtx, job: Option<JobId>) -> Result<u64, StoreError> {
    let ids = match job {
        Some(id) => vec![id],
        None => dead_jobs(db, ctx)
            .await?
            .into_iter()
            .map(|dead| dead.id)
            .collect(),
    };
    let ctx = &*ctx;
    retrying(|| async {
        let mut ctx = ctx.child();
        let mut tx = db.begin(&mut ctx, "jobs.retry_dead").await?;
        let mut retried = 0;
        // One by one: two dead jobs may have the same key, and the second must see the first.
        for id in &ids {
            retried += u64::from(put_back(&mut tx, *id).await?);
        }
        tx.commit().await?;
        Ok(retried)
    })
    .await
}

/// Puts a dead job back to work, with all its attempts before it, and its operation with it. If its kind and key wait already
/// it is cancelled instead, and `false` is returned, as for a job that is not dead.
pub async fn put_back(tx: &mut Tx<'_>, job: JobId) -> Result<bool, StoreError> {
    let now = tx.now();
    let is_waiting = tx
        .query(
            "UPDATE jobs
                SET state = 'pending', attempts = 0, run_at = $2, reason = NULL, finished_at = NULL
              WHERE id = $1 AND state = 'dead'
                AND (unique_key IS NULL OR NOT EXISTS (
                    SELECT 1 FROM jobs AS twin
                     WHERE twin.kind = jobs.kind AND twin.unique_key = jobs.unique_key
                       AND twin.state = 'pending'))",
        )
        .bind(job)
        .bind(now)
        .execute()
        .await?
        > 0;
    if is_waiting {
        operation::reopen(tx, job).await?;
        tx.wake_jobs();
        return Ok(true);
    }
    tx.query(
        "UPDATE jobs SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state = 'dead'",
    )
    .bind(job)
    .bind(now)
    .execute()
    .await?;
    Ok(false)
}

/// Cancels a job that waits or was given up; its operation, if it goes on, fails with `problem`. `false` if the job is
/// neither. Whether its kind may be cancelled is for the caller to know: [`JobKind::is_cancellable`](crate::JobKind).
pub async fn cancel(tx: &mut Tx<'_>, job: JobId, problem: &Value) -> Result<bool, StoreError> {
    let now = tx.now();
    let is_cancelled = tx
        .query(
            "UPDATE jobs SET state = 'cancelled', finished_at = $2
              WHERE id = $1 AND state IN ('pending', 'dead')",
        )
        .bind(job)
        .bind(now)
        .execute()
        .await?
        > 0;
    if is_cancelled {
        operation::end_with(tx, job, problem).await?;
    }
    Ok(is_cancelled)
}

/// Deletes jobs that were done or cancelled before `before`, at most `limit`; returns how many.
pub async fn purge_finished_jobs(
    db: &Db,
    ctx: &mut CallCtx,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let mut tx = db.begin(ctx, "jobs.purge").await?;
    let purged = tx
        .query(
            "DELETE FROM jobs WHERE seq IN (
                 SELECT seq FROM jobs
                  WHERE state IN ('done', 'cancelled') AND finished_at < $1
                  ORDER BY finished_at LIMIT $2)",
        )
        .bind(before)
        .bind(i64::from(limit))
        .execute()
        .await?;
    tx.commit().await?;
    Ok(purged)
}

pub(crate) async fn count_dead_jobs(db: &Db, ctx: &CallCtx) -> Result<i64, StoreError> {
    let count = db
        .read(ctx)
        .query("SELECT COUNT(*) FROM jobs WHERE state = 'dead'")
        .fetch_scalar()
        .await?;
    Ok(count.unwrap_or(0))
}
