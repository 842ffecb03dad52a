//! `order.return_received`: the buyer is told what arrived and what goes back.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::OrderReturnReceived;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<OrderReturnReceived> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderReturnReceived,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let pieces: i64 = event.lines.iter().map(|line| line.received).sum();
        let refund = (event.refund.minor() > 0).then(|| event.refund.to_string());
        let data = json!({ "number": event.number, "pieces": pieces, "refund": refund });
        let note = order_note::<OrderReturnReceived>(
            self,
            &event.customer,
            event.order_id,
            "return_received",
            &data,
        )?;
        let message = NewMessage {
            template: Template::ReturnReceived,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.return_received",
            Some(message),
            note,
        )
        .await
    }
}
