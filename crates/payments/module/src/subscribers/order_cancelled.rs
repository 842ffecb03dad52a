//! `order.cancelled`: whatever the buyer paid, or may still pay, is undone.

use async_trait::async_trait;
use orders_contract::OrderCancelled;
use payments_contract::PaymentId;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::service::Service;
use crate::store;

const REASON: &str = "order_cancelled";

#[async_trait]
impl Handle<OrderCancelled> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderCancelled,
        _: Receipt,
    ) -> Result<(), HandlerError> {
        let payment_id = PaymentId::from_uuid(event.payment_id.uuid());
        let payment = store::payments::find(&mut self.db.read(ctx), payment_id).await?;
        // An order that keeps a part of its money asks for the other part by itself.
        let is_whole = payment.is_some_and(|payment| payment.amount == event.refund_due);
        if is_whole {
            self.void(ctx, payment_id, REASON).await?;
        }
        Ok(())
    }
}
