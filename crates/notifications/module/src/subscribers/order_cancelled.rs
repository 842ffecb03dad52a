//! `order.cancelled`: a buyer who expects the order is told.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::{CancelReason, OrderCancelled};
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<OrderCancelled> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderCancelled,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        if !event.was_placed {
            return Ok(()); // nobody was told of it
        }
        let refund_due = (event.refund_due.minor() > 0).then(|| event.refund_due.to_string());
        let data = json!({
            "number": event.number,
            "by_customer": event.reason == CancelReason::CustomerRequest,
            "out_of_stock": event.reason == CancelReason::OutOfStock,
            "refund_due": refund_due,
        });
        let note = order_note::<OrderCancelled>(
            self,
            &event.customer,
            event.order_id,
            "order_cancelled",
            &data,
        )?;
        let message = NewMessage {
            template: Template::OrderCancelled,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.order_cancelled",
            Some(message),
            note,
        )
        .await
    }
}
