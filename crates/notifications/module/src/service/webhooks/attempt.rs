//! One attempt at a delivery: what is said, how it is signed, and what becomes of it.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use notifications_contract::{WebhookDeliveryId, WebhookEndpointId};
use tenon_kernel::{CallCtx, TraceContext};
use tenon_outbound::EgressFault;
use tenon_store::{StoreError, retrying};

use super::Webhooks;
use crate::domain::{
    Attempt, AttemptPlan, CloudEvent, DeliveryKind, DeliveryState, Pace, PublicEvent, Reply,
    Secret, WebhookDelivery, after_webhook, signatures, test_event,
};
use crate::store::{event_log, webhook_deliveries, webhook_endpoints, webhook_places};
use crate::webhook_sender::WebhookSender;

/// A call that is ready to be made.
pub(super) struct Call {
    delivery: WebhookDelivery,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A call that was made.
pub(super) struct Sent {
    pub(super) delivery: WebhookDelivery,
    reply: Reply,
}

impl Call {
    pub(super) fn delivery_id(&self) -> WebhookDeliveryId {
        self.delivery.id
    }

    /// Makes it. A process that dies before the reply is written down makes it again, under the same `webhook-id`: the
    /// receiver knows it by that.
    pub(super) async fn send(self, sender: &dyn WebhookSender) -> Sent {
        let reply = match sender.post(&self.url, self.headers, self.body).await {
            Ok(answer) => Reply::Status(answer.status.as_u16(), answer.retry_after),
            Err(fault) => Reply::Nothing(word(fault)),
        };
        Sent {
            delivery: self.delivery,
            reply,
        }
    }
}

impl Sent {
    pub(super) fn has_timed_out(&self) -> bool {
        self.reply == Reply::Nothing(TIMEOUT)
    }
}

impl Webhooks {
    /// Puts a call together; `None`, and that is written down, if there is nothing to be said or nobody could believe it.
    pub(super) async fn prepare(
        &self,
        ctx: &CallCtx,
        url: &str,
        secrets: &[Secret],
        delivery: WebhookDelivery,
    ) -> Result<Option<Call>, StoreError> {
        let Some(event) = self.event(ctx, &delivery).await? else {
            let written = [(&delivery, self.no_event())];
            self.record(ctx, delivery.endpoint_id, &written).await?;
            return Ok(None);
        };
        if secrets.is_empty() {
            tracing::error!(
                endpoint.id = %delivery.endpoint_id,
                "the webhook secret cannot be opened: was the secret of the installation changed?"
            );
            let reply = Reply::Nothing("no_secret");
            let endpoint_id = delivery.endpoint_id;
            let sent = Sent { delivery, reply };
            self.record_replies(ctx, endpoint_id, &[sent]).await?;
            return Ok(None);
        }
        // A test is asked for, and its job goes on under the trace of who did.
        let trace = event.trace.unwrap_or(ctx.trace);
        let body = serde_json::to_vec(&CloudEvent::from(event)).expect("an event is plain data");
        let headers = self.headers(&delivery, secrets, trace, &body);
        Ok(Some(Call {
            delivery,
            url: url.to_owned(),
            headers,
            body,
        }))
    }

    /// Decides what becomes of deliveries to a receiver and writes it down.
    pub(super) async fn record_replies(
        &self,
        ctx: &CallCtx,
        endpoint_id: WebhookEndpointId,
        replies: &[Sent],
    ) -> Result<(), StoreError> {
        let decide = |sent: &Sent| {
            let attempt = Attempt {
                kind: sent.delivery.kind,
                number: sent.delivery.attempts,
                now: self.db.env().now(),
                draw: u64::from_be_bytes(self.db.env().random()),
            };
            after_webhook(&sent.reply, attempt)
        };
        let decided: Vec<_> = replies
            .iter()
            .map(|sent| (&sent.delivery, decide(sent)))
            .collect();
        self.record(ctx, endpoint_id, &decided).await
    }

