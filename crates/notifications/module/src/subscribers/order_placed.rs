//! `order.placed`: the buyer gets a confirmation with lines and totals.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::{EventLine, OrderPlaced, Totals};
use serde_json::{Value, json};
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<OrderPlaced> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderPlaced,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let data = json!({
            "number": event.number,
            "lines": event.lines.iter().map(line).collect::<Vec<_>>(),
            "subtotal": event.totals.subtotal.to_string(),
            "discount": discount(&event.totals),
            "shipping": event.totals.shipping.to_string(),
            "tax": event.totals.tax.to_string(),
            "tax_included": event.totals.tax_included,
            "total": event.totals.total.to_string(),
        });
        let note = order_note::<OrderPlaced>(
            self,
            &event.customer,
            event.order_id,
            "order_placed",
            &data,
        )?;
        let message = NewMessage {
            template: Template::OrderPlaced,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.order_placed",
            Some(message),
            note,
        )
        .await
    }
}

/// What promotions take off, if there are any.
fn discount(totals: &Totals) -> Option<String> {
    let discount = totals.discount();
    (discount.minor() > 0).then(|| discount.to_string())
}

fn line(line: &EventLine) -> Value {
    json!({ "title": line.title, "quantity": line.quantity, "total": line.total.to_string() })
}
