//! Table `api_keys`.

use identity_contract::{ApiKeyId, ApiKeyOwner, ServiceAccountId, UserId};
use tenon_access::{Network, Scope};
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError, Tx};
use uuid::Uuid;

use crate::domain::api_key::{ApiKeySecrets, ApiKeyWish, StoredApiKey};

/// Spells out a statement over keys.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, service_account_id, name, scope, networks, hash, previous_hash, previous_until,
                    expires_at, last_used_at, version, created_at, updated_at
               FROM api_keys ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ApiKeyId,
    user_id: Option<UserId>,
    service_account_id: Option<ServiceAccountId>,
    name: String,
    scope: String,
    networks: String,
    hash: Vec<u8>,
    previous_hash: Option<Vec<u8>>,
    previous_until: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Adds a key.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: ApiKeyId,
    owner: ApiKeyOwner,
    wish: &ApiKeyWish,
    hash: Vec<u8>,
) -> Result<(), StoreError> {
    let now = tx.now();
    let (user, service_account) = columns(owner);
    tx.query(
        "INSERT INTO api_keys
                (id, user_id, service_account_id, name, scope, networks, hash, expires_at, version, created_at,
                 updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
    )
    .bind(id)
    .bind(user)
    .bind(service_account)
    .bind(wish.name.as_str())
    .bind(wish.scope.to_string())
    .bind(networks_text(wish))
    .bind(hash)
    .bind(wish.expires_at)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns a key.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: ApiKeyId,
) -> Result<Option<StoredApiKey>, StoreError> {
    let row = db.query(select!("WHERE id = $1")).bind(id);
    let row = row.fetch_optional::<Row>().await?;
    row.map(StoredApiKey::try_from).transpose()
}

/// Returns a key that nobody else changes until commit.
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    id: ApiKeyId,
) -> Result<Option<StoredApiKey>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select!("WHERE id = $1"),
        Engine::Postgres => select!("WHERE id = $1 FOR UPDATE"),
    };
    let row = tx.query(sql).bind(id).fetch_optional::<Row>().await?;
    row.map(StoredApiKey::try_from).transpose()
}

