//! `order.return_rejected`: the shop does not take things back, and says why.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::OrderReturnRejected;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<OrderReturnRejected> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderReturnRejected,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let data = json!({ "number": event.number, "note": event.note });
        let note = order_note::<OrderReturnRejected>(
            self,
            &event.customer,
            event.order_id,
            "return_rejected",
            &data,
        )?;
        let message = NewMessage {
            template: Template::ReturnRejected,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.return_rejected",
            Some(message),
            note,
        )
        .await
    }
}
