//! `order.delivered`: a note in the buyer's inbox; the parcel itself is the better mail.

use async_trait::async_trait;
use orders_contract::OrderDelivered;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use super::order_note;
use crate::service::Service;

#[async_trait]
impl Handle<OrderDelivered> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderDelivered,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let data = json!({ "number": event.number });
        let note = order_note::<OrderDelivered>(
            self,
            &event.customer,
            event.order_id,
            "order_delivered",
            &data,
        )?;
        self.queue(ctx, receipt, "notifications.order_delivered", None, note)
            .await
    }
}
