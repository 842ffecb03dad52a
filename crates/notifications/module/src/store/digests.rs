//! Periods in which what a person is told is gathered, and what was gathered in them.

use notifications_contract::{Channel, DropReason, MessageId, Template, UserRef};
use serde_json::Value;
use tenon_kernel::Timestamp;
use tenon_store::{Json, Queryable, StoreError, Tx};

use super::{from_word, word};
use crate::domain::{Outcome, Topic};

/// A period that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenDigest {
    /// Of the period, and of the mail that it becomes.
    pub(crate) id: MessageId,
    pub(crate) user: UserRef,
    pub(crate) topic: Topic,
    pub(crate) items: i64,
    pub(crate) due_at: Timestamp,
}

/// What a digest tells of a message.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: MessageId,
    pub(crate) template: Template,
    pub(crate) subject: String,
    pub(crate) data: Value,
}

/// A message that ended with its digest.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) id: MessageId,
    pub(crate) channel: Channel,
    pub(crate) template: Template,
    pub(crate) subject: String,
}

#[derive(sqlx::FromRow)]
struct DigestRow {
    id: MessageId,
    user_id: UserRef,
    topic: String,
    items: i64,
    due_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    id: MessageId,
    template: String,
    subject: String,
    data: Json<Value>,
}

#[derive(sqlx::FromRow)]
struct ToldRow {
    id: MessageId,
    channel: String,
    template: String,
    subject: String,
}

/// Adds one thing to the open period of a person and topic, which ends at `due_at` at the latest; begins one if there is
/// none.
pub(crate) async fn join(
    tx: &mut Tx<'_>,
    user: UserRef,
    topic: Topic,
    due_at: Timestamp,
) -> Result<OpenDigest, StoreError> {
    let (id, now): (MessageId, _) = (tx.env().new_id(), tx.now());
    let row = tx
        .query(
            "INSERT INTO message_digests (id, user_id, topic, items, due_at, created_at)
             VALUES ($1, $2, $3, 1, $4, $5)
             ON CONFLICT (user_id, topic) WHERE closed_at IS NULL
             DO UPDATE SET items = message_digests.items + 1,
                           due_at = CASE WHEN excluded.due_at < message_digests.due_at THEN excluded.due_at
                                         ELSE message_digests.due_at END
             RETURNING id, user_id, topic, items, due_at",
        )
        .bind(id)
        .bind(user)
        .bind(word(topic))
        .bind(due_at)
        .bind(now)
        .fetch_one::<DigestRow>()
        .await?;
    row.try_into()
}

/// Lists the open periods of a person.
pub(crate) async fn list_open(
    db: &mut dyn Queryable,
    user: UserRef,
) -> Result<Vec<OpenDigest>, StoreError> {
    let rows = db
        .query(
            "SELECT id, user_id, topic, items, due_at
               FROM message_digests
              WHERE user_id = $1 AND closed_at IS NULL
              ORDER BY topic",
        )
        .bind(user)
        .fetch_all::<DigestRow>()
        .await?;
    rows.into_iter().map(OpenDigest::try_from).collect()
}

/// Has a period end sooner; nothing changes if it is over.
pub(crate) async fn bring_forward(
    tx: &mut Tx<'_>,
    id: MessageId,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    tx.query(
        "UPDATE message_digests
            SET due_at = $2
          WHERE id = $1 AND closed_at IS NULL AND due_at > $2",
    )
    .bind(id)
    .bind(due_at)
    .execute()
    .await?;
    Ok(())
}

/// Finds a period that is not over, and lets nobody else change it meanwhile.
pub(crate) async fn lock(tx: &mut Tx<'_>, id: MessageId) -> Result<Option<OpenDigest>, StoreError> {
    let row = tx
        .query(
            "UPDATE message_digests
                SET items = items
              WHERE id = $1 AND closed_at IS NULL
             RETURNING id, user_id, topic, items, due_at",
        )
        .bind(id)
        .fetch_optional::<DigestRow>()
        .await?;
    row.map(OpenDigest::try_from).transpose()
}

