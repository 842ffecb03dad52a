//! `order.shipped`: a parcel takes the money it is worth, of an order that pays on shipping.

use async_trait::async_trait;
use orders_contract::OrderShipped;
use payments_contract::{CaptureMode, PaymentId};
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::service::Service;
use crate::store;

#[async_trait]
impl Handle<OrderShipped> for Service {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: OrderShipped,
        _: Receipt,
    ) -> Result<(), HandlerError> {
        let payment_id = PaymentId::from_uuid(event.payment_id.uuid());
        let payment = store::payments::find(&mut self.db.read(ctx), payment_id).await?;
        if payment.is_none_or(|payment| payment.capture_mode != CaptureMode::OnShip) {
            return Ok(());
        }
        if self
            .capture_shipped(ctx, payment_id, event.fulfillment_id, event.value)
            .await?
        {
            return Ok(());
        }
        // Shipped without money: a person must know; trying again would not help.
        tracing::error!(payment.id = %payment_id, "an order was shipped that cannot be captured");
        Err(HandlerError::Dead {
            reason: format!("{payment_id} has nothing to capture"),
        })
    }
}
