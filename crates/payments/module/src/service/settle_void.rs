//! Brings a payment that is to be undone one step nearer to that, as far as what is known allows.

use payments_contract::{PaymentVoided, RefundId};
use tenon_events::Emit as _;
use tenon_kernel::Money;
use tenon_store::{StoreError, Tx};

use super::Service;
use super::effects::Send;
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::operation::OperationStatus;
use crate::domain::payment::Payment;
use crate::domain::transition;
use crate::store;

impl Service {
    /// Takes the next step of an undoing, if one is wanted; idempotent. The caller saves the payment.
    ///
    /// Whatever is not known yet is waited for: its outcome leads here again.
    pub(super) async fn settle_void(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
    ) -> Result<(), StoreError> {
        let Some(void) = payment.void.clone() else {
            return Ok(());
        };
        if payment.voided_at.is_some() {
            return Ok(());
        }
        let mut attempts = store::attempts::of_payment(tx, payment.id).await?;
        for attempt in attempts
            .iter_mut()
            .filter(|attempt| attempt.state == AttemptState::RequiresAction)
        {
            self.let_go(tx, payment, attempt, &void.reason).await?;
        }
        let is_open = |attempt: &Attempt| {
            attempt.state.is_in_motion() || attempt.state == AttemptState::Releasing
        };
        let winner = attempts
            .iter_mut()
            .find(|attempt| payment.winner == Some(attempt.id));
        let Some(winner) = winner.filter(|_| payment.authorized.minor() > 0) else {
            if !attempts.iter().any(is_open) {
                self.finish_void(tx, payment, void.reason).await?;
            }
            return Ok(());
        };
        if self.cancel_unsent_captures(tx, payment).await? {
            return Ok(());
        }
        if payment.captured.minor() > 0 {
            return self.give_back(tx, payment, winner, void.reason).await;
        }
        if winner.state == AttemptState::Authorized {
            self.let_go(tx, payment, winner, &void.reason).await?;
        }
        Ok(())
    }

    /// Takes back captures that were never sent; says whether any may still succeed.
    async fn cancel_unsent_captures(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
    ) -> Result<bool, StoreError> {
        let mut any_open = false;
        for mut capture in store::captures::of_payment(tx, payment.id).await? {
            match capture.progress.status {
                OperationStatus::ToSend => {
                    capture.progress.close(OperationStatus::Cancelled, None);
                    store::captures::save(tx, &capture).await?;
                }
                status => any_open |= status.is_open(),
            }
        }
        Ok(any_open)
    }

    /// Refunds what was taken and is not on its way back. The refund's id follows from the payment's: one undoing,
    /// one refund.
    async fn give_back(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        winner: &Attempt,
        reason: String,
    ) -> Result<(), StoreError> {
        self.withdraw_awaiting(tx, payment).await?;
        let refunds = store::refunds::of_payment(tx, payment.id).await?;
        let id: RefundId = payment.id.derive("void");
        let due = payment.refundable(&refunds);
        if due.minor() == 0 || refunds.iter().any(|refund| refund.id == id) {
            return Ok(());
        }
        self.record_refund(tx, payment, winner, (id, due, reason, None), Send::ByJob)
            .await?;
        Ok(())
    }

    async fn let_go(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        attempt: &mut Attempt,
        reason: &str,
    ) -> Result<(), StoreError> {
        let now = tx.now();
        let effect = transition::release(payment, attempt, reason, now);
        store::attempts::save(tx, attempt).await?;
        self.perform(tx, payment, attempt, vec![effect], None).await
    }

    /// Nothing was ever held.
    async fn finish_void(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        reason: String,
    ) -> Result<(), StoreError> {
        payment.voided_at = Some(tx.now());
        let amount = Money::zero(payment.amount.currency());
        tx.emit(&PaymentVoided {
            payment_id: payment.id,
            order_id: payment.order_id,
            amount,
            reason,
        })
        .await?;
        Ok(())
    }
}
