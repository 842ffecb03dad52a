//! Table `user_erasures`, and what goes of all other tables with a person.

use identity_contract::UserId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

/// An account that is to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Erasure {
    pub(crate) requested_at: Timestamp,
    /// Until then it can be taken back.
    pub(crate) erase_at: Timestamp,
}

/// Returns the erasure that waits for its time.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    user: UserId,
) -> Result<Option<Erasure>, StoreError> {
    db.query(
        "SELECT requested_at, erase_at
           FROM user_erasures
          WHERE user_id = $1 AND erased_at IS NULL",
    )
    .bind(user)
    .fetch_optional()
    .await
}

/// Has the erasure of a locked user wait.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    user: UserId,
    erase_at: Timestamp,
) -> Result<Erasure, StoreError> {
    let requested_at = tx.now();
    tx.query("INSERT INTO user_erasures (user_id, requested_at, erase_at) VALUES ($1, $2, $3)")
        .bind(user)
        .bind(requested_at)
        .bind(erase_at)
        .execute()
        .await?;
    Ok(Erasure {
        requested_at,
        erase_at,
    })
}

/// Takes an erasure back; `false` if there is none, or its time has come.
pub(crate) async fn delete(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let deleted = tx
        .query("DELETE FROM user_erasures WHERE user_id = $1 AND erased_at IS NULL")
        .bind(user)
        .execute()
        .await?;
    Ok(deleted == 1)
}

/// Returns those whose time has come, earliest first.
pub(crate) async fn list_due(
    db: &mut dyn Queryable,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    let rows = db
        .query(
            "SELECT user_id
               FROM user_erasures
              WHERE erased_at IS NULL AND erase_at <= $1
              ORDER BY erase_at
              LIMIT $2",
        )
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all::<(UserId,)>()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes that it happened; `false` if it was taken back, is not due, or happened before.
pub(crate) async fn mark_erased(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let now = tx.now();
    let marked = tx
        .query(
            "UPDATE user_erasures
                SET erased_at = $2
              WHERE user_id = $1 AND erased_at IS NULL AND erase_at <= $2",
        )
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(marked == 1)
}

/// Deletes what a person could still make a session of: codes of programs, sign-ins that wait for their second step.
pub(crate) async fn delete_begun(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM oauth_codes WHERE user_id = $1",
        "DELETE FROM sign_in_challenges WHERE user_id = $1",
    ] {
        tx.query(sql).bind(user).execute().await?;
    }
    Ok(())
}

/// Deletes everything of a locked person. Refresh tokens go with their sessions.
///
/// What waits under the address without being theirs yet goes too, but for a registration: somebody has just asked for a new account.
pub(crate) async fn delete_person(
    tx: &mut Tx<'_>,
    user: UserId,
    email_key: &str,
) -> Result<(), StoreError> {
    delete_begun(tx, user).await?;
    tx.query("DELETE FROM auth_requests WHERE kind <> 'register' AND lower(email) = $1")
        .bind(email_key)
        .execute()
        .await?;
    tx.query(
        "DELETE FROM federation_codes
          WHERE lower(email) = $2
             OR EXISTS (SELECT 1
                          FROM federated_identities f
                         WHERE f.user_id = $1 AND f.issuer = federation_codes.issuer
                           AND f.subject = federation_codes.subject)",
    )
    .bind(user)
    .bind(email_key)
    .execute()
    .await?;
    for sql in [
        "DELETE FROM federated_identities WHERE user_id = $1",
        "DELETE FROM recovery_codes WHERE user_id = $1",
        "DELETE FROM factors WHERE user_id = $1",
        "DELETE FROM api_keys WHERE user_id = $1",
        "DELETE FROM oauth_consents WHERE user_id = $1",
        "DELETE FROM challenges WHERE user_id = $1",
        "DELETE FROM sessions WHERE user_id = $1",
        "DELETE FROM user_roles WHERE user_id = $1",
        "DELETE FROM users WHERE id = $1",
    ] {
        tx.query(sql).bind(user).execute().await?;
    }
    Ok(())
}
