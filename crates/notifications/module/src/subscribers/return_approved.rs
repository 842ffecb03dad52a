//! `order.return_approved`: the buyer may send things back.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::OrderReturnApproved;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<OrderReturnApproved> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderReturnApproved,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let data = json!({ "number": event.number, "note": event.note });
        let note = order_note::<OrderReturnApproved>(
            self,
            &event.customer,
            event.order_id,
            "return_approved",
            &data,
        )?;
        let message = NewMessage {
            template: Template::ReturnApproved,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.return_approved",
            Some(message),
            note,
        )
        .await
    }
}
