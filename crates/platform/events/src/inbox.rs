//! The `inbox` table as leased work: what one consumer has received and not yet handled.
//!
//! Order is kept per subject: an event is claimed only when no earlier event of its source and subject is
//! unfinished for this consumer. A dead event does not hold back later ones, because replaying it is an explicit
//! act of a person; an event that is still being retried does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tenon_jobs::work::{Cause, Claimed, Grant, Lease, Outcome, Work, WorkTable, reason_of, resume};
use tenon_jobs::work_table;
use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_store::{Db, Engine, Json, Queryable as _, StoreError};
use tokio::sync::Notify;
use tracing::Instrument as _;

use crate::subscription::{Keep, Reactions};
use crate::{Envelope, HandlerError, Receipt, metrics};

/// How long one attempt may take.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest pause between attempts: 20 of them last about an hour and a half.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

static INBOX: WorkTable = work_table!("inbox", superseded = "FALSE");

const CLAIM_SQLITE: &str = "
    UPDATE inbox SET state = 'running', attempts = attempts + 1, lease_token = $1, leased_until = $2
     WHERE seq IN (
           SELECT due.seq FROM inbox AS due
            WHERE due.consumer = $5 AND due.state = 'pending' AND due.run_at <= $3
              AND (due.source || '/' || due.type IN (SELECT value FROM json_each($6))
                   OR due.source IN (SELECT value FROM json_each($7)))
              AND NOT EXISTS (SELECT 1 FROM inbox AS earlier
                               WHERE earlier.consumer = due.consumer AND earlier.source = due.source
                                 AND earlier.subject = due.subject AND earlier.position < due.position
                                 AND earlier.state IN ('pending', 'running'))
            ORDER BY due.run_at, due.seq
            LIMIT $4)
    RETURNING seq, source, type, envelope, attempts, max_attempts";

/// As for SQLite, passing over what another worker is claiming. `ARRAY` makes the choice once, so the limit holds.
const CLAIM_POSTGRES: &str = "
    UPDATE inbox SET state = 'running', attempts = attempts + 1, lease_token = $1, leased_until = $2
     WHERE seq = ANY (ARRAY(
           SELECT due.seq FROM inbox AS due
            WHERE due.consumer = $5 AND due.state = 'pending' AND due.run_at <= $3
              AND (due.source || '/' || due.type IN (SELECT jsonb_array_elements_text($6))
                   OR due.source IN (SELECT jsonb_array_elements_text($7)))
              AND NOT EXISTS (SELECT 1 FROM inbox AS earlier
                               WHERE earlier.consumer = due.consumer AND earlier.source = due.source
                                 AND earlier.subject = due.subject AND earlier.position < due.position
                                 AND earlier.state IN ('pending', 'running'))
            ORDER BY due.run_at, due.seq
            LIMIT $4
              FOR UPDATE SKIP LOCKED))
    RETURNING seq, source, type, envelope, attempts, max_attempts";

/// What one consumer has received, and who handles it.
pub(crate) struct Inbox {
    db: Db,
    consumer: &'static str,
    reactions: BTreeMap<&'static str, Reactions>,
    /// `source/type` of the kinds with a reaction of their own.
    kinds: Vec<String>,
    /// Sources of which any event is taken.
    open_sources: Vec<&'static str>,
    /// Rung when events were stored.
    arrived: Notify,
    /// Rings whenever something was taken in or an attempt has ended, for who waits for that.
    moved: Notify,
}

/// A claimed event. Its envelope is read when it is performed, so that one bad row does not hold up the others.
pub(crate) struct Delivery {
    source: String,
    event_type: String,
    envelope: Value,
}

#[derive(sqlx::FromRow)]
struct InboxRow {
    seq: i64,
    source: String,
    #[sqlx(rename = "type")]
    event_type: String,
    envelope: Json<Value>,
    attempts: i64,
    max_attempts: i64,
}

impl Inbox {
    pub(crate) fn new(
        db: Db,
        consumer: &'static str,
        reactions: BTreeMap<&'static str, Reactions>,
    ) -> Self {
        let kinds = reactions
            .iter()
            .flat_map(|(source, reactions)| {
                reactions
                    .by_type
                    .keys()
                    .map(move |kind| format!("{source}/{kind}"))
            })
            .collect();
        let open_sources = reactions
            .iter()
            .filter(|(_, of)| of.any.is_some())
            .map(|(source, _)| *source)
            .collect();
        Self {
            db,
            consumer,
            reactions,
            kinds,
            open_sources,
            arrived: Notify::new(),
            moved: Notify::new(),
        }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn consumer(&self) -> &'static str {
        self.consumer
    }

