//! Looks for webhooks that would never be sent.

use notifications_contract::{WebhookDeliveryId, WebhookEndpointId};
use tenon_events::EventId;
use tenon_kernel::Timestamp;
use tenon_store::{Engine, Queryable, StoreError};

/// How a list in a text is taken apart depends on the engine.
macro_rules! unscheduled {
    ($types:literal) => {
        concat!(
            "SELECT webhook_places.endpoint_id, event_log.event_id
               FROM webhook_endpoints
               JOIN webhook_places ON webhook_places.endpoint_id = webhook_endpoints.id
               JOIN event_log ON event_log.position > webhook_places.wanted_after
                             AND event_log.position > webhook_places.position - 10000
                             AND event_log.position <= webhook_places.position
              WHERE webhook_endpoints.status <> 'deleted'
                AND event_log.recorded_at >= $1
                AND (webhook_endpoints.event_types = '[]' OR event_log.type IN (",
            $types,
            "))
                AND NOT EXISTS (SELECT 1 FROM webhook_deliveries
                                 WHERE webhook_deliveries.endpoint_id = webhook_endpoints.id
                                   AND webhook_deliveries.event_id = event_log.event_id
                                   AND webhook_deliveries.origin = webhook_endpoints.id)
              LIMIT 100"
        )
    };
}

/// How the key of a receiver's job is written depends on the engine. A question for each state: each has its index.
macro_rules! idle {
    ($key:literal) => {
        concat!(
            "SELECT webhook_endpoints.id
               FROM webhook_endpoints
               JOIN webhook_places ON webhook_places.endpoint_id = webhook_endpoints.id
              WHERE webhook_endpoints.status = 'enabled'
                AND (webhook_places.position < (SELECT position FROM event_log_head WHERE id = 1)
                     OR EXISTS (SELECT 1 FROM webhook_deliveries
                                 WHERE webhook_deliveries.endpoint_id = webhook_endpoints.id
                                   AND webhook_deliveries.state IN ('pending', 'sending')))
                AND NOT EXISTS (SELECT 1 FROM jobs
                                 WHERE kind = 'notifications.deliver_webhooks' AND state = 'pending'
                                   AND unique_key = ", $key, ")
                AND NOT EXISTS (SELECT 1 FROM jobs
                                 WHERE kind = 'notifications.deliver_webhooks' AND state = 'running'
                                   AND unique_key = ", $key, ")"
        )
    };
}

/// An event that a receiver wants and has no delivery of.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct UnscheduledRow {
    pub(crate) endpoint_id: WebhookEndpointId,
    pub(crate) event_id: EventId,
}

/// Lists events up to the place of a receiver that it wants and has no delivery of. Deliveries are dropped after a while:
/// nothing is said about what was recorded before `since`, nor about more than the last 10,000 events.
pub(crate) async fn list_unscheduled(
    db: &mut dyn Queryable,
    since: Timestamp,
) -> Result<Vec<UnscheduledRow>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            unscheduled!("SELECT value FROM json_each(webhook_endpoints.event_types)")
        }
        Engine::Postgres => unscheduled!(
            "SELECT jsonb_array_elements_text(CAST(webhook_endpoints.event_types AS jsonb))"
        ),
    };
    db.query(sql).bind(since).fetch_all().await
}

/// Lists deliveries that wait for an earlier one of their subject although there is none.
pub(crate) async fn list_held_up(
    db: &mut dyn Queryable,
) -> Result<Vec<WebhookDeliveryId>, StoreError> {
    let rows: Vec<(WebhookDeliveryId,)> = db
        .query(
            "SELECT id
               FROM webhook_deliveries
              WHERE state = 'waiting'
                AND NOT EXISTS (SELECT 1 FROM webhook_deliveries AS earlier
                                 WHERE earlier.endpoint_id = webhook_deliveries.endpoint_id
                                   AND earlier.subject = webhook_deliveries.subject
                                   AND earlier.seq < webhook_deliveries.seq
                                   AND earlier.state IN ('waiting', 'pending', 'sending'))
              LIMIT 100",
        )
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Lists receivers with something to be sent, or to be scheduled, and no job that will do it: `jobs` stands in the same
/// store.
pub(crate) async fn list_idle(
    db: &mut dyn Queryable,
) -> Result<Vec<WebhookEndpointId>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => idle!("lower(hex(webhook_endpoints.id))"),
        Engine::Postgres => idle!("replace(CAST(webhook_endpoints.id AS text), '-', '')"),
    };
    let rows: Vec<(WebhookEndpointId,)> = db.query(sql).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
