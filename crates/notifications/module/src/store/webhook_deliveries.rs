//! What is on its way to receivers of webhooks, and what became of it.

use notifications_contract::{WebhookDeliveryId, WebhookEndpointId};
use tenon_events::EventId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};
use uuid::Uuid;

use super::{from_word, word};
use crate::domain::{AttemptPlan, DeliveryKind, DeliveryState, Mode, WebhookDelivery};

#[derive(sqlx::FromRow)]
struct Row {
    id: WebhookDeliveryId,
    endpoint_id: WebhookEndpointId,
    kind: String,
    event_id: EventId,
    #[sqlx(rename = "type")]
    event_type: String,
    subject: String,
    state: String,
    attempts: i64,
    due_at: Timestamp,
    last_error: Option<String>,
    attempted_at: Option<Timestamp>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
}

/// A delivery that is to be.
#[derive(Debug)]
pub(crate) struct NewDelivery<'e> {
    pub(crate) endpoint_id: WebhookEndpointId,
    pub(crate) seq: i64,
    pub(crate) mode: Mode,
    pub(crate) kind: DeliveryKind,
    /// What asks for it; it asks once for each event.
    pub(crate) origin: Uuid,
    pub(crate) event_id: EventId,
    pub(crate) event_type: &'e str,
    pub(crate) subject: &'e str,
}

/// Which deliveries; all given members must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct DeliveryFilter {
    pub(crate) endpoint_id: Option<WebhookEndpointId>,
    pub(crate) state: Option<DeliveryState>,
    pub(crate) event_id: Option<EventId>,
}

/// The members of a delivery.
macro_rules! columns {
    () => {
        "id, endpoint_id, kind, event_id, type, subject, state, attempts, due_at, last_error, attempted_at, created_at,
         finished_at"
    };
}

/// The state of a delivery that is put behind all others: in keyed order it waits if something of its subject is still
/// on its way.
macro_rules! state_at_the_end {
    ($mode:literal, $endpoint_id:literal, $subject:literal) => {
        concat!(
            "CASE WHEN ",
            $mode,
            " = 'keyed'
                   AND EXISTS (SELECT 1 FROM webhook_deliveries AS earlier
                                WHERE earlier.endpoint_id = ",
            $endpoint_id,
            " AND earlier.subject = ",
            $subject,
            "
                                  AND earlier.state IN ('waiting', 'pending', 'sending'))
                  THEN 'waiting' ELSE 'pending' END"
        )
    };
}

/// The list with one condition that an index begins with; the other filters follow as they come.
macro_rules! list_deliveries {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            "
               FROM webhook_deliveries
              WHERE ",
            $condition,
            "   AND ($1 IS NULL OR endpoint_id = $1)
                AND ($2 IS NULL OR state = $2)
                AND ($3 IS NULL OR event_id = $3)
                AND id < $4
              ORDER BY id DESC
              LIMIT $5"
        )
    };
}

