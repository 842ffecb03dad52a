//! What messages were asked to say, sealed, until they are closed.

use notifications_contract::MessageId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

/// Adds what a message is to say.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: MessageId,
    content: Vec<u8>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO message_contents (message_id, content, created_at)
         VALUES ($1, $2, $3)",
    )
    .bind(id)
    .bind(content)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Finds what a message is to say.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: MessageId,
) -> Result<Option<Vec<u8>>, StoreError> {
    db.query(
        "SELECT content
           FROM message_contents
          WHERE message_id = $1",
    )
    .bind(id)
    .fetch_scalar()
    .await
}

/// Forgets what a closed message said, and what a closed digest told.
pub(crate) async fn forget(tx: &mut Tx<'_>, id: MessageId) -> Result<(), StoreError> {
    tx.query(
        "DELETE FROM message_contents
          WHERE message_id = $1
             OR message_id IN (SELECT id FROM messages WHERE digest_id = $1)",
    )
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// Forgets what given up messages said that nobody has put back to work since; returns how many, at most `limit`.
pub(crate) async fn purge_failed(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM message_contents
          WHERE message_id IN (SELECT contents.message_id
                                 FROM message_contents AS contents
                                 JOIN messages ON messages.id = contents.message_id
                                WHERE contents.created_at < $1 AND messages.status = 'failed'
                                  AND messages.updated_at < $1
                                LIMIT $2)",
    )
    .bind(before)
    .bind(i64::from(limit))
    .execute()
    .await
}
