//! Receivers of webhooks, and their secrets.

use notifications_contract::WebhookEndpointId;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError, Tx};

use super::{from_word, word};
use crate::domain::{PublicKey, SecretPlace, WebhookEndpoint, Wish};

#[derive(sqlx::FromRow)]
struct Row {
    id: WebhookEndpointId,
    url: String,
    description: String,
    event_types: String,
    mode: String,
    max_per_second: i64,
    status: String,
    disabled_reason: Option<String>,
    failing_since: Option<Timestamp>,
    failing_told_at: Option<Timestamp>,
    last_error: Option<String>,
    secret_number: i64,
    public_key: Option<Vec<u8>>,
    previous_public_key: Option<Vec<u8>>,
    previous_until: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SecretsRow {
    secret_number: i64,
    secret: Vec<u8>,
    public_key: Option<Vec<u8>>,
    previous_secret: Option<Vec<u8>>,
    previous_public_key: Option<Vec<u8>>,
    previous_until: Option<Timestamp>,
}

/// The secrets of a receiver, sealed, with what stands beside them.
pub(crate) struct SealedSecrets {
    pub(crate) secret_number: i64,
    pub(crate) secret: Vec<u8>,
    public_key: Option<PublicKey>,
    pub(crate) previous_secret: Option<Vec<u8>>,
    previous_public_key: Option<PublicKey>,
    pub(crate) previous_until: Option<Timestamp>,
}

/// A secret that is new.
pub(crate) struct SealedSecret {
    pub(crate) secret: Vec<u8>,
    pub(crate) public_key: Option<PublicKey>,
}

impl SealedSecrets {
    /// Where the secret opens.
    pub(crate) fn place(&self, endpoint_id: WebhookEndpointId) -> SecretPlace {
        SecretPlace {
            endpoint_id,
            number: self.secret_number,
            public_key: self.public_key,
        }
    }

    /// Where the one before opens.
    pub(crate) fn previous_place(&self, endpoint_id: WebhookEndpointId) -> SecretPlace {
        SecretPlace {
            endpoint_id,
            number: self.secret_number - 1,
            public_key: self.previous_public_key,
        }
    }
}

/// Spells out a statement over receivers that were not deleted.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, url, description, event_types, mode, max_per_second, status, disabled_reason, failing_since,
                    failing_told_at, last_error, secret_number, public_key, previous_public_key, previous_until, version,
                    created_at, updated_at
               FROM webhook_endpoints
              WHERE status <> 'deleted' ",
            $rest
        )
    };
}

/// Adds a receiver, and its place at the end of the log.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: WebhookEndpointId,
    wish: &Wish,
    sealed: SealedSecret,
    position: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO webhook_endpoints (id, url, description, event_types, mode, max_per_second, status,
                                        secret_number, secret, public_key, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'enabled', 1, $7, $9, 1, $8, $8)",
    )
    .bind(id)
    .bind(wish.url.as_str())
    .bind(wish.description.as_str())
    .bind(types_text(&wish.event_types))
    .bind(word(wish.mode))
    .bind(i64::from(wish.max_per_second))
    .bind(sealed.secret)
    .bind(now)
    .bind(bytes(sealed.public_key))
    .execute()
    .await?;
    tx.query(
        "INSERT INTO webhook_places (endpoint_id, position, wanted_after, next_seq, slot_at)
         VALUES ($1, $2, $2, 1, $3)",
    )
    .bind(id)
    .bind(position)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Counts receivers.
pub(crate) async fn count(db: &mut dyn Queryable) -> Result<i64, StoreError> {
    let count = db.query("SELECT COUNT(*) FROM webhook_endpoints WHERE status <> 'deleted'");
    Ok(count.fetch_scalar().await?.unwrap_or(0))
}

/// Finds a receiver.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let row = db.query(select!("AND id = $1")).bind(id);
    row.fetch_optional::<Row>()
        .await?
        .map(WebhookEndpoint::try_from)
        .transpose()
}

/// Locks a receiver for the rest of the transaction: what is on its way to it changes in turn.
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => select!("AND id = $1"),
        Engine::Postgres => select!("AND id = $1 FOR UPDATE"),
    };
    let row = tx.query(sql).bind(id);
    row.fetch_optional::<Row>()
        .await?
        .map(WebhookEndpoint::try_from)
        .transpose()
}

/// Lists all receivers, oldest first.
pub(crate) async fn list(db: &mut dyn Queryable) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let rows = db.query(select!("ORDER BY id")).fetch_all::<Row>().await?;
    rows.into_iter().map(WebhookEndpoint::try_from).collect()
}

