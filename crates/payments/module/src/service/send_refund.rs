//! Gives captured money back: asks the provider under the refund's key until it gives a clear answer.

use payments_contract::RefundId;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use crate::domain::attempt::AttemptState;
use crate::domain::operation::Refund;
use crate::provider::{self, Outcome, Snapshot};
use crate::store;

impl Service {
    /// Sends a refund and writes down what came of it; `None` if there was nothing to send.
    pub(crate) async fn send_refund(
        &self,
        ctx: &CallCtx,
        id: RefundId,
    ) -> Result<Option<Refund>, StoreError> {
        let Some((refund, provider_ref)) = self.claim_refund(ctx, id).await? else {
            return Ok(None);
        };
        let request = provider::Refund {
            key: if tenon_chaos::is_planted("payments.refund-new-key") {
                self.db.env().new_id()
            } else {
                id
            },
            provider_ref,
            amount: refund.amount,
        };
        let answer = self
            .call(ctx, "refund", self.provider.refund(request))
            .await;
        self.record_refund_outcome(ctx, id, &answer).await.map(Some)
    }

    /// Marks a refund as sent, unless it is over.
    async fn claim_refund(
        &self,
        ctx: &CallCtx,
        id: RefundId,
    ) -> Result<Option<(Refund, String)>, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.claim_refund").await?;
            let payment_id = store::refunds::get(&mut tx, id).await?.payment_id;
            let mut payment = store::payments::get_locked(&mut tx, payment_id).await?;
            let mut refund = store::refunds::get(&mut tx, id).await?;
            if !refund.progress.status.is_open() {
                return Ok(None);
            }
            if refund.is_awaiting() {
                if self
                    .expire_approval(&mut tx, &mut payment, &mut refund)
                    .await?
                {
                    tx.commit().await?;
                }
                return Ok(None);
            }
            let attempt = store::attempts::get(&mut tx, refund.attempt_id).await?;
            refund.progress.claim(self.after_grace(tx.now()));
            store::refunds::save(&mut tx, &refund).await?;
            tx.commit().await?;
            Ok(Some((refund, attempt.provider_ref.unwrap_or_default())))
        })
        .await
    }

    async fn record_refund_outcome(
        &self,
        ctx: &CallCtx,
        id: RefundId,
        answer: &Outcome<Snapshot>,
    ) -> Result<Refund, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.record_refund").await?;
            let payment_id = store::refunds::get(&mut tx, id).await?.payment_id;
            let mut payment = store::payments::get_locked(&mut tx, payment_id).await?;
            let mut refund = store::refunds::get(&mut tx, id).await?;
            // A webhook may have been faster.
            if refund.progress.status.is_open() {
                match answer {
                    Outcome::Succeeded(snapshot) => {
                        self.settle_refund(&mut tx, &mut payment, &mut refund)
                            .await?;
                        if payment.winner != Some(refund.attempt_id)
                            && snapshot.refunded == snapshot.captured
                        {
                            // What another attempt took by mistake is back: nothing of it is held any more.
                            let mut attempt =
                                store::attempts::get(&mut tx, refund.attempt_id).await?;
                            attempt.state = AttemptState::Voided;
                            store::attempts::save(&mut tx, &attempt).await?;
                        }
                    }
                    Outcome::Declined(refusal) => {
                        self.fail_refund(&mut tx, &payment, &mut refund, refusal.code.clone())
                            .await?;
                    }
                    Outcome::Ambiguous(_) => {
                        refund.progress.doubt(tx.now());
                        store::refunds::save(&mut tx, &refund).await?;
                    }
                }
                store::payments::save(&mut tx, &mut payment).await?;
            }
            tx.commit().await?;
            Ok(refund)
        })
        .await
    }
}
