//! Takes the money for a parcel that left.

use orders_contract::FulfillmentId;
use payments_contract::{CaptureId, PaymentId};
use tenon_kernel::{CallCtx, Money};
use tenon_store::{StoreError, retrying};

use super::Service;
use super::effects::Send;
use crate::store;

impl Service {
    /// Captures what a parcel is worth, at most what is left; a parcel is paid for once, its capture's id follows
    /// from its own. `false` if there is nothing to take it from.
    pub(crate) async fn capture_shipped(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
        parcel: FulfillmentId,
        worth: Money,
    ) -> Result<bool, StoreError> {
        let id: CaptureId = payment_id.derive(&format!("shipped:{parcel}"));
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.capture_shipped").await?;
            let mut payment = store::payments::get_locked(&mut tx, payment_id).await?;
            let captures = store::captures::of_payment(&mut tx, payment_id).await?;
            if captures.iter().any(|capture| capture.id == id) {
                return Ok(true);
            }
            let Some(winner) = payment.capturable_from() else {
                return Ok(false);
            };
            let capturable = payment.capturable(&captures);
            if capturable.minor() == 0 || worth.minor() <= 0 {
                return Ok(true);
            }
            let amount = if worth.minor() < capturable.minor() {
                worth
            } else {
                capturable
            };
            let attempt = store::attempts::get(&mut tx, winner).await?;
            let number = captures.last().map_or(1, |capture| capture.number + 1);
            self.record_capture(&mut tx, &payment, &attempt, id, number, amount, Send::ByJob)
                .await?;
            store::payments::save(&mut tx, &mut payment).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
}
