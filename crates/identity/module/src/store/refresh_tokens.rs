//! Table `refresh_tokens`.

use identity_contract::SessionId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

/// A token that was used before.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct UsedToken {
    pub(crate) session_id: SessionId,
    pub(crate) generation: i64,
    pub(crate) used_at: Timestamp,
    pub(crate) successor: Option<Vec<u8>>,
}

/// Adds the unused token of a generation.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    hash: &[u8],
    session: SessionId,
    generation: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO refresh_tokens (hash, session_id, generation, issued_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(hash)
    .bind(session)
    .bind(generation)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Marks an unused token as used and keeps its sealed successor; returns its session and generation.
///
/// Of many at once exactly one gets them: the others wait for its commit and then find nothing.
pub(crate) async fn mark_used(
    tx: &mut Tx<'_>,
    hash: &[u8],
    successor: &[u8],
) -> Result<Option<(SessionId, i64)>, StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE refresh_tokens
            SET used_at = $2, successor = $3
          WHERE hash = $1 AND used_at IS NULL
      RETURNING session_id, generation",
    )
    .bind(hash)
    .bind(now)
    .bind(successor)
    .fetch_optional::<(SessionId, i64)>()
    .await
}

/// Returns a token that was used before.
pub(crate) async fn find_used(
    db: &mut dyn Queryable,
    hash: &[u8],
) -> Result<Option<UsedToken>, StoreError> {
    db.query(
        "SELECT session_id, generation, used_at, successor
           FROM refresh_tokens
          WHERE hash = $1 AND used_at IS NOT NULL",
    )
    .bind(hash)
    .fetch_optional::<UsedToken>()
    .await
}

/// Wipes sealed successors of tokens used before `before`.
pub(crate) async fn wipe_successors(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "UPDATE refresh_tokens
            SET successor = NULL
          WHERE hash IN (SELECT hash
                           FROM refresh_tokens
                          WHERE successor IS NOT NULL AND used_at < $1
                          LIMIT 5000)",
    )
    .bind(before)
    .execute()
    .await
}
