//! Closes an attempt that the provider never got and that nobody wants any more.

use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use super::hear::Heard;
use crate::domain::attempt::AttemptState;
use crate::domain::transition;
use crate::store;

impl Service {
    /// Closes the attempt once the provider has had no trace of it for long enough: what was still on its way
    /// has arrived by then or never will.
    pub(super) async fn lose(&self, ctx: &CallCtx, heard: Heard) -> Result<Heard, StoreError> {
        if self.db.env().now().since(heard.attempt.created_at) < self.settings.lost_after() {
            return Ok(heard);
        }
        let (payment_id, attempt_id, step) = (heard.payment.id, heard.attempt.id, heard.step);
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.lose_attempt").await?;
            let mut payment = store::payments::get_locked(&mut tx, payment_id).await?;
            let mut attempt = store::attempts::get(&mut tx, attempt_id).await?;
            let is_lost = matches!(attempt.state, AttemptState::ToSend | AttemptState::Unknown);
            if is_lost && !payment.wants_money() {
                let now = tx.now();
                let effects = transition::lose(&mut payment, &mut attempt, now);
                store::attempts::save(&mut tx, &attempt).await?;
                self.perform(&mut tx, &payment, &attempt, effects, None)
                    .await?;
                self.settle_void(&mut tx, &mut payment).await?;
                store::payments::save(&mut tx, &mut payment).await?;
            }
            tx.commit().await?;
            Ok(Heard {
                payment,
                attempt,
                step,
            })
        })
        .await
    }
}
