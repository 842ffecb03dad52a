//! Table `service_accounts`.

use identity_contract::ServiceAccountId;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError, Tx};
use uuid::Uuid;

use crate::domain::roles::Roles;
use crate::domain::service_account::ServiceAccount;

/// Spells out a statement over service accounts.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, roles, locked_at, lock_reason, version, created_at, updated_at
               FROM service_accounts ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ServiceAccountId,
    name: String,
    roles: String,
    locked_at: Option<Timestamp>,
    lock_reason: Option<String>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Adds a service account.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: ServiceAccountId,
    name: &str,
    roles: &Roles,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO service_accounts (id, name, roles, version, created_at, updated_at)
         VALUES ($1, $2, $3, 1, $4, $4)",
    )
    .bind(id)
    .bind(name)
    .bind(roles.to_column())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns a service account.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: ServiceAccountId,
) -> Result<Option<ServiceAccount>, StoreError> {
    let row = db.query(select!("WHERE id = $1")).bind(id);
    Ok(row.fetch_optional::<Row>().await?.map(Into::into))
}

/// Returns a service account that nobody else changes, and that gets no other key, until commit.
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    id: ServiceAccountId,
) -> Result<Option<ServiceAccount>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select!("WHERE id = $1"),
        Engine::Postgres => select!("WHERE id = $1 FOR UPDATE"),
    };
    let row = tx.query(sql).bind(id).fetch_optional::<Row>().await?;
    Ok(row.map(Into::into))
}

/// Returns service accounts made before `before`, newest first.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    before: Option<ServiceAccountId>,
    limit: u32,
) -> Result<Vec<ServiceAccount>, StoreError> {
    let rows = db
        .query(select!("WHERE id < $1 ORDER BY id DESC LIMIT $2"))
        .bind(before.map_or(Uuid::max(), ServiceAccountId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Writes what a locked account is from now on; its version grows.
pub(crate) async fn update(tx: &mut Tx<'_>, account: &ServiceAccount) -> Result<(), StoreError> {
    let now = tx.now();
    let lock = account.lock.as_ref();
    let written = tx
        .query(
            "UPDATE service_accounts
                SET name = $2, roles = $3, locked_at = $4, lock_reason = $5, version = version + 1, updated_at = $6
              WHERE id = $1",
        )
        .bind(account.id)
        .bind(account.name.as_str())
        .bind(account.roles.to_column())
        .bind(lock.map(|(at, _)| *at))
        .bind(lock.map(|(_, reason)| reason.as_str()))
        .bind(now)
        .execute()
        .await?;
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::inconsistent(
            "service_accounts: a locked row is gone",
        ))
    }
}

impl From<Row> for ServiceAccount {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            // Roles of a newer version are left out: they give no right here.
            roles: Roles::from_column(Some(&row.roles)),
            lock: row.locked_at.zip(row.lock_reason),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
