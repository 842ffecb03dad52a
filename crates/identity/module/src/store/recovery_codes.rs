//! Table `recovery_codes`.

use identity_contract::UserId;
use tenon_store::{Queryable, StoreError, Tx};

/// Adds a code.
pub(crate) async fn insert(tx: &mut Tx<'_>, user: UserId, hash: Vec<u8>) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query("INSERT INTO recovery_codes (user_id, hash, created_at) VALUES ($1, $2, $3)")
        .bind(user)
        .bind(hash)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Uses a code up; `false` if it is none, or was used. Of many at once exactly one gets `true`.
pub(crate) async fn take(tx: &mut Tx<'_>, user: UserId, hash: Vec<u8>) -> Result<bool, StoreError> {
    let now = tx.now();
    let taken = tx
        .query(
            "UPDATE recovery_codes
                SET used_at = $3
              WHERE user_id = $1 AND hash = $2 AND used_at IS NULL",
        )
        .bind(user)
        .bind(hash)
        .bind(now)
        .execute()
        .await?;
    Ok(taken == 1)
}

/// Counts the codes that a person has left.
pub(crate) async fn count_left(db: &mut dyn Queryable, user: UserId) -> Result<u32, StoreError> {
    let count = db
        .query("SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL")
        .bind(user)
        .fetch_scalar::<i64>()
        .await?;
    Ok(u32::try_from(count.unwrap_or_default()).unwrap_or(u32::MAX))
}

/// Deletes all codes of a person, used or not.
pub(crate) async fn delete_all(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    tx.query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user)
        .execute()
        .await?;
    Ok(())
}
