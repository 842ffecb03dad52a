//! Table `oauth_consents`: which programs may act for whom.

use identity_contract::{OauthClientId, UserId};
use tenon_access::Scope;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};
use uuid::Uuid;

/// A consent as the person who gave it sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ConsentRow {
    pub(crate) client_id: OauthClientId,
    pub(crate) client_name: String,
    pub(crate) scope: String,
    pub(crate) granted_at: Timestamp,
}

/// Returns what a person has let a program do.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    user: UserId,
    client: OauthClientId,
) -> Result<Option<Scope>, StoreError> {
    let scope = db
        .query("SELECT scope FROM oauth_consents WHERE user_id = $1 AND client_id = $2")
        .bind(user)
        .bind(client)
        .fetch_scalar::<String>()
        .await?;
    let inconsistent = || StoreError::inconsistent("oauth_consents.scope: not a scope");
    scope
        .map(|scope| Scope::parse(&scope).ok_or_else(inconsistent))
        .transpose()
}

/// Writes what a person lets a program do from now on.
pub(crate) async fn put(
    tx: &mut Tx<'_>,
    user: UserId,
    client: OauthClientId,
    scope: &Scope,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO oauth_consents (user_id, client_id, scope, granted_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at",
    )
    .bind(user)
    .bind(client)
    .bind(scope.to_string())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns the consents of a person to clients made before `before`, newest clients first.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    user: UserId,
    before: Option<OauthClientId>,
    limit: u32,
) -> Result<Vec<ConsentRow>, StoreError> {
    db.query(
        "SELECT o.client_id, c.name AS client_name, o.scope, o.granted_at
           FROM oauth_consents o
           JOIN oauth_clients c ON c.id = o.client_id
          WHERE o.user_id = $1 AND o.client_id < $2
          ORDER BY o.client_id DESC
          LIMIT $3",
    )
    .bind(user)
    .bind(before.map_or(Uuid::max(), OauthClientId::uuid))
    .bind(i64::from(limit) + 1)
    .fetch_all::<ConsentRow>()
    .await
}

/// Forgets a consent; `false` if there is none.
pub(crate) async fn delete(
    tx: &mut Tx<'_>,
    user: UserId,
    client: OauthClientId,
) -> Result<bool, StoreError> {
    let deleted = tx
        .query("DELETE FROM oauth_consents WHERE user_id = $1 AND client_id = $2")
        .bind(user)
        .bind(client)
        .execute()
        .await?;
    Ok(deleted == 1)
}
