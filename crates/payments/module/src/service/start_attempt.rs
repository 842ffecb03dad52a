//! Starts another attempt after a decline, or in place of one that waits for the buyer.

use payments_contract::{AttemptId, Payment as View, PaymentsError, StartAttempt};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::hear::Source;
use super::open_payment::{check_attempts, check_method};
use super::{Refusal, Service, refused};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::payment::{Current, Payment};
use crate::domain::transition;
use crate::store;

const OPERATION: &str = "payments.start_attempt";

impl Service {
    #[tracing::instrument(name = "payments.start_attempt", skip_all, fields(payment.id = %req.payment_id))]
    pub(crate) async fn attempt(&self, ctx: &CallCtx, req: StartAttempt) -> Result<View, Refusal> {
        check_method(req.payment_method.as_deref()).map_err(SeamError::Domain)?;
        let payment_id = req.payment_id;
        let (payment, new) = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "payments.start_attempt").await?;
            if let Claim::Replay(outcome) =
                tx.claim_key::<AttemptId, PaymentsError>(OPERATION).await?
            {
                outcome.map_err(SeamError::Domain)?;
                let payment = store::payments::find(&mut tx, payment_id).await?;
                tx.rollback().await?;
                return match payment {
                    Some(payment) => Ok((payment, None)),
                    None => refused(PaymentsError::NotFound { payment_id }),
                };
            }
            let Some(mut payment) = store::payments::lock(&mut tx, payment_id).await? else {
                return refused(PaymentsError::NotFound { payment_id });
            };
            if let Err(error) = check(&payment) {
                let error = tx
                    .refuse::<AttemptId, PaymentsError>(OPERATION, error)
                    .await?;
                return refused(error);
            }
            self.call_off_current(&mut tx, &mut payment).await?;
            payment.attempts += 1;
            payment.current = Current::new();
            let attempt = self
                .record_attempt(&mut tx, &payment, req.payment_method.clone())
                .await?;
            store::payments::save(&mut tx, &mut payment).await?;
            tx.commit_outcome::<AttemptId, PaymentsError>(
                OPERATION,
                &Ok(attempt.id),
                Some(attempt.id.to_string()),
            )
            .await?;
            Ok::<(Payment, Option<Attempt>), Refusal>((payment, Some(attempt)))
        })
        .await?;
        match new {
            None => Ok(payment.view()),
            Some(attempt) => Ok(self
                .send(ctx, &payment, &attempt, Source::Answer)
                .await?
                .payment
                .view()),
        }
    }

    /// The buyer chose another way: the page that waits for them is closed.
    async fn call_off_current(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
    ) -> Result<(), StoreError> {
        if payment.current.state != AttemptState::RequiresAction {
            return Ok(());
        }
        let now = tx.now();
        let attempts = store::attempts::of_payment(tx, payment.id).await?;
        for mut attempt in attempts
            .into_iter()
            .filter(|attempt| attempt.state == AttemptState::RequiresAction)
        {
            let effect = transition::release(payment, &mut attempt, "superseded", now);
            store::attempts::save(tx, &attempt).await?;
            self.perform(tx, payment, &attempt, vec![effect], None)
                .await?;
        }
        Ok(())
    }
}

fn check(payment: &Payment) -> Result<(), PaymentsError> {
    let (payment_id, status) = (payment.id, payment.status());
    if !payment.wants_money() {
        return Err(PaymentsError::PaymentClosed { payment_id, status });
    }
    match payment.current.state {
        AttemptState::Declined
        | AttemptState::Voided
        | AttemptState::Lost
        | AttemptState::RequiresAction => check_attempts(payment),
        AttemptState::ToSend
        | AttemptState::Processing
        | AttemptState::Unknown
        | AttemptState::Authorized
        | AttemptState::Releasing => Err(PaymentsError::AttemptOpen { payment_id, status }),
    }
}
