//! Takes authorised money: asks the provider under the capture's key until it gives a clear answer.

use payments_contract::CaptureId;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, Tx, retrying};

use super::Service;
use crate::domain::operation::{Capture, OperationStatus};
use crate::provider::{self, Outcome, Snapshot};
use crate::store;

/// How a capture came to be done.
#[derive(Debug, Clone, Copy)]
enum Taken {
    /// By this request, or an earlier one under its key.
    Now,
    /// By another one: so much is taken in all, in minor units.
    Before(i64),
}

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
        let taken = self.taken_before(ctx, &capture, answer).await;
        self.record_capture_outcome(ctx, id, &taken).await.map(Some)
    }

    /// `already_captured` says that money was taken, not how much: after a refund it may mean that there is no more
    /// to take. What the provider holds decides.
    async fn taken_before(
        &self,
        ctx: &CallCtx,
        capture: &Capture,
        answer: Outcome<Snapshot>,
    ) -> Outcome<Taken> {
        match answer {
            Outcome::Declined(refusal) if refusal.code == "already_captured" => {
                let attempt = capture.attempt_id;
                match self.call(ctx, "find", self.provider.find(attempt)).await {
                    Outcome::Succeeded(Some(snapshot)) => {
                        Outcome::Succeeded(Taken::Before(snapshot.captured))
                    }
                    Outcome::Succeeded(None) | Outcome::Declined(_) => Outcome::Declined(refusal),
                    Outcome::Ambiguous(doubt) => Outcome::Ambiguous(doubt),
                }
            }
            answer => answer.map(|_| Taken::Now),
        }
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
        answer: &Outcome<Taken>,
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
                    Outcome::Succeeded(taken) => {
                        let booked = booked(&mut tx, &capture).await?;
                        if taken.is_enough_for(&capture, booked) {
                            self.settle_capture(&mut tx, &mut payment, &mut capture)
                                .await?;
                        } else {
                            let code = "already_captured".to_owned();
                            self.fail_capture(&mut tx, &payment, &mut capture, code)
                                .await?;
                        }
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

impl Taken {
    /// Whether the money of this capture is taken, beside what others booked.
    fn is_enough_for(self, capture: &Capture, booked: i64) -> bool {
        match self {
            Self::Now => true,
            Self::Before(total) => total >= booked + capture.amount.minor(),
        }
    }
}

/// Minor units that other captures of the same attempt took.
async fn booked(tx: &mut Tx<'_>, capture: &Capture) -> Result<i64, StoreError> {
    let captures = store::captures::of_payment(tx, capture.payment_id).await?;
    let others = captures.iter().filter(|other| {
        other.id != capture.id
            && other.attempt_id == capture.attempt_id
            && other.progress.status == OperationStatus::Succeeded
    });
    Ok(others.map(|other| other.amount.minor()).sum())
}
