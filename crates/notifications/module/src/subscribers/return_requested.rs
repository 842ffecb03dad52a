//! `order.return_requested`: the buyer is told that the shop looks at it. What the shop writes down itself is approved at once, and told of then.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::{OrderReturnRequested, ReturnRequester};
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<OrderReturnRequested> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderReturnRequested,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        if event.requested_by == ReturnRequester::Shop {
            return Ok(());
        }
        let pieces: i64 = event.lines.iter().map(|line| line.quantity).sum();
        let data = json!({ "number": event.number, "pieces": pieces });
        let note = order_note::<OrderReturnRequested>(
            self,
            &event.customer,
            event.order_id,
            "return_requested",
            &data,
        )?;
        let message = NewMessage {
            template: Template::ReturnRequested,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.return_requested",
            Some(message),
            note,
        )
        .await
    }
}
