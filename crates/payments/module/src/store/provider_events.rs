//! The inbox of provider events.

use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::{counter, expect_one};
use crate::domain::provider_event::EventStatus;

/// An event as it was stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct StoredEvent {
    pub(crate) body: String,
    #[sqlx(try_from = "String")]
    pub(crate) status: EventStatus,
    tries: i64,
    pub(crate) received_at: Timestamp,
}

/// Stores an event; `false` if it is here already.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    provider: &str,
    event_id: &str,
    body: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let inserted = tx
        .query(
            "INSERT INTO provider_events (provider, event_id, body, status, tries, received_at, updated_at)
             VALUES ($1, $2, $3, $4, 0, $5, $5)
             ON CONFLICT (provider, event_id) DO NOTHING",
        )
        .bind(provider.to_owned())
        .bind(event_id.to_owned())
        .bind(body.to_owned())
        .bind(EventStatus::Received.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Finds an event.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    provider: &str,
    event_id: &str,
) -> Result<Option<StoredEvent>, StoreError> {
    db.query(
        "SELECT body, status, tries, received_at
           FROM provider_events
          WHERE provider = $1 AND event_id = $2",
    )
    .bind(provider.to_owned())
    .bind(event_id.to_owned())
    .fetch_optional()
    .await
}

/// Says what became of an event, this time.
pub(crate) async fn save(
    tx: &mut Tx<'_>,
    provider: &str,
    event_id: &str,
    status: EventStatus,
    note: Option<&str>,
) -> Result<(), StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE provider_events
                SET status = $3, note = $4, tries = tries + 1, updated_at = $5
              WHERE provider = $1 AND event_id = $2",
        )
        .bind(provider.to_owned())
        .bind(event_id.to_owned())
        .bind(status.as_str())
        .bind(note.map(str::to_owned))
        .bind(now)
        .execute()
        .await?;
    expect_one(changed, "provider_events")
}

impl StoredEvent {
    /// How often it was looked at.
    pub(crate) fn tries(&self) -> Result<u32, StoreError> {
        counter(self.tries, "provider_events.tries")
    }
}