/// Returns keys of an owner that were made before `before`, newest first.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    owner: ApiKeyOwner,
    before: Option<ApiKeyId>,
    limit: u32,
) -> Result<Vec<StoredApiKey>, StoreError> {
    let sql = match owner {
        ApiKeyOwner::ServiceAccount { .. } => {
            select!("WHERE service_account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
        }
        _ => select!("WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
    };
    let rows = db
        .query(sql)
        .bind(raw(owner))
        .bind(before.map_or(Uuid::max(), ApiKeyId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(StoredApiKey::try_from).collect()
}

/// Counts the keys of an owner whom the transaction keeps from making more.
pub(crate) async fn count(tx: &mut Tx<'_>, owner: ApiKeyOwner) -> Result<u32, StoreError> {
    let sql = match owner {
        ApiKeyOwner::ServiceAccount { .. } => {
            "SELECT count(*) FROM api_keys WHERE service_account_id = $1"
        }
        _ => "SELECT count(*) FROM api_keys WHERE user_id = $1",
    };
    let count = tx.query(sql).bind(raw(owner)).fetch_scalar::<i64>().await?;
    Ok(u32::try_from(count.unwrap_or_default()).unwrap_or(u32::MAX))
}

/// Writes what a locked key is from now on; its version grows.
pub(crate) async fn update(
    tx: &mut Tx<'_>,
    id: ApiKeyId,
    wish: &ApiKeyWish,
) -> Result<(), StoreError> {
    let now = tx.now();
    let written = tx
        .query(
            "UPDATE api_keys
                SET name = $2, networks = $3, expires_at = $4, version = version + 1, updated_at = $5
              WHERE id = $1",
        )
        .bind(id)
        .bind(wish.name.as_str())
        .bind(networks_text(wish))
        .bind(wish.expires_at)
        .bind(now)
        .execute()
        .await?;
    still_there(written)
}

/// Puts a new secret in place of the one before, which goes on beside it until `previous_until`.
pub(crate) async fn rotate(
    tx: &mut Tx<'_>,
    id: ApiKeyId,
    hash: Vec<u8>,
    previous_until: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    let written = tx
        .query(
            "UPDATE api_keys
                SET previous_hash = hash, previous_until = $3, hash = $2, version = version + 1, updated_at = $4
              WHERE id = $1",
        )
        .bind(id)
        .bind(hash)
        .bind(previous_until)
        .bind(now)
        .execute()
        .await?;
    still_there(written)
}

/// Deletes a locked key.
pub(crate) async fn delete(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<(), StoreError> {
    let query = tx.query("DELETE FROM api_keys WHERE id = $1").bind(id);
    still_there(query.execute().await?)
}

/// Deletes all keys of a person; returns them.
pub(crate) async fn delete_of_user(
    tx: &mut Tx<'_>,
    user: UserId,
) -> Result<Vec<ApiKeyId>, StoreError> {
    let rows = tx
        .query("DELETE FROM api_keys WHERE user_id = $1 RETURNING id")
        .bind(user)
        .fetch_all::<(ApiKeyId,)>()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes a use, unless a later one or one after `unless_after` is noted: of several who do it at once, one writes.
pub(crate) async fn note_use(
    tx: &mut Tx<'_>,
    id: ApiKeyId,
    unless_after: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE api_keys
            SET last_used_at = $2
          WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
    )
    .bind(id)
    .bind(now)
    .bind(unless_after)
    .execute()
    .await?;
    Ok(())
}

/// Deletes keys that ended before `before`.
pub(crate) async fn purge(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM api_keys
          WHERE id IN (SELECT id FROM api_keys WHERE expires_at < $1 LIMIT 500)",
    )
    .bind(before)
    .execute()
    .await
}

fn still_there(written: u64) -> Result<(), StoreError> {
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::inconsistent("api_keys: a locked row is gone"))
    }
}

fn columns(owner: ApiKeyOwner) -> (Option<UserId>, Option<ServiceAccountId>) {
    match owner {
        ApiKeyOwner::User { user_id } => (Some(user_id), None),
        ApiKeyOwner::ServiceAccount { service_account_id } => (None, Some(service_account_id)),
        _ => (None, None), // the table refuses it
    }
}

fn raw(owner: ApiKeyOwner) -> Uuid {
    match columns(owner) {
        (Some(user), _) => user.uuid(),
        (None, service_account) => service_account.map_or(Uuid::nil(), ServiceAccountId::uuid),
    }
}

fn networks_text(wish: &ApiKeyWish) -> String {
    let texts: Vec<String> = wish.networks.iter().map(Network::to_string).collect();
    serde_json::to_string(&texts).expect("texts are plain data")
}

impl TryFrom<Row> for StoredApiKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong =
            |column: &str| StoreError::inconsistent(format!("api_keys.{column} of {}", row.id));
        let owner = match (row.user_id, row.service_account_id) {
            (Some(user_id), None) => ApiKeyOwner::User { user_id },
            (None, Some(service_account_id)) => ApiKeyOwner::ServiceAccount { service_account_id },
            _ => return Err(wrong("user_id")),
        };
        Ok(Self {
            id: row.id,
            owner,
            wish: ApiKeyWish {
                scope: Scope::parse(&row.scope).ok_or_else(|| wrong("scope"))?,
                // A limit that cannot be read must not become none.
                networks: serde_json::from_str(&row.networks).map_err(|_| wrong("networks"))?,
                name: row.name,
                expires_at: row.expires_at,
            },
            secrets: ApiKeySecrets {
                current: row.hash,
                previous: row.previous_hash.zip(row.previous_until),
            },
            last_used_at: row.last_used_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
