//! Table `user_roles`.

use identity_contract::UserId;
use tenon_kernel::Role;
use tenon_store::{Engine, Queryable, StoreError, Tx};

use crate::domain::roles::name_of;

/// Gives a role; `false` if the user has it.
pub(crate) async fn insert(tx: &mut Tx<'_>, user: UserId, role: Role) -> Result<bool, StoreError> {
    let Some(name) = name_of(role) else {
        return Ok(false);
    };
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO user_roles (user_id, role, assigned_at)
             VALUES ($1, $2, $3)
             ON CONFLICT (user_id, role) DO NOTHING",
        )
        .bind(user)
        .bind(name)
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Takes a role away; `false` if the user does not have it.
pub(crate) async fn delete(tx: &mut Tx<'_>, user: UserId, role: Role) -> Result<bool, StoreError> {
    let Some(name) = name_of(role) else {
        return Ok(false);
    };
    let deleted = tx
        .query("DELETE FROM user_roles WHERE user_id = $1 AND role = $2")
        .bind(user)
        .bind(name)
        .execute()
        .await?;
    Ok(deleted == 1)
}

/// Returns the administrators who can sign in (those who have not proved their address cannot) and are not about to be erased,
/// and keeps the set of administrators as it is until commit, so that
/// two of them cannot remove each other at the same time.
pub(crate) async fn lock_administrators(tx: &mut Tx<'_>) -> Result<Vec<UserId>, StoreError> {
    // SQLite has one writer: there is nobody to keep out.
    if tx.engine() == Engine::Postgres {
        tx.query("SELECT user_id FROM user_roles WHERE role = 'admin' ORDER BY user_id FOR UPDATE")
            .fetch_all::<(UserId,)>()
            .await?;
    }
    let rows = tx
        .query(
            "SELECT r.user_id
               FROM user_roles r
               JOIN users u ON u.id = r.user_id
              WHERE r.role = 'admin' AND u.locked_at IS NULL AND u.email_verified_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM user_erasures e WHERE e.user_id = u.id)
              ORDER BY r.user_id
              LIMIT 1000",
        )
        .fetch_all::<(UserId,)>()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