/// Ends a period: nothing joins it any more.
pub(crate) async fn close(tx: &mut Tx<'_>, id: MessageId) -> Result<bool, StoreError> {
    let now = tx.now();
    let closed = tx
        .query(
            "UPDATE message_digests
                SET closed_at = $2
              WHERE id = $1 AND closed_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(closed == 1)
}

/// Has a message told by a digest; `false` if somebody has tried to send it, or it is closed.
pub(crate) async fn gather(
    tx: &mut Tx<'_>,
    message: MessageId,
    digest: MessageId,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let gathered = tx
        .query(
            "UPDATE messages
                SET status = 'gathered', digest_id = $2, updated_at = $3
              WHERE id = $1 AND status IN ('scheduled', 'queued') AND attempts = 0",
        )
        .bind(message)
        .bind(digest)
        .bind(now)
        .execute()
        .await?;
    Ok(gathered == 1)
}

/// Lists what a digest tells, oldest first.
pub(crate) async fn list_items(
    db: &mut dyn Queryable,
    digest: MessageId,
) -> Result<Vec<Item>, StoreError> {
    let rows = db
        .query(
            "SELECT id, template, subject, data
               FROM messages
              WHERE digest_id = $1 AND status IN ('gathered', 'failed')
              ORDER BY id",
        )
        .bind(digest)
        .fetch_all::<ItemRow>()
        .await?;
    rows.into_iter().map(Item::try_from).collect()
}

/// Marks what a digest told as it ended itself; returns it.
pub(crate) async fn finish(
    tx: &mut Tx<'_>,
    digest: MessageId,
    outcome: &Outcome,
    recipient_hash: Option<&str>,
) -> Result<Vec<Told>, StoreError> {
    let now = tx.now();
    let sent_at = (outcome.status == notifications_contract::MessageStatus::Sent).then_some(now);
    let rows = tx
        .query(
            "UPDATE messages
                SET status = $2, last_error = $3, sent_at = $4, recipient_hash = COALESCE($5, recipient_hash),
                    updated_at = $6
              WHERE digest_id = $1 AND status IN ('gathered', 'failed')
             RETURNING id, channel, template, subject",
        )
        .bind(digest)
        .bind(word(outcome.status))
        .bind(outcome.last_error.as_deref())
        .bind(sent_at)
        .bind(recipient_hash)
        .bind(now)
        .fetch_all::<ToldRow>()
        .await?;
    let told: Result<Vec<_>, _> = rows.into_iter().map(Told::try_from).collect();
    told.map(|mut told| {
        told.sort_by_key(|told| told.id);
        told
    })
}

/// Closes what a digest would have told.
pub(crate) async fn drop_items(
    tx: &mut Tx<'_>,
    digest: MessageId,
    reason: DropReason,
    recipient_hash: Option<&str>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE messages
            SET status = 'dropped', drop_reason = $2, recipient_hash = COALESCE($3, recipient_hash), updated_at = $4
          WHERE digest_id = $1 AND status IN ('gathered', 'failed')",
    )
    .bind(digest)
    .bind(word(reason))
    .bind(recipient_hash)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Closes one thing that a digest cannot tell, because nobody can read it any more.
pub(crate) async fn drop_item(tx: &mut Tx<'_>, message: MessageId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE messages
            SET status = 'dropped', drop_reason = $2, updated_at = $3
          WHERE id = $1 AND digest_id IS NOT NULL AND status IN ('gathered', 'failed')",
    )
    .bind(message)
    .bind(word(DropReason::Obsolete))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

impl TryFrom<DigestRow> for OpenDigest {
    type Error = StoreError;

    fn try_from(row: DigestRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user: row.user_id,
            topic: from_word(row.topic, "message_digests.topic")?,
            items: row.items,
            due_at: row.due_at,
        })
    }
}

impl TryFrom<ItemRow> for Item {
    type Error = StoreError;

    fn try_from(row: ItemRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            template: from_word(row.template, "messages.template")?,
            subject: row.subject,
            data: row.data.0,
        })
    }
}

impl TryFrom<ToldRow> for Told {
    type Error = StoreError;

    fn try_from(row: ToldRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            channel: from_word(row.channel, "messages.channel")?,
            template: from_word(row.template, "messages.template")?,
            subject: row.subject,
        })
    }
}
