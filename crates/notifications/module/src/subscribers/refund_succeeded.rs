//! `refund.succeeded`: the buyer is told that money is on its way back.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::OrderId;
use payments_contract::RefundSucceeded;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

/// The reason of refunds that `order.payment_returned` has told of already.
const TOLD_BEFORE: &str = "late_success";

#[async_trait]
impl Handle<RefundSucceeded> for Service {
    /// Payments knows neither the buyer nor the order's number: orders does.
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: RefundSucceeded,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        if event.reason == TOLD_BEFORE {
            return Ok(());
        }
        let order_id = OrderId::from_uuid(event.order_id.uuid());
        let found = self
            .find_order(ctx, order_id)
            .await
            .map_err(SeamError::<std::convert::Infallible>::Seam)?;
        let Some(order) = found else {
            return Err(HandlerError::Dead {
                reason: format!("{order_id} of the refund is not known to orders"),
            });
        };
        let data = json!({ "number": order.number, "amount": event.amount.to_string() });
        let note = order_note::<RefundSucceeded>(
            self,
            &order.customer,
            order_id,
            "refund_succeeded",
            &data,
        )?;
        let message = NewMessage {
            template: Template::RefundSucceeded,
            recipient: Recipient::Order(order_id),
            subject: order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.refund_succeeded",
            Some(message),
            note,
        )
        .await
    }
}
