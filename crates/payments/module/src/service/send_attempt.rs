//! Sends a recorded attempt to the provider, always under the same key.

use payments_contract::AttemptId;
use tenon_kernel::CallCtx;
use tenon_store::StoreError;

use super::Service;
use super::hear::{Heard, Report, Source};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::payment::Payment;
use crate::provider::{Authorize, Outcome, Snapshot};
use crate::store;

impl Service {
    /// Sends an attempt and takes in what comes back.
    pub(super) async fn send(
        &self,
        ctx: &CallCtx,
        payment: &Payment,
        attempt: &Attempt,
        source: Source<'_>,
    ) -> Result<Heard, StoreError> {
        let answer = self
            .call(ctx, "authorize", self.charge(payment, attempt))
            .await;
        self.hear(
            ctx,
            payment.id,
            attempt.id,
            &Report::from_answer(answer),
            source,
        )
        .await
    }

    /// Asks the provider for the money of an attempt.
    pub(super) async fn charge(&self, payment: &Payment, attempt: &Attempt) -> Outcome<Snapshot> {
        let request = Authorize {
            attempt: attempt.id,
            amount: payment.amount,
            payment_method: attempt.payment_method.clone(),
            return_url: payment.return_url.clone(),
        };
        self.provider.authorize(request).await
    }

    /// Sends an attempt that nobody saw through: the process died between the rows and the provider.
    pub(crate) async fn send_unsent(
        &self,
        ctx: &CallCtx,
        attempt_id: AttemptId,
    ) -> Result<(), StoreError> {
        let Some(attempt) = store::attempts::find(&mut self.db.read(ctx), attempt_id).await? else {
            return Ok(());
        };
        if attempt.state != AttemptState::ToSend {
            return Ok(());
        }
        let Some(payment) =
            store::payments::find(&mut self.db.read(ctx), attempt.payment_id).await?
        else {
            return Ok(());
        };
        if payment.wants_money() {
            self.send(ctx, &payment, &attempt, Source::Answer).await?;
        } else {
            // It may have been sent: only the provider knows.
            self.poll(ctx, attempt_id, Source::Asked).await?;
        }
        Ok(())
    }
}
