//! People's inboxes.

use notifications_contract::{NotificationId, UserRef};
use tenon_events::EventId;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};
use uuid::Uuid;

use crate::domain::NewNote;

/// An entry of someone's inbox.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Note {
    pub(crate) id: NotificationId,
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) seen_at: Option<Timestamp>,
    pub(crate) archived_at: Option<Timestamp>,
}

/// Which entries of an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// What was not put away.
    Inbox,
    /// What was neither seen nor put away.
    Unread,
    /// What was put away, and nothing else.
    Archived,
    /// Everything.
    All,
}

/// Spells out a statement over whole entries.
macro_rules! select_notes {
    ($($rest:literal),+) => {
        concat!(
            "SELECT id, kind, subject, title, body, version, created_at, seen_at, archived_at
               FROM user_notifications ",
            $($rest),+
        )
    };
}

/// A person's list with the condition of the index that serves it.
macro_rules! list_notes {
    ($condition:literal) => {
        select_notes!(
            "WHERE user_id = $1 AND id < $2",
            $condition,
            " ORDER BY id DESC LIMIT $3"
        )
    };
}

/// Marks everything up to an entry as seen that is neither seen nor put away; returns how many there were.
pub(crate) async fn mark_seen(
    tx: &mut Tx<'_>,
    user: UserRef,
    up_to: NotificationId,
) -> Result<u64, StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE user_notifications
            SET seen_at = $3, version = version + 1
          WHERE user_id = $1 AND id <= $2 AND seen_at IS NULL AND archived_at IS NULL",
    )
    .bind(user)
    .bind(up_to)
    .bind(now)
    .execute()
    .await
}

/// Counts a person's entries that were not put away, up to 1,000.
pub(crate) async fn count_inbox_of(
    db: &mut dyn Queryable,
    user: UserRef,
) -> Result<i64, StoreError> {
    let counted = db
        .query(
            "SELECT COUNT(*)
               FROM (SELECT 1 AS one
                       FROM user_notifications
                      WHERE user_id = $1 AND archived_at IS NULL
                      LIMIT 1000) AS kept",
        )
        .bind(user)
        .fetch_scalar()
        .await?;
    Ok(counted.unwrap_or(0))
}

/// Adds an entry; nothing changes if the event has made one for this person before.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    event_id: EventId,
    note: &NewNote,
) -> Result<(), StoreError> {
    let (id, now): (NotificationId, _) = (tx.env().new_id(), tx.now());
    tx.query(
        "INSERT INTO user_notifications (id, user_id, event_id, kind, subject, title, body, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)
         ON CONFLICT (event_id, user_id) DO NOTHING",
    )
    .bind(id)
    .bind(note.user)
    .bind(event_id)
    .bind(note.kind)
    .bind(note.subject.as_str())
    .bind(note.text.title.as_str())
    .bind(note.text.body.as_str())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Finds one entry of a person's inbox.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    user: UserRef,
    id: NotificationId,
) -> Result<Option<Note>, StoreError> {
    db.query(select_notes!("WHERE id = $1 AND user_id = $2"))
        .bind(id)
        .bind(user)
        .fetch_optional()
        .await
}

/// Lists a person's entries made before `before`, latest first; `limit + 1` rows if there are more.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    user: UserRef,
    shelf: Shelf,
    before: Option<NotificationId>,
    limit: u32,
) -> Result<Vec<Note>, StoreError> {
    let sql = match shelf {
        Shelf::Inbox => list_notes!(" AND archived_at IS NULL"),
        Shelf::Unread => list_notes!(" AND seen_at IS NULL AND archived_at IS NULL"),
        Shelf::Archived => list_notes!(" AND archived_at IS NOT NULL"),
        Shelf::All => list_notes!(""),
    };
    db.query(sql)
        .bind(user)
        .bind(before.map_or(Uuid::max(), NotificationId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all()
        .await
}

/// Writes an entry that was changed; `false` if it had changed before.
pub(crate) async fn update(
    tx: &mut Tx<'_>,
    user: UserRef,
    note: &Note,
) -> Result<bool, StoreError> {
    let changed = tx
        .query(
            "UPDATE user_notifications
                SET seen_at = $3, archived_at = $4, version = $5
              WHERE id = $1 AND user_id = $2 AND version = $5 - 1",
        )
        .bind(note.id)
        .bind(user)
        .bind(note.seen_at)
        .bind(note.archived_at)
        .bind(note.version)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Counts a person's unread entries, up to 1,000.
pub(crate) async fn count_unread_of(
    db: &mut dyn Queryable,
    user: UserRef,
) -> Result<i64, StoreError> {
    let counted = db
        .query(
            "SELECT COUNT(*)
               FROM (SELECT 1 AS one
                       FROM user_notifications
                      WHERE user_id = $1 AND seen_at IS NULL AND archived_at IS NULL
                      LIMIT 1000) AS unread",
        )
        .bind(user)
        .fetch_scalar()
        .await?;
    Ok(counted.unwrap_or(0))
}

/// Counts the unread entries of those users that have any.
pub(crate) async fn count_unread(
    db: &mut dyn Queryable,
    users: &[UserRef],
) -> Result<Vec<(UserRef, i64)>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT user_id, COUNT(*)
               FROM user_notifications
              WHERE user_id IN (SELECT unhex(value) FROM json_each($1)) AND seen_at IS NULL AND archived_at IS NULL
              GROUP BY user_id"
        }
        Engine::Postgres => {
            "SELECT user_id, COUNT(*)
               FROM user_notifications
              WHERE user_id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))
                AND seen_at IS NULL AND archived_at IS NULL
              GROUP BY user_id"
        }
    };
    // 32 hexadecimal digits each: both engines read them.
    let ids: Vec<String> = users
        .iter()
        .map(|user| user.uuid().simple().to_string())
        .collect();
    db.query(sql).bind(Json(ids)).fetch_all().await
}
