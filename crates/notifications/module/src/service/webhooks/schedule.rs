//! Writes down deliveries of what the log has after a receiver's place.

use notifications_contract::WebhookEndpointId;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx, retrying};
use uuid::Uuid;

use super::Webhooks;
use crate::domain::{DeliveryKind, WebhookEndpoint, wants};
use crate::store::webhook_deliveries::{self, NewDelivery};
use crate::store::webhook_places::{self, LoggedEvent};
use crate::store::{event_log, webhook_endpoints};

/// Events looked at in one transaction.
const BATCH: u32 = 100;

impl Webhooks {
    /// Goes on to the end of the log, and to the ends of stretches that are wanted again. The place moves in the
    /// transaction that writes the deliveries: whatever happens in between, each event has one.
    pub(super) async fn schedule(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
    ) -> Result<(), StoreError> {
        // Whoever has nothing to do looks and writes nothing.
        while self.has_news(ctx, id).await? {
            let went_on = retrying(|| async {
                let mut ctx = ctx.child();
                let mut tx = self
                    .db
                    .begin(&mut ctx, "notifications.schedule_webhooks")
                    .await?;
                let Some(endpoint) = webhook_endpoints::lock(&mut tx, id).await? else {
                    return Ok(false);
                };
                if !endpoint.is_enabled() {
                    return Ok(false);
                }
                let went_on = next_events(&mut tx, &endpoint).await?
                    | next_replayed(&mut tx, &endpoint).await?;
                if went_on {
                    tx.commit().await?;
                }
                Ok::<_, StoreError>(went_on)
            })
            .await?;
            if !went_on {
                break;
            }
        }
        Ok(())
    }

    async fn has_news(&self, ctx: &CallCtx, id: WebhookEndpointId) -> Result<bool, StoreError> {
        let mut db = self.db.read(ctx);
        let Some(endpoint) = webhook_endpoints::find(&mut db, id).await? else {
            return Ok(false);
        };
        let head = event_log::head(&mut db).await?;
        let place = webhook_places::get(&mut db, id).await?;
        let replay = webhook_places::find_replay(&mut db, id).await?;
        Ok(endpoint.is_enabled() && (place.position < head || replay.is_some()))
    }
}

/// Goes on in the log; says whether there was something.
async fn next_events(tx: &mut Tx<'_>, endpoint: &WebhookEndpoint) -> Result<bool, StoreError> {
    let place = webhook_places::get(tx, endpoint.id).await?;
    let events = webhook_places::list_logged(tx, place.position, i64::MAX, BATCH).await?;
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Ok(false);
    };
    let (missed, last) = (first.position - place.position - 1, last.position);
    if missed > 0 {
        tracing::warn!(
            endpoint.id = %endpoint.id, missed,
            "a webhook endpoint was away for longer than events are kept"
        );
    }
    for event in events
        .iter()
        .filter(|it| endpoint.wish.wants(&it.event_type))
    {
        add(tx, endpoint, event, DeliveryKind::Event, endpoint.id.uuid()).await?;
    }
    webhook_places::advance(tx, endpoint.id, last).await?;
    Ok(true)
}

/// Goes on in a stretch that is wanted again; says whether there was something.
async fn next_replayed(tx: &mut Tx<'_>, endpoint: &WebhookEndpoint) -> Result<bool, StoreError> {
    let Some(replay) = webhook_places::find_replay(tx, endpoint.id).await? else {
        return Ok(false);
    };
    let events = webhook_places::list_logged(tx, replay.position, replay.until, BATCH).await?;
    for event in &events {
        if wants(&replay.event_types, &event.event_type) {
            add(tx, endpoint, event, DeliveryKind::Replay, replay.id.uuid()).await?;
        }
    }
    let is_last = events.len() < BATCH as usize;
    let reached = events.last().map_or(replay.until, |event| event.position);
    let reached = if is_last { replay.until } else { reached };
    webhook_places::advance_replay(tx, replay.id, reached).await?;
    Ok(true)
}

async fn add(
    tx: &mut Tx<'_>,
    endpoint: &WebhookEndpoint,
    event: &LoggedEvent,
    kind: DeliveryKind,
    origin: Uuid,
) -> Result<(), StoreError> {
    let seq = webhook_places::take_seq(tx, endpoint.id).await?;
    let new = NewDelivery {
        endpoint_id: endpoint.id,
        seq,
        mode: endpoint.wish.mode,
        kind,
        origin,
        event_id: event.event_id,
        event_type: &event.event_type,
        subject: &event.subject,
    };
    let id = tx.env().new_id();
    webhook_deliveries::insert(tx, id, &new).await.map(drop)
}
