//! `order.shipped`: the buyer is told how to follow the parcel.

use async_trait::async_trait;
use notifications_contract::Template;
use orders_contract::OrderShipped;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::domain::{NewMessage, Recipient, web_address};
use crate::service::Service;

#[async_trait]
impl Handle<OrderShipped> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderShipped,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let tracking = event.tracking.as_ref();
        let lines: Vec<_> = event
            .lines
            .iter()
            .map(|line| json!({ "line_id": line.line_id, "quantity": line.quantity }))
            .collect();
        let data = json!({
            "number": event.number,
            "lines": lines,
            "carrier": tracking.and_then(|tracking| tracking.carrier.as_deref()),
            "tracking_number": tracking.and_then(|tracking| tracking.number.as_deref()),
            "tracking_url": tracking.and_then(|tracking| web_address(tracking.url.as_deref()?)),
        });
        let note = order_note::<OrderShipped>(
            self,
            &event.customer,
            event.order_id,
            "order_shipped",
            &data,
        )?;
        let message = NewMessage {
            template: Template::OrderShipped,
            recipient: Recipient::Order(event.order_id),
            subject: event.order_id.to_string(),
            data,
            send_before: None,
        };
        self.queue(
            ctx,
            receipt,
            "notifications.order_shipped",
            Some(message),
            note,
        )
        .await
    }
}
