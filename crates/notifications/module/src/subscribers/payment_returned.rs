//! `order.payment_returned`: money came too late for the order; the buyer is told once that it goes back.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::OrderPaymentReturned;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<OrderPaymentReturned> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderPaymentReturned,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let data = json!({ "number": event.number, "amount": event.amount.to_string() });
        let note = order_note::<OrderPaymentReturned>(
            self,
            &event.customer,
            event.order_id,
            "payment_returned",
            &data,
        )?;
        let message = NewMessage {
            template: Template::PaymentReturned,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.payment_returned",
            Some(message),
            note,
        )
        .await
    }
}
