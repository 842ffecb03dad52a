//! Step 5 again: another attempt after a decline, once for each wish.

use orders_contract::{CheckoutId, OrdersError};
use payments_contract::{Payment, PaymentStatus, PaymentsError, StartAttempt};
use tenon_jobs::SagaStatus;
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::{Claim, StoreError, retrying};

use super::{Driven, Moved, Process};
use crate::domain::checkout::{CheckoutStatus, Step};
use crate::service::confirm_checkout::OPERATION as CONFIRM;
use crate::service::{Service, internal, upstream};
use crate::{same_id, store};

impl Service {
    /// Writes down that attempt `n + 1` is to be made, before payments hears of it. Of several buyers' clicks one
    /// gets through: the others lose the swap, or find the idempotency key taken (`None`).
    pub(super) async fn plan_attempt(
        &self,
        ctx: &CallCtx,
        process: &Process,
        declined: &Payment,
        payment_method: Option<String>,
    ) -> Driven<Option<Moved>> {
        let id = process.checkout.id;
        let moved = retrying(|| async {
            let mut next = process.clone();
            next.saga.state.attempt = declined.attempts + 1;
            next.saga.state.payment_method.clone_from(&payment_method);
            next.checkout.status = CheckoutStatus::Working;
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.plan_attempt").await?;
            if let Claim::Replay(_) = tx.claim_key::<CheckoutId, OrdersError>(CONFIRM).await? {
                return Ok(None);
            }
            next.go_on(&mut tx, Step::StartAttempt, SagaStatus::Running)
                .await?;
            store::checkouts::save(&mut tx, &mut next.checkout).await?;
            tx.commit_outcome::<CheckoutId, OrdersError>(CONFIRM, &Ok(id), Some(id.to_string()))
                .await?;
            Ok::<_, StoreError>(Some(Moved::on(next)))
        });
        Ok(moved.await?)
    }

    /// Makes the attempt that was written down, unless it was made already.
    pub(crate) async fn start_attempt(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let Some(payment) = self.payment(ctx, process).await? else {
            return Err(internal("payment vanished").into());
        };
        let state = &process.saga.state;
        if payment.attempts >= state.attempt || self.is_overdue(process) {
            return self.heed(ctx, process, &payment).await;
        }
        let request = StartAttempt {
            payment_id: same_id(process.checkout.payment_id),
            payment_method: state.payment_method.clone(),
        };
        let call = process.command(ctx, &format!("attempt/{}", state.attempt), &request);
        match self.payments.start_attempt(&call, request).await {
            Ok(payment) => self.heed(ctx, process, &payment).await,
            // The earlier attempt came to something after all, or is still under way: look at what there is.
            Err(SeamError::Domain(
                PaymentsError::AttemptOpen { .. } | PaymentsError::PaymentClosed { .. },
            )) => match self.payment(ctx, process).await? {
                Some(payment) => self.heed(ctx, process, &payment).await,
                None => Err(internal("payment vanished").into()),
            },
            Err(SeamError::Domain(refusal)) => self.payment_refused(ctx, process, &refusal).await,
            Err(error) => Err(upstream(&error).into()),
        }
    }

    /// Payments told something while a driver is at its attempt, or died there. What is decided is heeded. An attempt
    /// that has still to be made, or to be answered, stays with its driver: the answer brings news of its own, and a
    /// driver that is gone is replaced when its time is over.
    pub(crate) async fn overtake(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let payment = self.payment(ctx, process).await?;
        let decided = payment.filter(|payment| {
            payment.attempts >= process.saga.state.attempt
                && payment.status != PaymentStatus::Pending
        });
        match decided {
            Some(payment) => self.heed(ctx, process, &payment).await,
            None => Ok(Moved::Nowhere),
        }
    }
}
