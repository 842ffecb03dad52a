//! Messages on their way.

use notifications_contract::{
    Channel, DropReason, Message, MessageFilter, MessageId, MessageStatus, Template, UserRef,
};
use serde_json::Value;
use tenon_events::EventId;
use tenon_kernel::Timestamp;
use tenon_store::{Json, Queryable, StoreError, Tx};
use uuid::Uuid;

use super::{from_word, word};
use crate::domain::{NewMessage, Outcome, SendableMessage};

#[derive(sqlx::FromRow)]
struct SendableRow {
    id: MessageId,
    event_id: EventId,
    channel: String,
    user_id: Option<UserRef>,
    template: String,
    recipient: String,
    subject: String,
    data: Json<Value>,
    status: String,
    attempts: i64,
    created_at: Timestamp,
    send_after: Option<Timestamp>,
    send_before: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct LogRow {
    id: MessageId,
    channel: String,
    template: String,
    subject: String,
    status: String,
    attempts: i64,
    uncertain: i64,
    recipient_hash: Option<String>,
    last_error: Option<String>,
    drop_reason: Option<String>,
    created_at: Timestamp,
    send_after: Option<Timestamp>,
    digest_id: Option<MessageId>,
    sent_at: Option<Timestamp>,
}

/// The log with one condition that an index begins with; the other filters follow as they come.
macro_rules! list_messages {
    ($condition:literal) => {
        concat!(
            "SELECT id, channel, template, subject, status, attempts, uncertain, recipient_hash, last_error, drop_reason,
                    created_at, send_after, digest_id, sent_at
               FROM messages
              WHERE ", $condition,
            "   AND ($1 IS NULL OR subject = $1)
                AND ($2 IS NULL OR status = $2)
                AND ($3 IS NULL OR template = $3)
                AND id < $4
              ORDER BY id DESC
              LIMIT $5"
        )
    };
}

/// For whom a message is, and over which channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) channel: Channel,
    /// The person whose choices count, if they have an account.
    pub(crate) user: Option<UserRef>,
    /// Set if it is not to be sent at all.
    pub(crate) dropped: Option<DropReason>,
    /// Not before this.
    pub(crate) send_after: Option<Timestamp>,
    /// Whether it waits because it was asked to, so that it can be cancelled.
    pub(crate) is_scheduled: bool,
}

impl Way {
    /// By mail, at once.
    pub(crate) fn mail(user: Option<UserRef>) -> Self {
        Self {
            channel: Channel::Email,
            user,
            dropped: None,
            send_after: None,
            is_scheduled: false,
        }
    }
}

/// Counts the messages of a template that a person was sent, or is to be, since then.
pub(crate) async fn count_since(
    db: &mut dyn Queryable,
    user: UserRef,
    template: Template,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let counted = db
        .query(
            "SELECT COUNT(*)
               FROM messages
              WHERE user_id = $1 AND template = $2 AND created_at > $3",
        )
        .bind(user)
        .bind(word(template))
        .bind(since)
        .fetch_scalar()
        .await?;
    Ok(counted.unwrap_or(0))
}

/// Adds a message; `false` if the event has asked for it before.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: MessageId,
    event_id: EventId,
    message: &NewMessage,
    way: Way,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let status = match way.dropped {
        Some(_) => MessageStatus::Dropped,
        None if way.is_scheduled => MessageStatus::Scheduled,
        None => MessageStatus::Queued,
    };
    let inserted = tx
        .query(
            "INSERT INTO messages (id, event_id, template, recipient, subject, data, status, attempts, uncertain,
                                   created_at, updated_at, send_before, channel, user_id, drop_reason,
                                   send_after)
             VALUES ($1, $2, $3, $4, $5, $6, $9, 0, 0, $7, $7, $8, $10, $11, $12, $13)
             ON CONFLICT (event_id, recipient, template) DO NOTHING",
        )
        .bind(id)
        .bind(event_id)
        .bind(word(message.template))
        .bind(message.recipient.to_string())
        .bind(message.subject.as_str())
        .bind(Json(&message.data))
        .bind(now)
        .bind(message.send_before)
        .bind(word(status))
        .bind(word(way.channel))
        .bind(way.user)
        .bind(way.dropped.map(word))
        .bind(way.send_after)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Finds a message with what its sending needs.
pub(crate) async fn find_sendable(
    db: &mut dyn Queryable,
    id: MessageId,
) -> Result<Option<SendableMessage>, StoreError> {
    let row = db
        .query(
            "SELECT id, event_id, channel, user_id, template, recipient, subject, data, status, attempts, created_at,
                    send_after, send_before
               FROM messages
              WHERE id = $1",
        )
        .bind(id)
        .fetch_optional::<SendableRow>()
        .await?;
    row.map(SendableMessage::try_from).transpose()
}

/// Marks that an attempt begins; `false` if the message is closed. An attempt that finds another one unfinished
/// cannot know whether that one succeeded.
pub(crate) async fn start_attempt(
    tx: &mut Tx<'_>,
    id: MessageId,
    recipient_hash: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let started = tx
        .query(
            "UPDATE messages
                SET uncertain = uncertain + CASE WHEN status = 'sending' THEN 1 ELSE 0 END,
                    status = 'sending', attempts = attempts + 1, recipient_hash = $2, updated_at = $3
              WHERE id = $1 AND status IN ('scheduled', 'queued', 'sending', 'failed')",
        )
        .bind(id)
        .bind(recipient_hash)
        .bind(now)
        .execute()
        .await?;
    Ok(started == 1)
}