/// Adds a delivery; `false` if the same was asked for before. In keyed order it waits if something of its subject is
/// still on its way.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: WebhookDeliveryId,
    new: &NewDelivery<'_>,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let mode = if tenon_chaos::is_planted("notifications.webhook-overtakes") {
        Mode::Unordered
    } else {
        new.mode
    };
    let inserted = tx
        .query(
            concat!(
                "INSERT INTO webhook_deliveries (id, endpoint_id, seq, kind, origin, event_id, type, subject, state,
                                                 attempts, due_at, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ",
                state_at_the_end!("$9", "$2", "$8"),
                ", 0, $10, $10)
                 ON CONFLICT (endpoint_id, event_id, origin) DO NOTHING"
            ),
        )
        .bind(id)
        .bind(new.endpoint_id)
        .bind(new.seq)
        .bind(word(new.kind))
        .bind(new.origin)
        .bind(new.event_id)
        .bind(new.event_type)
        .bind(new.subject)
        .bind(word(mode))
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Takes what is due, in order, and counts the attempt. What another attempt was cut off from is due too: there is one
/// worker for each receiver. With `tests_only`, nothing but tests.
pub(crate) async fn claim(
    tx: &mut Tx<'_>,
    endpoint_id: WebhookEndpointId,
    tests_only: bool,
    running: &[WebhookDeliveryId],
    limit: u32,
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let now = tx.now();
    let due: Vec<(WebhookDeliveryId,)> = tx
        .query(
            "SELECT id
               FROM webhook_deliveries
              WHERE endpoint_id = $1 AND state IN ('pending', 'sending') AND due_at <= $2
                AND (kind = 'test' OR NOT $3)
              ORDER BY due_at, seq
              LIMIT $4",
        )
        .bind(endpoint_id)
        .bind(now)
        .bind(tests_only)
        // Those that are running now are still due: look behind them.
        .bind(i64::from(limit) + i64::try_from(running.len()).unwrap_or(0))
        .fetch_all()
        .await?;
    let mut claimed = Vec::new();
    let due = due.into_iter().map(|(id,)| id);
    for id in due.filter(|id| !running.contains(id)).take(limit as usize) {
        let row: Option<Row> = tx
            .query(concat!(
                "UPDATE webhook_deliveries
                    SET state = 'sending', attempts = attempts + 1, attempted_at = $2
                  WHERE id = $1 AND state IN ('pending', 'sending')
                 RETURNING ",
                columns!()
            ))
            .bind(id)
            .bind(now)
            .fetch_optional()
            .await?;
        claimed.extend(row.map(WebhookDelivery::try_from).transpose()?);
    }
    Ok(claimed)
}

/// When the next attempt of a receiver is due.
pub(crate) async fn next_due(
    db: &mut dyn Queryable,
    endpoint_id: WebhookEndpointId,
    tests_only: bool,
) -> Result<Option<Timestamp>, StoreError> {
    db.query(
        "SELECT due_at
           FROM webhook_deliveries
          WHERE endpoint_id = $1 AND state IN ('pending', 'sending') AND (kind = 'test' OR NOT $2)
          ORDER BY due_at, seq
          LIMIT 1",
    )
    .bind(endpoint_id)
    .bind(tests_only)
    .fetch_scalar()
    .await
}

/// Writes down what becomes of a delivery after an attempt; `false` if another attempt was begun meanwhile.
pub(crate) async fn finish(
    tx: &mut Tx<'_>,
    delivery: &WebhookDelivery,
    plan: &AttemptPlan,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let is_over = matches!(plan.state, DeliveryState::Delivered | DeliveryState::Dead);
    let finished = tx
        .query(
            "UPDATE webhook_deliveries
                SET state = $3, due_at = $4, last_error = $5, finished_at = $6
              WHERE id = $1 AND state = 'sending' AND attempts = $2",
        )
        .bind(delivery.id)
        .bind(delivery.attempts)
        .bind(word(plan.state))
        .bind(plan.due_at)
        .bind(plan.error.as_deref())
        .bind(is_over.then_some(now))
        .execute()
        .await?;
    Ok(finished == 1)
}

/// Lets the oldest open delivery of a subject go, if it waits for nothing any more.
pub(crate) async fn let_go_next(
    tx: &mut Tx<'_>,
    endpoint_id: WebhookEndpointId,
    subject: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE webhook_deliveries
            SET state = 'pending', due_at = $3
          WHERE state = 'waiting'
            AND id = (SELECT id
                        FROM webhook_deliveries
                       WHERE endpoint_id = $1 AND subject = $2 AND state IN ('waiting', 'pending', 'sending')
                       ORDER BY seq
                       LIMIT 1)",
    )
    .bind(endpoint_id)
    .bind(subject)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Follows a change of the mode: nothing waits any more, or whatever is not the oldest of its subject waits.
