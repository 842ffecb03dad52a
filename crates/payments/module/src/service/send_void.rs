//! Lets an attempt go at the provider: asks under the void's key until it gives a clear answer.

use payments_contract::AttemptId;
use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::Service;
use super::hear::{Report, Source};
use crate::domain::operation::{OperationStatus, Void};
use crate::provider::{self, Outcome, Snapshot};
use crate::store;

impl Service {
    /// Sends a void and writes down what came of it; `None` if there was nothing to send.
    pub(crate) async fn send_void(
        &self,
        ctx: &CallCtx,
        attempt: AttemptId,
    ) -> Result<Option<Void>, StoreError> {
        let Some(request) = self.claim_void(ctx, attempt).await? else {
            return Ok(None);
        };
        let answer = self.call(ctx, "void", self.provider.void(request)).await;
        let taken_instead =
            matches!(&answer, Outcome::Declined(refusal) if refusal.code == "already_captured");
        let void = self.record_void_outcome(ctx, attempt, answer).await?;
        if taken_instead {
            // How much was taken stands in the provider's totals, and goes back from there.
            let answer = self.call(ctx, "find", self.provider.find(attempt)).await;
            self.hear(
                ctx,
                void.payment_id,
                attempt,
                &Report::from_search(answer),
                Source::Asked,
            )
            .await?;
        }
        Ok(Some(void))
    }

    /// Marks a void as sent, unless it is over; returns what to send.
    async fn claim_void(
        &self,
        ctx: &CallCtx,
        attempt: AttemptId,
    ) -> Result<Option<provider::Void>, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.claim_void").await?;
            let payment_id = store::voids::get(&mut tx, attempt).await?.payment_id;
            store::payments::get_locked(&mut tx, payment_id).await?;
            let mut void = store::voids::get(&mut tx, attempt).await?;
            if !void.progress.status.is_open() {
                return Ok(None);
            }
            let attempt = store::attempts::get(&mut tx, attempt).await?;
            void.progress.claim(self.after_grace(tx.now()));
            store::voids::save(&mut tx, &void).await?;
            tx.commit().await?;
            Ok(Some(provider::Void {
                attempt: attempt.id,
                reason: void.reason,
                provider_ref: attempt.provider_ref.unwrap_or_default(),
            }))
        })
        .await
    }

    async fn record_void_outcome(
        &self,
        ctx: &CallCtx,
        attempt_id: AttemptId,
        answer: Outcome<Snapshot>,
    ) -> Result<Void, StoreError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.record_void").await?;
            let payment_id = store::voids::get(&mut tx, attempt_id).await?.payment_id;
            let payment = store::payments::get_locked(&mut tx, payment_id).await?;
            let attempt = store::attempts::get(&mut tx, attempt_id).await?;
            let mut void = store::voids::get(&mut tx, attempt_id).await?;
            if void.progress.status.is_open() {
                let report = match &answer {
                    Outcome::Succeeded(snapshot) => {
                        void.progress.close(OperationStatus::Succeeded, None);
                        Some(Report::from(snapshot.clone()))
                    }
                    // Nothing is held, which is what was wanted.
                    Outcome::Declined(refusal) if holds_nothing(&refusal.code) => {
                        void.progress.close(OperationStatus::Succeeded, Some(refusal.code.clone()));
                        Some(Report::canceled(&attempt, &payment))
                    }
                    Outcome::Declined(refusal) => {
                        tracing::error!(attempt.id = %attempt_id, code = refusal.code, "a void was refused");
                        void.progress.close(OperationStatus::Failed, Some(refusal.code.clone()));
                        None
                    }
                    Outcome::Ambiguous(_) => {
                        void.progress.doubt(tx.now());
                        None
                    }
                };
                store::voids::save(&mut tx, &void).await?;
                if let Some(report) = report {
                    self.hear_in(&mut tx, payment_id, attempt_id, &report, Source::Answer).await?;
                }
            }
            tx.commit().await?;
            Ok(void)
        })
        .await
    }
}

fn holds_nothing(code: &str) -> bool {
    matches!(code, "already_canceled" | "already_declined" | "not_found")
}
