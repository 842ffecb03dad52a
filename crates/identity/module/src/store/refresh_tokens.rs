//! Table `refresh_tokens`.

use identity_contract::{OauthClientId, SessionId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};
use uuid::Uuid;

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

/// Whose tokens are exchanged: a token of one family is nothing to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Of people with our API.
    FirstParty,
    /// Of a program.
    Client(OauthClientId),
}

impl Family {
    fn columns(self) -> (&'static str, Uuid) {
        match self {
            Self::FirstParty => ("first_party", Uuid::nil()),
            Self::Client(client) => ("oauth", client.uuid()),
        }
    }
}

/// Marks an unused token of a family as used and keeps its sealed successor; returns its session and generation.
///
/// Of many at once exactly one gets them: the others wait for its commit and then find nothing.
pub(crate) async fn mark_used(
    tx: &mut Tx<'_>,
    hash: &[u8],
    successor: &[u8],
    family: Family,
) -> Result<Option<(SessionId, i64)>, StoreError> {
    let now = tx.now();
    let (kind, client) = family.columns();
    tx.query(
        "UPDATE refresh_tokens
            SET used_at = $2, successor = $3
          WHERE hash = $1 AND used_at IS NULL
            AND EXISTS (SELECT 1
                          FROM sessions s
                         WHERE s.id = refresh_tokens.session_id AND s.kind = $4 AND COALESCE(s.client_id, $5) = $5)
      RETURNING session_id, generation",
    )
    .bind(hash)
    .bind(now)
    .bind(successor)
    .bind(kind)
    .bind(client)
    .fetch_optional::<(SessionId, i64)>()
    .await
}

/// Returns a token of a family that was used before.
pub(crate) async fn find_used(
    db: &mut dyn Queryable,
    hash: &[u8],
    family: Family,
) -> Result<Option<UsedToken>, StoreError> {
    let (kind, client) = family.columns();
    db.query(
        "SELECT t.session_id, t.generation, t.used_at, t.successor
           FROM refresh_tokens t
           JOIN sessions s ON s.id = t.session_id
          WHERE t.hash = $1 AND t.used_at IS NOT NULL AND s.kind = $2 AND COALESCE(s.client_id, $3) = $3",
    )
    .bind(hash)
    .bind(kind)
    .bind(client)
    .fetch_optional::<UsedToken>()
    .await
}

/// Returns the session of a token of a program, used or not.
pub(crate) async fn find_session(
    db: &mut dyn Queryable,
    hash: &[u8],
) -> Result<Option<(SessionId, bool)>, StoreError> {
    db.query(
        "SELECT t.session_id, t.used_at IS NULL
           FROM refresh_tokens t
           JOIN sessions s ON s.id = t.session_id
          WHERE t.hash = $1 AND s.kind = 'oauth'",
    )
    .bind(hash)
    .fetch_optional::<(SessionId, bool)>()
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
