//! Table `signing_keys`.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

/// A key pair; the private half sealed.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct SigningKeyRow {
    pub(crate) number: i64,
    pub(crate) kid: String,
    pub(crate) public_key: Vec<u8>,
    pub(crate) sealed_seed: Vec<u8>,
    pub(crate) created_at: Timestamp,
    /// Published before it signs.
    pub(crate) signs_from: Timestamp,
}

/// Returns the newest key, whether it signs already or not.
pub(crate) async fn find_newest(
    db: &mut dyn Queryable,
) -> Result<Option<SigningKeyRow>, StoreError> {
    db.query(
        "SELECT number, kid, public_key, sealed_seed, created_at, signs_from
           FROM signing_keys
          ORDER BY number DESC
          LIMIT 1",
    )
    .fetch_optional::<SigningKeyRow>()
    .await
}

/// Returns the key that signs at this time.
pub(crate) async fn find_signing(
    db: &mut dyn Queryable,
    now: Timestamp,
) -> Result<Option<SigningKeyRow>, StoreError> {
    db.query(
        "SELECT number, kid, public_key, sealed_seed, created_at, signs_from
           FROM signing_keys
          WHERE signs_from <= $1
          ORDER BY number DESC
          LIMIT 1",
    )
    .bind(now)
    .fetch_optional::<SigningKeyRow>()
    .await
}

/// Returns the keys with which tokens can be checked at this time, newest first.
pub(crate) async fn list_verifying(
    db: &mut dyn Queryable,
    now: Timestamp,
) -> Result<Vec<SigningKeyRow>, StoreError> {
    db.query(
        "SELECT number, kid, public_key, sealed_seed, created_at, signs_from
           FROM signing_keys
          WHERE retires_at IS NULL OR retires_at > $1
          ORDER BY number DESC
          LIMIT 100",
    )
    .bind(now)
    .fetch_all::<SigningKeyRow>()
    .await
}

/// Adds a key; `false` if another instance has added one with this number.
pub(crate) async fn insert(tx: &mut Tx<'_>, key: &SigningKeyRow) -> Result<bool, StoreError> {
    let inserted = tx
        .query(
            "INSERT INTO signing_keys (number, kid, public_key, sealed_seed, created_at, signs_from)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (number) DO NOTHING",
        )
        .bind(key.number)
        .bind(key.kid.as_str())
        .bind(key.public_key.as_slice())
        .bind(key.sealed_seed.as_slice())
        .bind(key.created_at)
        .bind(key.signs_from)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Gives all keys before `number` an end.
pub(crate) async fn retire_before(
    tx: &mut Tx<'_>,
    number: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.query("UPDATE signing_keys SET retires_at = $2 WHERE number < $1 AND retires_at IS NULL")
        .bind(number)
        .bind(at)
        .execute()
        .await?;
    Ok(())
}

/// Deletes keys that retired before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query("DELETE FROM signing_keys WHERE retires_at < $1")
        .bind(before)
        .execute()
        .await
}
