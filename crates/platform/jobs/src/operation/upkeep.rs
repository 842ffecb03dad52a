//! Operations whose job was given up or is put back to work, and those that are over for long.

use serde_json::Value;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{Db, Queryable as _, StoreError, Tx};

use crate::JobId;

/// `$1` now: ends what lost its job, in the transaction in which that was given up.
pub(crate) const GIVEN_UP: &str = "
    UPDATE operations
       SET state = 'failed', updated_at = $1, ended_at = $1, version = version + 1
     WHERE ended_at IS NULL
       AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = operations.job_id AND jobs.state = 'dead')";

/// Has the operation of a job that was given up go on with it; nothing happens if the job has none.
pub(crate) async fn reopen(tx: &mut Tx<'_>, job: JobId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE operations
            SET state = CASE WHEN done = 0 THEN 'pending' ELSE 'running' END,
                updated_at = $2, ended_at = NULL, version = version + 1
          WHERE job_id = $1 AND state = 'failed' AND problem IS NULL",
    )
    .bind(job)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Ends the operation of a job that is cancelled, with the problem document that says so; nothing happens if the job has
/// none, or it was given up before.
pub(crate) async fn end_with(
    tx: &mut Tx<'_>,
    job: JobId,
    problem: &Value,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE operations
            SET state = 'failed', problem = $2, updated_at = $3, ended_at = $3, version = version + 1
          WHERE job_id = $1 AND ended_at IS NULL",
    )
    .bind(job)
    .bind(problem.to_string())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Deletes operations that ended before `before`, at most `limit`; returns how many.
pub async fn purge_operations(
    db: &Db,
    ctx: &mut CallCtx,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let old = db
        .read(ctx)
        .query("SELECT version FROM operations WHERE ended_at < $1 LIMIT 1")
        .bind(before)
        .fetch_scalar::<i64>()
        .await?;
    if old.is_none() {
        return Ok(0);
    }
    let mut tx = db.begin(ctx, "operations.purge").await?;
    let purged = tx
        .query(
            "DELETE FROM operations WHERE id IN (
                 SELECT id FROM operations WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)",
        )
        .bind(before)
        .bind(i64::from(limit))
        .execute()
        .await?;
    tx.commit().await?;
    Ok(purged)
}