    /// What is sent, as `GET /v1/events/{id}` shows it; `None` if it is no longer kept.
    async fn event(
        &self,
        ctx: &CallCtx,
        delivery: &WebhookDelivery,
    ) -> Result<Option<PublicEvent>, StoreError> {
        if delivery.kind == DeliveryKind::Test {
            Ok(Some(test_event(delivery, self.catalogue)))
        } else {
            event_log::find(&mut self.db.read(ctx), delivery.event_id).await
        }
    }

    /// The headers of Standard Webhooks, and the trace that the event belongs to.
    fn headers(
        &self,
        delivery: &WebhookDelivery,
        secrets: &[Secret],
        trace: TraceContext,
        body: &[u8],
    ) -> HeaderMap {
        let id = delivery.event_id.to_string();
        let seconds = self.db.env().now().as_unix_seconds();
        let signed = signatures(secrets, &id, seconds, body);
        let value = |text: String| HeaderValue::try_from(text).expect("visible ASCII");
        HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (HeaderName::from_static("webhook-id"), value(id)),
            (
                HeaderName::from_static("webhook-timestamp"),
                value(seconds.to_string()),
            ),
            (HeaderName::from_static("webhook-signature"), value(signed)),
            (
                HeaderName::from_static("traceparent"),
                value(trace.to_traceparent()),
            ),
        ])
    }

    /// The secrets that sign now, the newest first.
    pub(super) async fn secrets(
        &self,
        ctx: &CallCtx,
        endpoint_id: WebhookEndpointId,
    ) -> Result<Vec<Secret>, StoreError> {
        let found = webhook_endpoints::find_secrets(&mut self.db.read(ctx), endpoint_id).await?;
        let Some(sealed) = found else {
            return Ok(Vec::new());
        };
        let now = self.db.env().now();
        let previous = sealed
            .previous_secret
            .as_deref()
            .filter(|_| sealed.previous_until.is_some_and(|until| now < until));
        let opened = [
            self.key.open(sealed.place(endpoint_id), &sealed.secret),
            previous.and_then(|it| self.key.open(sealed.previous_place(endpoint_id), it)),
        ];
        Ok(opened.into_iter().flatten().collect())
    }

    /// Writes down what came of attempts: about the deliveries, what waits for them, and their receiver.
    async fn record(
        &self,
        ctx: &CallCtx,
        endpoint_id: WebhookEndpointId,
        decided: &[(&WebhookDelivery, AttemptPlan)],
    ) -> Result<(), StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.record_webhooks")
                .await?;
            let Some(mut endpoint) = webhook_endpoints::lock(&mut tx, endpoint_id).await? else {
                return Ok(());
            };
            for (delivery, plan) in decided {
                if !webhook_deliveries::finish(&mut tx, delivery, plan).await? {
                    continue;
                }
                if plan.state != DeliveryState::Pending {
                    webhook_deliveries::let_go_next(&mut tx, endpoint_id, &delivery.subject)
                        .await?;
                }
                if let Some(until) = plan.hold_until {
                    webhook_places::push_slot(&mut tx, endpoint_id, Pace::held_until(until))
                        .await?;
                }
                if delivery.kind != DeliveryKind::Test {
                    super::health::note(&mut tx, &mut endpoint, plan).await?;
                }
            }
            tx.commit().await
        })
        .await
    }

    fn no_event(&self) -> AttemptPlan {
        AttemptPlan {
            state: DeliveryState::Dead,
            due_at: self.db.env().now(),
            error: Some(EVENT_GONE.to_owned()),
            hold_until: None,
            is_gone: false,
        }
    }
}

/// The log no longer has the event.
pub(super) const EVENT_GONE: &str = "event_gone";
/// The receiver did not answer in time.
const TIMEOUT: &str = "timeout";

/// A stable word for why there was no answer.
fn word(fault: EgressFault) -> &'static str {
    match fault {
        EgressFault::Forbidden(_) => "not_allowed",
        EgressFault::Timeout => TIMEOUT,
        _ => "connection",
    }
}