    /// Sources that are listened to.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &'static str> {
        self.reactions.keys().copied()
    }

    /// Says whether events of a kind may be for this consumer.
    pub(crate) fn hears(&self, source: &str, event_type: &str) -> bool {
        self.reactions
            .get(source)
            .is_some_and(|reactions| reactions.hears(event_type))
    }

    /// Says whether an event is for this consumer.
    pub(crate) fn takes(&self, source: &str, event: &Envelope) -> bool {
        self.reactions
            .get(source)
            .is_some_and(|reactions| reactions.take(&event.event_type, &event.data))
    }

    /// Who writes an event down as it arrives; the others go through the inbox.
    pub(crate) fn keeper(&self, source: &str, event_type: &str) -> Option<&Arc<dyn Keep>> {
        self.reactions.get(source)?.keeper(event_type)
    }

    /// Whether there is anything to handle: a consumer may write all its events down as they arrive.
    pub(crate) fn is_needed(&self) -> bool {
        self.reactions.values().any(Reactions::needs_inbox)
    }

    /// Announces that events were stored.
    pub(crate) fn announce(&self) {
        self.arrived.notify_one();
        self.moved.notify_waiters();
    }

    /// What rings whenever this consumer has got on.
    pub(crate) fn moved(&self) -> &Notify {
        &self.moved
    }
}

#[async_trait]
impl Work for Inbox {
    type Item = Delivery;

    fn table(&self) -> &'static WorkTable {
        &INBOX
    }

    async fn next_due(&self, ctx: &CallCtx) -> Result<Option<Timestamp>, StoreError> {
        self.db
            .read(ctx)
            .query("SELECT run_at FROM inbox WHERE consumer = $1 AND state = 'pending' ORDER BY run_at LIMIT 1")
            .bind(self.consumer)
            .fetch_scalar()
            .await
    }

    async fn claim(
        &self,
        ctx: &mut CallCtx,
        grant: Grant,
        _crowded: &[&'static str],
    ) -> Result<Vec<Claimed<Delivery>>, StoreError> {
        let mut tx = self.db.begin(ctx, "events.claim").await?;
        let claim = match tx.engine() {
            Engine::Sqlite => CLAIM_SQLITE,
            Engine::Postgres => CLAIM_POSTGRES,
        };
        // A kind that nobody here handles stays where it is: during a deployment another version takes it.
        let mut rows: Vec<InboxRow> = tx
            .query(claim)
            .bind(grant.token)
            .bind(grant.until)
            .bind(grant.now)
            .bind(grant.limit)
            .bind(self.consumer)
            .bind(Json(self.kinds.clone()))
            .bind(Json(self.open_sources.clone()))
            .fetch_all()
            .await?;
        tx.commit().await?;
        rows.sort_by_key(|row| row.seq);
        Ok(rows
            .into_iter()
            .map(|row| claimed(row, self.consumer))
            .collect())
    }

    async fn perform(&self, delivery: Delivery, lease: Lease) -> Outcome {
        let handler = self
            .reactions
            .get(delivery.source.as_str())
            .and_then(|of| of.find(&delivery.event_type));
        let Some(handler) = handler else {
            return Outcome::Retry {
                reason: "nobody handles this kind".to_owned(),
            };
        };
        let envelope: Arc<Envelope> = match serde_json::from_value(delivery.envelope) {
            Ok(envelope) => Arc::new(envelope),
            Err(error) => {
                return Outcome::Dead {
                    reason: format!("the envelope cannot be read: {error}"),
                };
            }
        };
        let id = envelope.id.to_string();
        let cause = Cause {
            traceparent: envelope.traceparent.clone(),
            correlation_id: Some(envelope.correlationid.clone().unwrap_or_else(|| id.clone())),
            causation_id: Some(id),
        };
        let mut ctx = resume(self.db.env(), Interface::Event, self.db.module(), cause)
            .with_timeout(HANDLER_TIMEOUT);
        let span = tracing::info_span!(
            "event",
            consumer = self.consumer,
            kind = envelope.event_type,
            event.id = %envelope.id,
            attempt = lease.attempt(),
            trace_id = ctx.trace.trace_id_text()
        );
        let receipt = Receipt::new(Arc::clone(&envelope), lease);
        match handler
            .handle(&mut ctx, &envelope, receipt)
            .instrument(span)
            .await
        {
            Ok(()) => Outcome::Done,
            Err(HandlerError::Dead { reason }) => Outcome::Dead { reason },
            Err(HandlerError::Retry(error)) => Outcome::Retry {
                reason: reason_of(&*error),
            },
        }
    }

    async fn wait(&self, at_most: Duration) {
        // Not an error: nothing was announced.
        let _ = tokio::time::timeout(at_most, self.arrived.notified()).await;
    }

    fn observe(&self, label: &str, result: &'static str, took: Duration) {
        metrics::handled(self.consumer, label, result, took);
        self.moved.notify_waiters();
    }
}

fn claimed(row: InboxRow, consumer: &'static str) -> Claimed<Delivery> {
    Claimed {
        seq: row.seq,
        attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        max_attempts: u32::try_from(row.max_attempts).unwrap_or(u32::MAX),
        timeout: HANDLER_TIMEOUT,
        longest_pause: LONGEST_PAUSE,
        lane: consumer,
        label: row.event_type.clone(),
        item: Delivery {
            source: row.source,
            event_type: row.event_type,
            envelope: row.envelope.0,
        },
    }
}