/// Lists the receivers that are sent something.
pub(crate) async fn list_enabled(
    db: &mut dyn Queryable,
) -> Result<Vec<WebhookEndpointId>, StoreError> {
    let rows = db.query("SELECT id FROM webhook_endpoints WHERE status = 'enabled' ORDER BY id");
    let rows: Vec<(WebhookEndpointId,)> = rows.fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Writes a receiver that was changed under its lock; its version grows.
pub(crate) async fn update(
    tx: &mut Tx<'_>,
    endpoint: &WebhookEndpoint,
) -> Result<WebhookEndpoint, StoreError> {
    let after = WebhookEndpoint {
        version: endpoint.version + 1,
        updated_at: tx.now(),
        ..endpoint.clone()
    };
    let written = tx
        .query(
            "UPDATE webhook_endpoints
                SET url = $2, description = $3, event_types = $4, mode = $5, max_per_second = $6, status = $7,
                    disabled_reason = $8, failing_since = $9, failing_told_at = $10, last_error = $11, version = $12,
                    updated_at = $13
              WHERE id = $1 AND status <> 'deleted'",
        )
        .bind(after.id)
        .bind(after.wish.url.as_str())
        .bind(after.wish.description.as_str())
        .bind(types_text(&after.wish.event_types))
        .bind(word(after.wish.mode))
        .bind(i64::from(after.wish.max_per_second))
        .bind(word(after.status))
        .bind(after.disabled_reason.map(word))
        .bind(after.failing_since)
        .bind(after.failing_told_at)
        .bind(after.last_error.as_deref())
        .bind(after.version)
        .bind(after.updated_at)
        .execute()
        .await?;
    if written == 1 {
        Ok(after)
    } else {
        Err(StoreError::inconsistent(
            "webhook_endpoints: a locked row is gone",
        ))
    }
}

/// Returns the secrets of a receiver.
pub(crate) async fn find_secrets(
    db: &mut dyn Queryable,
    id: WebhookEndpointId,
) -> Result<Option<SealedSecrets>, StoreError> {
    let row = db.query(
        "SELECT secret_number, secret, public_key, previous_secret, previous_public_key, previous_until
           FROM webhook_endpoints
          WHERE id = $1 AND status <> 'deleted'",
    );
    let row = row.bind(id).fetch_optional::<SecretsRow>().await?;
    row.map(|row| {
        Ok(SealedSecrets {
            secret_number: row.secret_number,
            secret: row.secret,
            public_key: read_key(row.public_key)?,
            previous_secret: row.previous_secret,
            previous_public_key: read_key(row.previous_public_key)?,
            previous_until: row.previous_until,
        })
    })
    .transpose()
}

/// Puts a new secret in place of the one before, which goes on beside it until `previous_until`.
pub(crate) async fn rotate(
    tx: &mut Tx<'_>,
    id: WebhookEndpointId,
    sealed: SealedSecret,
    previous_until: Timestamp,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE webhook_endpoints
            SET previous_secret = secret, previous_public_key = public_key, previous_until = $3, secret = $2,
                public_key = $5, secret_number = secret_number + 1, version = version + 1, updated_at = $4
          WHERE id = $1 AND status <> 'deleted'",
    )
    .bind(id)
    .bind(sealed.secret)
    .bind(previous_until)
    .bind(now)
    .bind(bytes(sealed.public_key))
    .execute()
    .await?;
    Ok(())
}

/// Marks a receiver as deleted and forgets its secrets at once; its deliveries are dropped later.
pub(crate) async fn delete(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE webhook_endpoints
            SET status = 'deleted', disabled_reason = NULL, secret = NULL, public_key = NULL,
                previous_secret = NULL, previous_public_key = NULL, previous_until = NULL, updated_at = $2
          WHERE id = $1 AND status <> 'deleted'",
    )
    .bind(id)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Finds a receiver that was deleted and is still there.
pub(crate) async fn find_deleted(
    db: &mut dyn Queryable,
) -> Result<Option<WebhookEndpointId>, StoreError> {
    db.query("SELECT id FROM webhook_endpoints WHERE status = 'deleted' LIMIT 1")
        .fetch_scalar()
        .await
}

/// Drops what is left of a deleted receiver.
pub(crate) async fn drop_deleted(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM webhook_replays WHERE endpoint_id = $1",
        "DELETE FROM webhook_places WHERE endpoint_id = $1",
        "DELETE FROM webhook_endpoints WHERE id = $1 AND status = 'deleted'",
    ] {
        tx.query(sql).bind(id).execute().await?;
    }
    Ok(())
}

fn bytes(public_key: Option<PublicKey>) -> Option<Vec<u8>> {
    public_key.map(|key| key.as_bytes().to_vec())
}

fn read_key(bytes: Option<Vec<u8>>) -> Result<Option<PublicKey>, StoreError> {
    let read = |bytes: Vec<u8>| {
        PublicKey::from_bytes(&bytes)
            .ok_or_else(|| StoreError::inconsistent("webhook_endpoints: a public key is none"))
    };
    bytes.map(read).transpose()
}

fn types_text(event_types: &[String]) -> String {
    serde_json::to_string(event_types).expect("texts are plain data")
}

pub(super) fn read_types(text: &str, column: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::inconsistent(format!("{column}: {error}")))
}

impl TryFrom<Row> for WebhookEndpoint {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let rate = u32::try_from(row.max_per_second);
        Ok(Self {
            id: row.id,
            wish: Wish {
                url: row.url,
                description: row.description,
                event_types: read_types(&row.event_types, "webhook_endpoints.event_types")?,
                mode: from_word(row.mode, "webhook_endpoints.mode")?,
                max_per_second: rate.unwrap_or(1),
            },
            status: from_word(row.status, "webhook_endpoints.status")?,
            disabled_reason: row
                .disabled_reason
                .map(|reason| from_word(reason, "webhook_endpoints.disabled_reason"))
                .transpose()?,
            failing_since: row.failing_since,
            failing_told_at: row.failing_told_at,
            last_error: row.last_error,
            secret_number: row.secret_number,
            public_key: read_key(row.public_key)?,
            previous_public_key: read_key(row.previous_public_key)?,
            previous_until: row.previous_until,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
