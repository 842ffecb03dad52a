//! For operators: dead jobs, putting them back to work, purging finished ones.

use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{Db, Queryable as _, StoreError, retrying};

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
        let now = tx.now();
        let mut retried = 0;
        // One by one: two dead jobs may have the same key, and the second must see the first.
        for id in &ids {
            let is_retried = tx
                .query(
                    "UPDATE jobs
                        SET state = 'pending', attempts = 0, run_at = $2, reason = NULL, finished_at = NULL
                      WHERE id = $1 AND state = 'dead'
                        AND (unique_key IS NULL OR NOT EXISTS (
                            SELECT 1 FROM jobs AS twin
                             WHERE twin.kind = jobs.kind AND twin.unique_key = jobs.unique_key
                               AND twin.state = 'pending'))",
                )
                .bind(*id)
                .bind(now)
                .execute()
                .await?;
            retried += is_retried;
            if is_retried > 0 {
                operation::reopen(&mut tx, *id).await?;
            }
            tx.query(
                "UPDATE jobs SET state = 'cancelled', finished_at = $2
                  WHERE id = $1 AND state = 'dead'",
            )
            .bind(*id)
            .bind(now)
            .execute()
            .await?;
        }
        tx.wake_jobs();
        tx.commit().await?;
        Ok(retried)
    })
    .await
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