pub(crate) async fn reorder(
    tx: &mut Tx<'_>,
    endpoint_id: WebhookEndpointId,
    mode: Mode,
) -> Result<(), StoreError> {
    let now = tx.now();
    match mode {
        Mode::Unordered => {
            tx.query(
                "UPDATE webhook_deliveries SET state = 'pending', due_at = $2 WHERE endpoint_id = $1 AND state = 'waiting'",
            )
            .bind(endpoint_id)
            .bind(now)
            .execute()
            .await?
        }
        Mode::Keyed => {
            tx.query(
                "UPDATE webhook_deliveries
                    SET state = 'waiting'
                  WHERE endpoint_id = $1 AND state = 'pending'
                    AND EXISTS (SELECT 1
                                  FROM webhook_deliveries AS earlier
                                 WHERE earlier.endpoint_id = $1 AND earlier.subject = webhook_deliveries.subject
                                   AND earlier.seq < webhook_deliveries.seq
                                   AND earlier.state IN ('waiting', 'pending', 'sending'))",
            )
            .bind(endpoint_id)
            .execute()
            .await?
        }
    };
    Ok(())
}

/// Finds a delivery.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: WebhookDeliveryId,
) -> Result<Option<WebhookDelivery>, StoreError> {
    let row = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM webhook_deliveries WHERE id = $1"
        ))
        .bind(id);
    row.fetch_optional::<Row>()
        .await?
        .map(WebhookDelivery::try_from)
        .transpose()
}

/// Begins a delivery anew that was over: behind all others of its receiver.
pub(crate) async fn begin_anew(
    tx: &mut Tx<'_>,
    delivery: &WebhookDelivery,
    mode: Mode,
    seq: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(concat!(
        "UPDATE webhook_deliveries
                SET seq = $2, attempts = 0, due_at = $3, finished_at = NULL, state = ",
        state_at_the_end!("$4", "$5", "$6"),
        " WHERE id = $1 AND state IN ('delivered', 'dead')"
    ))
    .bind(delivery.id)
    .bind(seq)
    .bind(now)
    .bind(word(mode))
    .bind(delivery.endpoint_id)
    .bind(delivery.subject.as_str())
    .execute()
    .await?;
    Ok(())
}

/// Makes a delivery that waits for its next attempt due now.
pub(crate) async fn bring_forward(
    tx: &mut Tx<'_>,
    id: WebhookDeliveryId,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "UPDATE webhook_deliveries SET due_at = $2 WHERE id = $1 AND state = 'pending' AND due_at > $2",
    )
    .bind(id)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Lists deliveries made before `before`, latest first; `limit + 1` rows if there are more.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    filter: &DeliveryFilter,
    before: Option<WebhookDeliveryId>,
    limit: u32,
) -> Result<Vec<WebhookDelivery>, StoreError> {
    // Most deliveries have the same state, and a receiver has many: begin with what leaves the least.
    let sql = if filter.endpoint_id.is_some() {
        list_deliveries!("endpoint_id = $1")
    } else if filter.state.is_some() {
        list_deliveries!("state = $2")
    } else {
        list_deliveries!("TRUE")
    };
    let rows = db
        .query(sql)
        .bind(filter.endpoint_id)
        .bind(filter.state.map(word))
        .bind(filter.event_id)
        .bind(before.map_or(Uuid::max(), WebhookDeliveryId::uuid))
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(WebhookDelivery::try_from).collect()
}

/// Drops deliveries that were over before `before`, at most `limit`; returns how many.
pub(crate) async fn purge(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM webhook_deliveries
          WHERE id IN (SELECT id FROM webhook_deliveries WHERE finished_at < $1 ORDER BY finished_at LIMIT $2)",
    )
    .bind(before)
    .bind(i64::from(limit))
    .execute()
    .await
}

/// Drops deliveries of a receiver, at most `limit`; returns how many.
pub(crate) async fn purge_of(
    tx: &mut Tx<'_>,
    endpoint_id: WebhookEndpointId,
    limit: u32,
) -> Result<u64, StoreError> {
    tx.query(
        "DELETE FROM webhook_deliveries
          WHERE id IN (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 LIMIT $2)",
    )
    .bind(endpoint_id)
    .bind(i64::from(limit))
    .execute()
    .await
}

impl TryFrom<Row> for WebhookDelivery {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            endpoint_id: row.endpoint_id,
            kind: from_word(row.kind, "webhook_deliveries.kind")?,
            event_id: row.event_id,
            event_type: row.event_type,
            subject: row.subject,
            state: from_word(row.state, "webhook_deliveries.state")?,
            attempts: row.attempts,
            due_at: row.due_at,
            last_error: row.last_error,
            attempted_at: row.attempted_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}
