//! People who were erased, and what goes of all tables with them.

use notifications_contract::{DropReason, MessageId, UserRef};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::{contents, word};

/// Notes that somebody was erased; a repeat changes nothing.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    user: UserRef,
    erased_at: Timestamp,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO erased_users (user_id, erased_at)
         VALUES ($1, $2)
         ON CONFLICT (user_id) DO NOTHING",
    )
    .bind(user)
    .bind(erased_at)
    .execute()
    .await?;
    Ok(())
}

/// Whether somebody was erased.
pub(crate) async fn contains(db: &mut dyn Queryable, user: UserRef) -> Result<bool, StoreError> {
    let found = db
        .query("SELECT user_id FROM erased_users WHERE user_id = $1")
        .bind(user)
        .fetch_scalar::<UserRef>()
        .await?;
    Ok(found.is_some())
}

/// Deletes what a person chose, what lies in their inbox, where they are reached and what is gathered for them.
pub(crate) async fn delete_of(tx: &mut Tx<'_>, user: UserRef) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM user_notifications WHERE user_id = $1",
        "DELETE FROM notification_preferences WHERE user_id = $1",
        "DELETE FROM contact_points WHERE user_id = $1",
        "DELETE FROM message_digests WHERE user_id = $1",
    ] {
        tx.query(sql).bind(user).execute().await?;
    }
    Ok(())
}

/// Forgets what a person's messages say, and closes those that wait for a place where nobody is reached any more: all but mails about
/// orders, whose buyers orders knows as long as there is something to tell. The log keeps that a message was sent, and when.
pub(crate) async fn empty_messages(tx: &mut Tx<'_>, user: UserRef) -> Result<(), StoreError> {
    let now = tx.now();
    let ids = tx
        .query(
            "SELECT id
               FROM messages
              WHERE user_id = $1 AND recipient NOT LIKE 'ord@_%' ESCAPE '@'",
        )
        .bind(user)
        .fetch_all::<(MessageId,)>()
        .await?;
    for (id,) in ids {
        contents::forget(tx, id).await?;
    }
    tx.query(
        "UPDATE messages
            SET status = 'dropped', drop_reason = $3, updated_at = $2
          WHERE user_id = $1 AND recipient NOT LIKE 'ord@_%' ESCAPE '@'
            AND status IN ('scheduled', 'queued', 'gathered', 'failed')",
    )
    .bind(user)
    .bind(now)
    .bind(word(DropReason::Obsolete))
    .execute()
    .await?;
    tx.query(
        "UPDATE messages
            SET data = '{}'
          WHERE user_id = $1 AND status IN ('sent', 'bounced', 'dropped')",
    )
    .bind(user)
    .execute()
    .await?;
    Ok(())
}
