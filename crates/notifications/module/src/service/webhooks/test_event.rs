//! Sends a receiver an event that did not happen.

use notifications_contract::{NotificationsError, WebhookDeliveryId, WebhookEndpointId};
use tenon_events::EventId;
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{Webhooks, no_delivery, no_endpoint, wake};
use crate::domain::{DeliveryKind, Mode, TEST_EVENT, WebhookDelivery};
use crate::store::webhook_deliveries::{self, NewDelivery};
use crate::store::{webhook_endpoints, webhook_places};

pub(crate) const OPERATION: &str = "test_webhook_endpoint";

impl Webhooks {
    /// Has a test sent, once, also to a receiver that is disabled: with the example of a type, or with nothing.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookEndpointNotFound`], [`NotificationsError::InvalidRequest`] for a type that is none.
    pub(crate) async fn test(
        &self,
        ctx: &CallCtx,
        id: WebhookEndpointId,
        event_type: Option<String>,
    ) -> SeamResult<WebhookDelivery, NotificationsError> {
        let event_type = event_type.unwrap_or_else(|| TEST_EVENT.to_owned());
        if event_type != TEST_EVENT && self.catalogue.find(&event_type).is_none() {
            let detail = "There is no such type of public events; `GET /v1/event-types` lists all.";
            let errors = vec![FieldError::new("/type", "unknown_value", detail)];
            return Err(SeamError::Domain(NotificationsError::InvalidRequest {
                errors,
            }));
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.test_webhook")
                .await?;
            let claim = tx.claim_key::<WebhookDeliveryId, NotificationsError>(OPERATION);
            if let Claim::Replay(outcome) = claim.await? {
                let known = webhook_deliveries::find(&mut tx, outcome.map_err(SeamError::Domain)?);
                let known = known.await?;
                tx.rollback().await?;
                return known.ok_or_else(no_delivery);
            }
            if webhook_endpoints::lock(&mut tx, id).await?.is_none() {
                let refusal = NotificationsError::WebhookEndpointNotFound;
                tx.refuse::<WebhookDeliveryId, _>(OPERATION, refusal)
                    .await?;
                return Err(no_endpoint());
            }
            let delivery_id = add(&mut tx, id, &event_type).await?;
            let added = webhook_deliveries::find(&mut tx, delivery_id).await?;
            wake(&mut tx, id).await?;
            let outcome = Ok::<_, NotificationsError>(delivery_id);
            tx.commit_outcome(OPERATION, &outcome, Some(delivery_id.to_string()))
                .await?;
            added.ok_or_else(no_delivery)
        })
        .await
    }
}

async fn add(
    tx: &mut Tx<'_>,
    endpoint_id: WebhookEndpointId,
    event_type: &str,
) -> Result<WebhookDeliveryId, StoreError> {
    let (id, event_id): (WebhookDeliveryId, EventId) = (tx.env().new_id(), tx.env().new_id());
    let seq = webhook_places::take_seq(tx, endpoint_id).await?;
    let new = NewDelivery {
        endpoint_id,
        seq,
        mode: Mode::Unordered,
        kind: DeliveryKind::Test,
        origin: id.uuid(),
        event_id,
        event_type,
        // About nothing but itself: it waits for nothing, and nothing waits for it.
        subject: &event_id.to_string(),
    };
    webhook_deliveries::insert(tx, id, &new).await?;
    Ok(id)
}
