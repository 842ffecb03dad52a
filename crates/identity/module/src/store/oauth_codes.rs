//! Table `oauth_codes`.

use identity_contract::{OauthClientId, SessionId, UserId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

/// A code that was given out.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct CodeRow {
    pub(crate) client_id: OauthClientId,
    pub(crate) user_id: UserId,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: String,
    pub(crate) authenticated_at: Timestamp,
    /// How the person proved who they are, as sessions keep it.
    pub(crate) amr: String,
    pub(crate) expires_at: Timestamp,
    /// What it gave when it was used.
    pub(crate) session_id: Option<SessionId>,
}

/// Adds a code.
pub(crate) async fn insert(tx: &mut Tx<'_>, hash: &[u8], code: &CodeRow) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO oauth_codes
                (hash, client_id, user_id, redirect_uri, scope, nonce, challenge, authenticated_at, expires_at,
                 amr)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(hash)
    .bind(code.client_id)
    .bind(code.user_id)
    .bind(code.redirect_uri.as_str())
    .bind(code.scope.as_str())
    .bind(code.nonce.as_deref())
    .bind(code.challenge.as_str())
    .bind(code.authenticated_at)
    .bind(code.expires_at)
    .bind(code.amr.as_str())
    .execute()
    .await?;
    Ok(())
}

/// Returns a code.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    hash: &[u8],
) -> Result<Option<CodeRow>, StoreError> {
    db.query(
        "SELECT client_id, user_id, redirect_uri, scope, nonce, challenge, authenticated_at, expires_at, session_id,
                amr
           FROM oauth_codes
          WHERE hash = $1",
    )
    .bind(hash)
    .fetch_optional::<CodeRow>()
    .await
}

/// Uses a code up for a session; `false` if it was used before. Of many at once exactly one gets `true`: the others wait
/// for its commit and then find nothing.
pub(crate) async fn take(
    tx: &mut Tx<'_>,
    hash: &[u8],
    session: SessionId,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let taken = tx
        .query("UPDATE oauth_codes SET used_at = $2, session_id = $3 WHERE hash = $1 AND used_at IS NULL")
        .bind(hash)
        .bind(now)
        .bind(session)
        .execute()
        .await?;
    Ok(taken == 1)
}

/// Deletes codes that expired before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM oauth_codes
          WHERE hash IN (SELECT hash FROM oauth_codes WHERE expires_at < $1 LIMIT 500)",
    )
    .bind(before)
    .execute()
    .await
}

/// Deletes the codes of a program that nobody has used yet, of one person.
pub(crate) async fn forget(
    tx: &mut Tx<'_>,
    user: UserId,
    client: OauthClientId,
) -> Result<(), StoreError> {
    tx.query("DELETE FROM oauth_codes WHERE user_id = $1 AND client_id = $2 AND used_at IS NULL")
        .bind(user)
        .bind(client)
        .execute()
        .await?;
    Ok(())
}
