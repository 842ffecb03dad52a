//! Asks the provider now.

use payments_contract::{PaymentId, PaymentsError};
use tenon_kernel::CallCtx;
use tenon_store::StoreError;

use super::hear::{Report, Source};
use super::{Refusal, Service, refused};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::payment::Payment;
use crate::store;

impl Service {
    /// Asks about attempts in motion and returns the payment as it is then. Asks nothing if nothing is in motion,
    /// or if the first answer is still being waited for.
    #[tracing::instrument(name = "payments.refresh", skip_all, fields(payment.id = %payment_id))]
    pub(crate) async fn refresh(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
    ) -> Result<Payment, Refusal> {
        let payment = self.existing(ctx, payment_id).await?;
        if !payment.status().is_in_motion() {
            return Ok(payment);
        }
        let now = self.db.env().now();
        for attempt in store::attempts::of_payment(&mut self.db.read(ctx), payment_id).await? {
            let is_being_sent = attempt.state == AttemptState::ToSend
                && now.since(attempt.created_at) < self.settings.resend_after();
            if attempt.state.is_in_motion() && !is_being_sent {
                self.poll(ctx, attempt.id, Source::Asked).await?;
            }
        }
        self.existing(ctx, payment_id).await
    }

    /// Asks about everything that is open, and compares what was taken and given back.
    #[tracing::instrument(name = "payments.reconcile", skip_all, fields(payment.id = %payment_id))]
    pub(crate) async fn reconcile(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
    ) -> Result<Payment, Refusal> {
        let payment = self.existing(ctx, payment_id).await?;
        for attempt in store::attempts::of_payment(&mut self.db.read(ctx), payment_id).await? {
            if attempt.state.is_in_motion() {
                self.poll(ctx, attempt.id, Source::Asked).await?;
            } else if matches!(
                attempt.state,
                AttemptState::Authorized | AttemptState::Releasing
            ) {
                self.ask(ctx, &payment, &attempt).await?;
            }
        }
        for capture in store::captures::of_payment(&mut self.db.read(ctx), payment_id).await? {
            if capture.progress.status.is_open() {
                self.send_capture(ctx, capture.id).await?;
            }
        }
        for refund in store::refunds::of_payment(&mut self.db.read(ctx), payment_id).await? {
            if refund.progress.status.is_open() && !refund.is_awaiting() {
                self.send_refund(ctx, refund.id).await?;
            }
        }
        self.existing(ctx, payment_id).await
    }

    async fn ask(
        &self,
        ctx: &CallCtx,
        payment: &Payment,
        attempt: &Attempt,
    ) -> Result<(), StoreError> {
        let answer = self.call(ctx, "find", self.provider.find(attempt.id)).await;
        self.hear(
            ctx,
            payment.id,
            attempt.id,
            &Report::from_search(answer),
            Source::Asked,
        )
        .await?;
        Ok(())
    }

    async fn existing(&self, ctx: &CallCtx, payment_id: PaymentId) -> Result<Payment, Refusal> {
        match store::payments::find(&mut self.db.read(ctx), payment_id).await? {
            Some(payment) => Ok(payment),
            None => refused(PaymentsError::NotFound { payment_id }),
        }
    }
}
