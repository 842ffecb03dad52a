//! Takes a provider's webhook: signature first, then the inbox, then 200.

use payments_contract::PaymentsError;
use tenon_chaos::is_planted;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;
use tenon_store::retrying;

use super::{Refusal, Service, refused};
use crate::jobs::ProcessProviderEvent;
use crate::metrics::WEBHOOKS;
use crate::provider::WebhookError;
use crate::store;

impl Service {
    /// Stores an event once; a job looks at it.
    #[tracing::instrument(name = "payments.receive_provider_event", skip_all)]
    pub(crate) async fn receive_event(
        &self,
        ctx: &CallCtx,
        provider: &str,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<(), Refusal> {
        if provider != self.provider.name() {
            return refused(PaymentsError::UnknownProvider);
        }
        let read = if is_planted("payments.signature-not-checked") {
            self.provider.parse_webhook(body)
        } else {
            self.provider
                .read_webhook(signature, body, self.db.env().now())
        };
        let event = match read {
            Ok(event) => event,
            Err(WebhookError::Signature) => {
                WEBHOOKS.with_label_values(&["bad_signature"]).inc();
                return refused(PaymentsError::BadSignature);
            }
            Err(WebhookError::Unreadable) => {
                WEBHOOKS.with_label_values(&["unreadable"]).inc();
                return refused(PaymentsError::UnreadableEvent);
            }
        };
        let Ok(body) = std::str::from_utf8(body) else {
            return refused(PaymentsError::UnreadableEvent);
        };
        let is_new = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "payments.receive_provider_event")
                .await?;
            let is_new =
                store::provider_events::insert(&mut tx, provider, &event.event_id, body).await?;
            if is_new {
                let job = ProcessProviderEvent {
                    event_id: event.event_id.clone(),
                };
                tx.enqueue(&job, JobOptions::default()).await?;
            }
            tx.commit().await?;
            Ok::<bool, Refusal>(is_new)
        })
        .await?;
        WEBHOOKS
            .with_label_values(&[if is_new { "stored" } else { "duplicate" }])
            .inc();
        Ok(())
    }
}