/// Marks what came of an attempt; `false` if the message was closed meanwhile. What it said to somebody who was erased goes with it.
pub(crate) async fn finish_attempt(
    tx: &mut Tx<'_>,
    id: MessageId,
    outcome: &Outcome,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let sent_at = (outcome.status == MessageStatus::Sent).then_some(now);
    let finished = tx
        .query(
            "UPDATE messages
                SET status = $2, uncertain = uncertain + $3, last_error = $4, sent_at = $5, updated_at = $6,
                    data = CASE
                        WHEN $2 IN ('sent', 'bounced') AND user_id IN (SELECT user_id FROM erased_users) THEN '{}'
                        ELSE data
                    END
              WHERE id = $1 AND status IN ('scheduled', 'queued', 'sending', 'failed')",
        )
        .bind(id)
        .bind(word(outcome.status))
        .bind(i64::from(outcome.uncertain))
        .bind(outcome.last_error.as_deref())
        .bind(sent_at)
        .bind(now)
        .execute()
        .await?;
    Ok(finished == 1)
}

/// Closes a message that will not be sent; `false` if it was closed before.
pub(crate) async fn drop_message(
    tx: &mut Tx<'_>,
    id: MessageId,
    reason: DropReason,
    recipient_hash: Option<&str>,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let dropped = tx
        .query(
            "UPDATE messages
                SET status = 'dropped', drop_reason = $3, recipient_hash = COALESCE($4, recipient_hash), updated_at = $2,
                    data = CASE WHEN user_id IN (SELECT user_id FROM erased_users) THEN '{}' ELSE data END
              WHERE id = $1 AND status IN ('scheduled', 'queued', 'sending', 'failed')",
        )
        .bind(id)
        .bind(now)
        .bind(word(reason))
        .bind(recipient_hash)
        .execute()
        .await?;
    Ok(dropped == 1)
}

/// Closes a message that nobody wants sent any more; `false` if it does not wait for its time.
pub(crate) async fn cancel(tx: &mut Tx<'_>, id: MessageId) -> Result<bool, StoreError> {
    let now = tx.now();
    let cancelled = tx
        .query(
            "UPDATE messages
                SET status = 'dropped', drop_reason = $3, updated_at = $2
              WHERE id = $1 AND status = 'scheduled'",
        )
        .bind(id)
        .bind(now)
        .bind(word(DropReason::Cancelled))
        .execute()
        .await?;
    Ok(cancelled == 1)
}

/// Finds a message as the log shows it.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: MessageId,
) -> Result<Option<Message>, StoreError> {
    let row = db
        .query(
            "SELECT id, channel, template, subject, status, attempts, uncertain, recipient_hash, last_error, drop_reason,
                    created_at, send_after, digest_id, sent_at
               FROM messages
              WHERE id = $1",
        )
        .bind(id)
        .fetch_optional::<LogRow>()
        .await?;
    row.map(message).transpose()
}

/// Lists messages made before `before`, latest first; `limit + 1` rows if there are more.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    filter: &MessageFilter,
    before: Option<MessageId>,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    // One thing has few messages, and most have the same status: begin with what leaves the least.
    let sql = if filter.subject.is_some() {
        list_messages!("subject = $1")
    } else if filter.template.is_some() {
        list_messages!("template = $3")
    } else if filter.status.is_some() {
        list_messages!("status = $2")
    } else {
        list_messages!("TRUE")
    };
    let rows = db
        .query(sql)
        .bind(filter.subject.as_deref())
        .bind(filter.status.map(word))
        .bind(filter.template.map(word))
        .bind(before.map_or(Uuid::max(), MessageId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all::<LogRow>()
        .await?;
    rows.into_iter().map(message).collect()
}

impl TryFrom<SendableRow> for SendableMessage {
    type Error = StoreError;

    fn try_from(row: SendableRow) -> Result<Self, StoreError> {
        let broken =
            |error| StoreError::inconsistent(format!("messages.recipient of {}: {error}", row.id));
        Ok(Self {
            id: row.id,
            event_id: row.event_id,
            channel: from_word(row.channel, "messages.channel")?,
            user: row.user_id,
            template: from_word(row.template, "messages.template")?,
            recipient: row.recipient.parse().map_err(broken)?,
            subject: row.subject,
            data: row.data.0,
            status: from_word(row.status, "messages.status")?,
            attempts: row.attempts,
            created_at: row.created_at,
            send_after: row.send_after,
            send_before: row.send_before,
        })
    }
}

fn message(row: LogRow) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.id,
        channel: from_word(row.channel, "messages.channel")?,
        template: from_word(row.template, "messages.template")?,
        subject: row.subject,
        status: from_word(row.status, "messages.status")?,
        attempts: row.attempts,
        uncertain: row.uncertain,
        recipient_hash: row.recipient_hash,
        last_error: row.last_error,
        reason: row
            .drop_reason
            .map(|reason| from_word(reason, "messages.drop_reason"))
            .transpose()?,
        created_at: row.created_at,
        send_at: row.send_after,
        digest_id: row.digest_id,
        sent_at: row.sent_at,
    })
}
