//! Table `oauth_clients`.

use identity_contract::OauthClientId;
use tenon_access::Scope;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError, Tx};
use uuid::Uuid;

use crate::domain::oauth::client::{Client, ClientKind, ClientSecrets, ClientWish, Grant};
use crate::store::id_set;

/// Spells out a statement over clients.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, kind, redirect_uris, grants, scope, secret_hash, previous_secret_hash, previous_until,
                    version, created_at, updated_at
               FROM oauth_clients ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: OauthClientId,
    name: String,
    kind: String,
    redirect_uris: String,
    grants: String,
    scope: String,
    secret_hash: Option<Vec<u8>>,
    previous_secret_hash: Option<Vec<u8>>,
    previous_until: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Adds a client.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: OauthClientId,
    kind: ClientKind,
    wish: &ClientWish,
    secret_hash: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO oauth_clients
                (id, name, kind, redirect_uris, grants, scope, secret_hash, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)",
    )
    .bind(id)
    .bind(wish.name.as_str())
    .bind(kind.as_str())
    .bind(uris_text(wish))
    .bind(grants_text(wish))
    .bind(wish.scope.to_string())
    .bind(secret_hash)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns a client.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: OauthClientId,
) -> Result<Option<Client>, StoreError> {
    let row = db.query(select!("WHERE id = $1")).bind(id);
    let row = row.fetch_optional::<Row>().await?;
    row.map(Client::try_from).transpose()
}

/// Returns a client that stays as it is until commit; others may use it meanwhile.
pub(crate) async fn hold(tx: &mut Tx<'_>, id: OauthClientId) -> Result<Option<Client>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select!("WHERE id = $1"),
        Engine::Postgres => select!("WHERE id = $1 FOR SHARE"),
    };
    let row = tx.query(sql).bind(id).fetch_optional::<Row>().await?;
    row.map(Client::try_from).transpose()
}

/// Returns a client that nobody else changes or uses for something new until commit.
pub(crate) async fn lock(tx: &mut Tx<'_>, id: OauthClientId) -> Result<Option<Client>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select!("WHERE id = $1"),
        Engine::Postgres => select!("WHERE id = $1 FOR UPDATE"),
    };
    let row = tx.query(sql).bind(id).fetch_optional::<Row>().await?;
    row.map(Client::try_from).transpose()
}

/// Returns clients made before `before`, newest first.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    before: Option<OauthClientId>,
    limit: u32,
) -> Result<Vec<Client>, StoreError> {
    let rows = db
        .query(select!("WHERE id < $1 ORDER BY id DESC LIMIT $2"))
        .bind(before.map_or(Uuid::max(), OauthClientId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(Client::try_from).collect()
}

/// Returns those of the ids that are clients.
pub(crate) async fn find_among(
    db: &mut dyn Queryable,
    ids: &[OauthClientId],
) -> Result<Vec<OauthClientId>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT id FROM oauth_clients WHERE id IN (SELECT unhex(value) FROM json_each($1))"
        }
        Engine::Postgres => {
            "SELECT id
               FROM oauth_clients
              WHERE id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))"
        }
    };
    let rows = db
        .query(sql)
        .bind(id_set(ids))
        .fetch_all::<(OauthClientId,)>()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Writes what a locked client is from now on; its version grows.
pub(crate) async fn update(
    tx: &mut Tx<'_>,
    id: OauthClientId,
    wish: &ClientWish,
) -> Result<(), StoreError> {
    let now = tx.now();
    let written = tx
        .query(
            "UPDATE oauth_clients
                SET name = $2, redirect_uris = $3, grants = $4, scope = $5, version = version + 1, updated_at = $6
              WHERE id = $1",
        )
        .bind(id)
        .bind(wish.name.as_str())
        .bind(uris_text(wish))
        .bind(grants_text(wish))
        .bind(wish.scope.to_string())
        .bind(now)
        .execute()
        .await?;
    still_there(written)
}

/// Puts a new secret in place of the one before, which goes on beside it until `previous_until`.
pub(crate) async fn rotate(
    tx: &mut Tx<'_>,
    id: OauthClientId,
    secret_hash: Vec<u8>,
    previous_until: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    let written = tx
        .query(
            "UPDATE oauth_clients
                SET previous_secret_hash = secret_hash, previous_until = $3, secret_hash = $2,
                    version = version + 1, updated_at = $4
              WHERE id = $1",
        )
        .bind(id)
        .bind(secret_hash)
        .bind(previous_until)
        .bind(now)
        .execute()
        .await?;
    still_there(written)
}

/// Deletes a locked client, with the consents that people gave it.
pub(crate) async fn delete(tx: &mut Tx<'_>, id: OauthClientId) -> Result<(), StoreError> {
    let query = tx.query("DELETE FROM oauth_clients WHERE id = $1").bind(id);
    still_there(query.execute().await?)
}

fn still_there(written: u64) -> Result<(), StoreError> {
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::inconsistent(
            "oauth_clients: a locked row is gone",
        ))
    }
}

fn uris_text(wish: &ClientWish) -> String {
    serde_json::to_string(&wish.redirect_uris).expect("texts are plain data")
}

fn grants_text(wish: &ClientWish) -> String {
    let words: Vec<&str> = wish.grants.iter().map(|grant| grant.as_str()).collect();
    words.join(" ")
}

impl TryFrom<Row> for Client {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = |column: &str| {
            StoreError::inconsistent(format!("oauth_clients.{column} of {}", row.id))
        };
        // Grants of a newer version are left out: they cannot be used here.
        let grants = row.grants.split(' ').filter_map(Grant::parse).collect();
        Ok(Self {
            id: row.id,
            kind: ClientKind::parse(&row.kind).ok_or_else(|| wrong("kind"))?,
            wish: ClientWish {
                redirect_uris: serde_json::from_str(&row.redirect_uris)
                    .map_err(|_| wrong("redirect_uris"))?,
                grants,
                scope: Scope::parse(&row.scope).ok_or_else(|| wrong("scope"))?,
                name: row.name,
            },
            secrets: ClientSecrets {
                current: row.secret_hash,
                previous: row.previous_secret_hash.zip(row.previous_until),
            },
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
