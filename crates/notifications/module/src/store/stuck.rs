//! Looks for messages that would never be sent.

use notifications_contract::MessageId;
use tenon_events::EventId;
use tenon_store::{Engine, Queryable, StoreError};

/// A message with its status.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct StuckRow {
    pub(crate) id: MessageId,
    pub(crate) status: String,
}

/// An event that asked more than once for the same message.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct DoubledRow {
    pub(crate) event_id: EventId,
    pub(crate) template: String,
    pub(crate) copies: i64,
}

/// Lists open messages without a job that will send them: `jobs` stands in the same store.
pub(crate) async fn list_stuck(db: &mut dyn Queryable) -> Result<Vec<StuckRow>, StoreError> {
    // One condition for each state: each has its own index over kind and key.
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT id, status
               FROM messages
              WHERE status IN ('scheduled', 'queued', 'sending')
                AND NOT EXISTS (SELECT 1 FROM jobs
                                 WHERE kind = 'notifications.send_message' AND state = 'pending'
                                   AND unique_key = lower(hex(messages.id)))
                AND NOT EXISTS (SELECT 1 FROM jobs
                                 WHERE kind = 'notifications.send_message' AND state = 'running'
                                   AND unique_key = lower(hex(messages.id)))
              LIMIT 100"
        }
        Engine::Postgres => {
            "SELECT id, status
               FROM messages
              WHERE status IN ('scheduled', 'queued', 'sending')
                AND NOT EXISTS (SELECT 1 FROM jobs
                                 WHERE kind = 'notifications.send_message' AND state = 'pending'
                                   AND unique_key = replace(CAST(messages.id AS text), '-', ''))
                AND NOT EXISTS (SELECT 1 FROM jobs
                                 WHERE kind = 'notifications.send_message' AND state = 'running'
                                   AND unique_key = replace(CAST(messages.id AS text), '-', ''))
              LIMIT 100"
        }
    };
    db.query(sql).fetch_all().await
}

/// Lists gathered messages that no digest will tell: its period is over or has no job that ends it, and its mail is not on
/// its way.
pub(crate) async fn list_untold(db: &mut dyn Queryable) -> Result<Vec<StuckRow>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT id, status
               FROM messages
              WHERE status = 'gathered'
                AND NOT EXISTS (SELECT 1 FROM messages AS mail
                                 WHERE mail.id = messages.digest_id AND mail.status IN ('queued', 'sending', 'failed'))
                AND NOT EXISTS (SELECT 1 FROM message_digests AS digest
                                  JOIN jobs ON jobs.unique_key = lower(hex(digest.id))
                                 WHERE digest.id = messages.digest_id AND digest.closed_at IS NULL
                                   AND jobs.kind = 'notifications.close_digest'
                                   AND jobs.state IN ('pending', 'running'))
              LIMIT 100"
        }
        Engine::Postgres => {
            "SELECT id, status
               FROM messages
              WHERE status = 'gathered'
                AND NOT EXISTS (SELECT 1 FROM messages AS mail
                                 WHERE mail.id = messages.digest_id AND mail.status IN ('queued', 'sending', 'failed'))
                AND NOT EXISTS (SELECT 1 FROM message_digests AS digest
                                  JOIN jobs ON jobs.unique_key = replace(CAST(digest.id AS text), '-', '')
                                 WHERE digest.id = messages.digest_id AND digest.closed_at IS NULL
                                   AND jobs.kind = 'notifications.close_digest'
                                   AND jobs.state IN ('pending', 'running'))
              LIMIT 100"
        }
    };
    db.query(sql).fetch_all().await
}

/// Lists what was asked for more than once.
pub(crate) async fn list_doubled(db: &mut dyn Queryable) -> Result<Vec<DoubledRow>, StoreError> {
    db.query(
        "SELECT event_id, template, COUNT(*) AS copies
           FROM messages
          GROUP BY event_id, recipient, template
         HAVING COUNT(*) > 1
          LIMIT 100",
    )
    .fetch_all()
    .await
}
