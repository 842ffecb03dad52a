//! Table `bootstrap_tokens`: at most one row.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

/// Keeps the token that counts from now on; an older one no longer does.
pub(crate) async fn put(
    tx: &mut Tx<'_>,
    hash: &[u8],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO bootstrap_tokens (id, hash, expires_at)
         VALUES (1, $1, $2)
         ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at",
    )
    .bind(hash)
    .bind(expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Says whether the token could be used now.
pub(crate) async fn is_good(
    db: &mut dyn Queryable,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found = db
        .query("SELECT id FROM bootstrap_tokens WHERE id = 1 AND hash = $1 AND expires_at > $2")
        .bind(hash)
        .bind(now)
        .fetch_scalar::<i64>()
        .await?;
    Ok(found.is_some())
}

/// Uses the token up; `false` if it was used before, replaced or has expired. Of many at once one gets `true`.
pub(crate) async fn take(tx: &mut Tx<'_>, hash: &[u8]) -> Result<bool, StoreError> {
    let now = tx.now();
    let taken = tx
        .query("DELETE FROM bootstrap_tokens WHERE id = 1 AND hash = $1 AND expires_at > $2")
        .bind(hash)
        .bind(now)
        .execute()
        .await?;
    Ok(taken == 1)
}

/// Deletes a token that expired.
pub(crate) async fn purge(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    let now = tx.now();
    tx.query("DELETE FROM bootstrap_tokens WHERE expires_at < $1")
        .bind(now)
        .execute()
        .await
}
