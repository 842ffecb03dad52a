//! Table `passkey_challenges`.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable as _, StoreError, Tx};

use crate::store::sign_in_challenges::{Purpose, purpose_name};

/// A challenge that waits for a passkey.
#[derive(Debug, Clone)]
pub(crate) struct NewChallenge<'c> {
    /// SHA-256 of the token that goes with it.
    pub(crate) hash: &'c [u8],
    pub(crate) purpose: Purpose,
    pub(crate) challenge: [u8; 32],
    /// SHA-256 of what it is for.
    pub(crate) bound_to: &'c [u8],
    /// The sign-in that it completes.
    pub(crate) sign_in_hash: Option<&'c [u8]>,
    pub(crate) expires_at: Timestamp,
}

/// Adds a challenge.
pub(crate) async fn insert(tx: &mut Tx<'_>, new: &NewChallenge<'_>) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO passkey_challenges
                (hash, purpose, challenge, bound_to, sign_in_hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.hash)
    .bind(purpose_name(new.purpose))
    .bind(new.challenge.as_slice())
    .bind(new.bound_to)
    .bind(new.sign_in_hash)
    .bind(now)
    .bind(new.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Uses a challenge up, and returns it with the sign-in that it completes; nothing if it is over, was used, or is for something
/// else. Of many at once exactly one gets it.
pub(crate) async fn take(
    tx: &mut Tx<'_>,
    hash: &[u8],
    purpose: Purpose,
    bound_to: &[u8],
) -> Result<Option<(Vec<u8>, Option<Vec<u8>>)>, StoreError> {
    let now = tx.now();
    tx.query(
        "DELETE FROM passkey_challenges
          WHERE hash = $1 AND purpose = $2 AND bound_to = $3 AND expires_at > $4
      RETURNING challenge, sign_in_hash",
    )
    .bind(hash)
    .bind(purpose_name(purpose))
    .bind(bound_to)
    .bind(now)
    .fetch_optional::<(Vec<u8>, Option<Vec<u8>>)>()
    .await
}

/// Deletes what expired before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM passkey_challenges
          WHERE hash IN (SELECT hash FROM passkey_challenges WHERE expires_at < $1 LIMIT 1000)",
    )
    .bind(before)
    .execute()
    .await
}
