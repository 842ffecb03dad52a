//! Table `sign_in_attempts`.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::throttle::Attempts;

/// Counts the first try of a bucket; `false` if there are some. Most people need no second one.
pub(crate) async fn begin(tx: &mut Tx<'_>, bucket: &[u8]) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO sign_in_attempts (bucket, count, last_at) VALUES ($1, 1, $2)
             ON CONFLICT (bucket) DO NOTHING",
        )
        .bind(bucket)
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Returns the tries of a bucket and keeps its row until the unit ends, so that parallel tries count one by one.
pub(crate) async fn lock(tx: &mut Tx<'_>, bucket: &[u8]) -> Result<Attempts, StoreError> {
    let now = tx.now();
    let (count, last_at) = tx
        .query(
            "INSERT INTO sign_in_attempts (bucket, count, last_at)
             VALUES ($1, 0, $2)
             ON CONFLICT (bucket) DO UPDATE SET bucket = excluded.bucket
             RETURNING count, last_at",
        )
        .bind(bucket)
        .bind(now)
        .fetch_one::<(i64, Timestamp)>()
        .await?;
    Ok(Attempts { count, last_at })
}

/// Saves the tries of a locked bucket.
pub(crate) async fn save(
    tx: &mut Tx<'_>,
    bucket: &[u8],
    attempts: Attempts,
) -> Result<(), StoreError> {
    tx.query("UPDATE sign_in_attempts SET count = $2, last_at = $3 WHERE bucket = $1")
        .bind(bucket)
        .bind(attempts.count)
        .bind(attempts.last_at)
        .execute()
        .await?;
    Ok(())
}

/// Forgets the tries of a bucket.
pub(crate) async fn clear(tx: &mut Tx<'_>, bucket: &[u8]) -> Result<(), StoreError> {
    tx.query("DELETE FROM sign_in_attempts WHERE bucket = $1")
        .bind(bucket)
        .execute()
        .await?;
    Ok(())
}

/// Deletes buckets without a try since `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM sign_in_attempts
          WHERE bucket IN (SELECT bucket FROM sign_in_attempts WHERE last_at < $1 LIMIT 5000)",
    )
    .bind(before)
    .execute()
    .await
}
