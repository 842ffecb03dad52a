//! Addresses that nothing is sent to, as keyed hashes.

use notifications_contract::{Channel, MessageId, SuppressionId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};
use uuid::Uuid;

use super::{from_word, word};

/// An address that nothing is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suppression {
    pub(crate) id: SuppressionId,
    pub(crate) channel: Channel,
    pub(crate) recipient_hash: String,
    /// The message that was refused.
    pub(crate) message_id: MessageId,
    pub(crate) last_error: String,
    pub(crate) created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: SuppressionId,
    channel: String,
    recipient_hash: String,
    message_id: MessageId,
    last_error: String,
    created_at: Timestamp,
}

/// Spells out a statement over whole rows.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, channel, recipient_hash, message_id, last_error, created_at
               FROM message_suppressions ",
            $rest
        )
    };
}

/// Adds an address; nothing changes if it is there.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    channel: Channel,
    recipient_hash: &str,
    message_id: MessageId,
    last_error: &str,
) -> Result<(), StoreError> {
    let (id, now): (SuppressionId, _) = (tx.env().new_id(), tx.now());
    tx.query(
        "INSERT INTO message_suppressions (id, channel, recipient_hash, message_id, last_error, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (channel, recipient_hash) DO NOTHING",
    )
    .bind(id)
    .bind(word(channel))
    .bind(recipient_hash)
    .bind(message_id)
    .bind(last_error)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Whether nothing is to be sent to an address.
pub(crate) async fn covers(
    db: &mut dyn Queryable,
    channel: Channel,
    recipient_hash: &str,
) -> Result<bool, StoreError> {
    let found = db
        .query(
            "SELECT id
               FROM message_suppressions
              WHERE channel = $1 AND recipient_hash = $2",
        )
        .bind(word(channel))
        .bind(recipient_hash)
        .fetch_scalar::<SuppressionId>()
        .await?;
    Ok(found.is_some())
}

/// Finds one.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: SuppressionId,
) -> Result<Option<Suppression>, StoreError> {
    let row = db
        .query(select!("WHERE id = $1"))
        .bind(id)
        .fetch_optional::<Row>()
        .await?;
    row.map(Suppression::try_from).transpose()
}

/// Lists those of one hash, or all, made before `before`, latest first; `limit + 1` rows if there are more.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    recipient_hash: Option<&str>,
    before: Option<SuppressionId>,
    limit: u32,
) -> Result<Vec<Suppression>, StoreError> {
    let rows = db
        .query(select!(
            "WHERE ($1 IS NULL OR recipient_hash = $1) AND id < $2 ORDER BY id DESC LIMIT $3"
        ))
        .bind(recipient_hash)
        .bind(before.map_or(Uuid::max(), SuppressionId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(Suppression::try_from).collect()
}

/// Removes one; `false` if it is gone.
pub(crate) async fn delete(tx: &mut Tx<'_>, id: SuppressionId) -> Result<bool, StoreError> {
    let deleted = tx
        .query("DELETE FROM message_suppressions WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(deleted == 1)
}

impl TryFrom<Row> for Suppression {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            channel: from_word(row.channel, "message_suppressions.channel")?,
            recipient_hash: row.recipient_hash,
            message_id: row.message_id,
            last_error: row.last_error,
            created_at: row.created_at,
        })
    }
}
