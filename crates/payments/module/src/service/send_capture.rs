//! Takes authorised money: asks the provider under the capture's key until it gives a clear answer.

use payments_contract::CaptureId;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use crate::domain::operation::Capture;
use crate::provider::{self, Outcome, Snapshot};
use crate::store;

impl Service {
    /// Sends a capture and writes down what came of it; `None` if there was nothing to send.
    pub(crate) async fn send_capture(
        &self,
        ctx: &CallCtx,
        id: CaptureId,
    ) -> Result<Option<Capture>, StoreError> {
        let Some((capture, provider_ref)) = self.claim_capture(ctx, id).await? else {
            return Ok(None);
        };
        let request = provider::Capture {
            key: id,
            provider_ref,
            amount: capture.amount,
        };
        let answer = self
            .call(ctx, "capture", self.provider.capture(request))
            .await;
        self.record_capture_outcome(ctx, id, &answer)
            .await
            .map(Some)
    }

    /// Marks a capture as sent, unless it is over, or was taken back before anybody asked.
    async fn claim_capture(
        &self,
        ctx: &CallCtx,
        id: CaptureId,
    ) -> Result<Option<(Capture, String)>, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.claim_capture").await?;
            let payment_id = store::captures::get(&mut tx, id).await?.payment_id;
            let mut payment = store::payments::get_locked(&mut tx, payment_id).await?;
            let mut capture = store::captures::get(&mut tx, id).await?;
            if !capture.progress.status.is_open() {
                return Ok(None);
            }
            if payment.void.is_some() && capture.progress.tries == 0 {
                self.settle_void(&mut tx, &mut payment).await?;
                store::payments::save(&mut tx, &mut payment).await?;
                tx.commit().await?;
                return Ok(None);
            }
            let attempt = store::attempts::get(&mut tx, capture.attempt_id).await?;
            capture.progress.claim(self.after_grace(tx.now()));
            store::captures::save(&mut tx, &capture).await?;
            tx.commit().await?;
            Ok(Some((capture, attempt.provider_ref.unwrap_or_default())))
        })
        .await
    }

    async fn record_capture_outcome(
        &self,
        ctx: &CallCtx,
        id: CaptureId,
        answer: &Outcome<Snapshot>,
    ) -> Result<Capture, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.record_capture").await?;
            let payment_id = store::captures::get(&mut tx, id).await?.payment_id;
            let mut payment = store::payments::get_locked(&mut tx, payment_id).await?;
            let mut capture = store::captures::get(&mut tx, id).await?;
            // A webhook may have been faster.
            if capture.progress.status.is_open() {
                match answer {
                    Outcome::Succeeded(_) => {
                        self.settle_capture(&mut tx, &mut payment, &mut capture)
                            .await?;
                    }
                    Outcome::Declined(refusal) if refusal.code == "already_captured" => {
                        self.settle_capture(&mut tx, &mut payment, &mut capture)
                            .await?;
                    }
                    Outcome::Declined(refusal) => {
                        self.fail_capture(&mut tx, &payment, &mut capture, refusal.code.clone())
                            .await?;
                    }
                    Outcome::Ambiguous(_) => {
                        capture.progress.doubt(tx.now());
                        store::captures::save(&mut tx, &capture).await?;
                    }
                }
                self.settle_void(&mut tx, &mut payment).await?;
                store::payments::save(&mut tx, &mut payment).await?;
            }
            tx.commit().await?;
            Ok(capture)
        })
        .await
    }
}
