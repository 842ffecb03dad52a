//! Looks at an event of the provider that was stored before.

use payments_contract::AttemptId;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{StoreError, retrying};

use super::Service;
use super::hear::Source;
use crate::domain::attempt::Step;
use crate::domain::provider_event::EventStatus;
use crate::domain::schedule;
use crate::metrics::PARKED;
use crate::provider::WebhookEvent;
use crate::store;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processed {
    /// It is taken, or given up.
    Done,
    /// Nothing here knows what to do with it; look again then.
    Parked(Timestamp),
}

impl Service {
    /// Takes the event in; what fits nothing is parked and tried again for a day.
    pub(crate) async fn process_event(
        &self,
        ctx: &CallCtx,
        event_id: &str,
    ) -> Result<Processed, StoreError> {
        let provider = self.provider.name();
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "payments.process_provider_event")
                .await?;
            let Some(stored) = store::provider_events::find(&mut tx, provider, event_id).await?
            else {
                return Ok(Processed::Done);
            };
            if matches!(stored.status, EventStatus::Processed | EventStatus::GivenUp) {
                return Ok(Processed::Done);
            }
            let attempt = match self.provider.parse_webhook(stored.body.as_bytes()) {
                Ok(WebhookEvent { snapshot, .. }) => {
                    match snapshot.reference.parse::<AttemptId>() {
                        Ok(id) => store::attempts::find(&mut tx, id)
                            .await?
                            .map(|attempt| (attempt, snapshot)),
                        Err(_) => None,
                    }
                }
                Err(_) => None,
            };
            let taken = match attempt {
                Some((attempt, snapshot)) => {
                    let source = Source::Webhook(event_id);
                    let heard = self
                        .hear_in(
                            &mut tx,
                            attempt.payment_id,
                            attempt.id,
                            &snapshot.into(),
                            source,
                        )
                        .await?;
                    heard.step != Step::Park
                }
                None => false,
            };
            let now = tx.now();
            let (status, note, outcome) = if taken {
                (EventStatus::Processed, None, Processed::Done)
            } else if now.since(stored.received_at) < self.settings.park_for() {
                let again_at = now + schedule::doubtful(stored.tries()?);
                (
                    EventStatus::Parked,
                    Some("fits nothing here"),
                    Processed::Parked(again_at),
                )
            } else {
                PARKED.inc();
                tracing::error!(
                    event_id,
                    "an event of the provider is given up: a person must look"
                );
                (
                    EventStatus::GivenUp,
                    Some("fitted nothing for a day"),
                    Processed::Done,
                )
            };
            store::provider_events::save(&mut tx, provider, event_id, status, note).await?;
            tx.commit().await?;
            Ok(outcome)
        })
        .await
    }
}
