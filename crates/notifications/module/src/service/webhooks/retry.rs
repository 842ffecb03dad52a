//! Has a delivery tried again, now.

use notifications_contract::{NotificationsError, WebhookDeliveryId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::retrying;

use super::{Webhooks, no_delivery, no_endpoint, wake};
use crate::domain::{DeliveryState, WebhookDelivery};
use crate::store::{webhook_deliveries, webhook_endpoints, webhook_places};

impl Webhooks {
    /// Brings the next attempt forward. What is over begins anew, behind everything that is on its way to the receiver;
    /// what waits for an earlier event, or is being sent, goes on as it is.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::WebhookDeliveryNotFound`].
    pub(crate) async fn retry(
        &self,
        ctx: &CallCtx,
        id: WebhookDeliveryId,
    ) -> SeamResult<WebhookDelivery, NotificationsError> {
        let endpoint_id = self.get_delivery(ctx, id).await?.endpoint_id;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.retry_webhook")
                .await?;
            let endpoint = webhook_endpoints::lock(&mut tx, endpoint_id)
                .await?
                .ok_or_else(no_endpoint)?;
            let delivery = webhook_deliveries::find(&mut tx, id)
                .await?
                .ok_or_else(no_delivery)?;
            match delivery.state {
                DeliveryState::Delivered | DeliveryState::Dead => {
                    let seq = webhook_places::take_seq(&mut tx, endpoint_id).await?;
                    let mode = endpoint.wish.mode;
                    webhook_deliveries::begin_anew(&mut tx, &delivery, mode, seq).await?;
                }
                DeliveryState::Pending => {
                    webhook_deliveries::bring_forward(&mut tx, id).await?;
                }
                DeliveryState::Waiting | DeliveryState::Sending => {}
            }
            let after = webhook_deliveries::find(&mut tx, id).await?;
            wake(&mut tx, endpoint_id).await?;
            tx.commit().await?;
            after.ok_or_else(no_delivery)
        })
        .await
    }
}
