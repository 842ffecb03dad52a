//! Sends a receiver what is due.

use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use notifications_contract::{WebhookDeliveryId, WebhookEndpointId};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{StoreError, retrying};
use tokio::time::Instant;

use super::Webhooks;
use super::attempt::Call;
use crate::domain::{Pace, WebhookDelivery, WebhookEndpoint};
use crate::store::{webhook_deliveries, webhook_endpoints, webhook_places};

/// How long one run begins new calls. Then other receivers get their turn.
const RUN: Duration = Duration::from_secs(20);
/// A receiver of which nothing was heard in a whole run gets nothing for so long: it would hold a worker all the time.
const REST: Duration = Duration::from_secs(30);

/// A delivery taken for an attempt, with the receiver as it is now.
struct Claimed {
    endpoint: WebhookEndpoint,
    deliveries: Vec<WebhookDelivery>,
}

impl Webhooks {
    /// Schedules and sends until nothing is due or the turn is over; returns when there is more to do.
    ///
    /// An event that is recorded meanwhile is sent meanwhile: a call that takes long holds up nothing but its own subject.
    pub(crate) async fn deliver(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let until = Instant::now() + RUN;
        let mut heads = self.log.heads();
        // Nothing but calls is in here: while the store is waited for, nobody looks at them.
        let mut calls = FuturesUnordered::new();
        let mut running: Vec<WebhookDeliveryId> = Vec::new();
        let (mut answers, mut timeouts, mut has_news) = (0, 0, true);
        loop {
            let is_on_time = Instant::now() < until;
            if is_on_time && has_news {
                heads.mark_unchanged();
                self.schedule(ctx, id).await?;
                has_news = false;
            }
            // Taking is a commit, so it should take several: only when half of the places are free.
            if is_on_time && running.len() <= self.max_in_flight / 2 {
                let free = self.max_in_flight - running.len();
                let (taken, ready) = self.take(ctx, id, &running, free).await?;
                for call in ready {
                    running.push(call.delivery_id());
                    calls.push(call.send(&*self.sender));
                }
                if taken > 0 && running.is_empty() {
                    continue; // nothing could be said of any of them: look at the next
                }
            }
            let sent = tokio::select! {
                biased;
                sent = calls.next() => sent,
                Ok(()) = heads.changed(), if is_on_time && !running.is_empty() => {
                    has_news = true;
                    continue;
                }
            };
            let Some(sent) = sent else { break };
            // Writing down is a commit, so it takes whatever else is answered.
            let mut replies = vec![sent];
            while let Some(Some(sent)) = calls.next().now_or_never() {
                replies.push(sent);
            }
            running.retain(|running| replies.iter().all(|sent| *running != sent.delivery.id));
            let timed_out = replies.iter().filter(|sent| sent.has_timed_out()).count();
            timeouts += timed_out;
            answers += replies.len() - timed_out;
            self.record_replies(ctx, id, &replies).await?;
        }
        if timeouts > 0 && answers == 0 {
            self.hold(ctx, id, self.db.env().now() + REST).await?;
        }
        self.next_turn(ctx, id).await
    }

    /// Takes what is due and puts together what is to be said; returns how much was taken, too.
    async fn take(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        running: &[WebhookDeliveryId],
        free: usize,
    ) -> Result<(usize, Vec<Call>), StoreError> {
        let Some(claimed) = self.claim(ctx, id, running, free).await? else {
            return Ok((0, Vec::new()));
        };
        let taken = claimed.deliveries.len();
        let secrets = self.secrets(ctx, id).await?;
        let mut calls = Vec::with_capacity(claimed.deliveries.len());
        for delivery in claimed.deliveries {
            let url = &claimed.endpoint.wish.url;
            calls.extend(self.prepare(ctx, url, &secrets, delivery).await?);
        }
        Ok((taken, calls))
    }

    /// Claims what is due, as much as the rate allows.
    async fn claim(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        running: &[WebhookDeliveryId],
        free: usize,
    ) -> Result<Option<Claimed>, StoreError> {
        let mut db = self.db.read(ctx);
        let Some(endpoint) = webhook_endpoints::find(&mut db, id).await? else {
            return Ok(None);
        };
        // Whoever has nothing to do looks and writes nothing.
        let next = webhook_deliveries::next_due(&mut db, id, !endpoint.is_enabled()).await?;
        if next.is_none_or(|at| at > self.db.env().now()) {
            return Ok(None);
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.claim_webhooks")
                .await?;
            let Some(endpoint) = webhook_endpoints::lock(&mut tx, id).await? else {
                return Ok(None);
            };
            let now = tx.now();
            let slot_at = webhook_places::get(&mut tx, id).await?.slot_at;
            let pace = Pace::new(endpoint.wish.max_per_second, slot_at);
            let limit = pace.free(now).min(u32::try_from(free).unwrap_or(u32::MAX));
            if limit == 0 {
                return Ok(None);
            }
            let tests_only = !endpoint.is_enabled();
            let deliveries =
                webhook_deliveries::claim(&mut tx, id, tests_only, running, limit).await?;
            let calls = u32::try_from(deliveries.len()).unwrap_or(u32::MAX);
            webhook_places::push_slot(&mut tx, id, pace.after(calls, now)).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Some(Claimed {
                endpoint,
                deliveries,
            }))
        })
        .await
    }

    /// Sends nothing to a receiver before a time.
    async fn hold(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.hold_webhooks")
                .await?;
            webhook_places::push_slot(&mut tx, id, Pace::held_until(until)).await?;
            tx.commit().await
        })
        .await
    }

    /// When there is something to do again.
    async fn next_turn(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut db = self.db.read(ctx);
        let Some(endpoint) = webhook_endpoints::find(&mut db, id).await? else {
            return Ok(None);
        };
        let due = webhook_deliveries::next_due(&mut db, id, !endpoint.is_enabled()).await?;
        let slot_at = webhook_places::get(&mut db, id).await?.slot_at;
        let pace = Pace::new(endpoint.wish.max_per_second, slot_at);
        Ok(due.map(|due| due.max(pace.next())))
    }
}
