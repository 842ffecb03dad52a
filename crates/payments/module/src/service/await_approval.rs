//! Refunds that wait for a second person: recorded, and ended without one.

use payments_contract::{RefundApprovalRequested, RefundId, UserRef};
use tenon_events::Emit as _;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::Money;
use tenon_store::{StoreError, Tx};

use super::{Service, is_manual};
use crate::domain::approval::{Approval, ApprovalState, needs_approval};
use crate::domain::attempt::Attempt;
use crate::domain::operation::{Progress, Refund};
use crate::domain::payment::Payment;
use crate::jobs::SendRefund;
use crate::store;

impl Service {
    /// Whether a person may not give this back alone, after what persons gave back of the payment before.
    pub(super) fn needs_second_person(&self, amount: Money, earlier: &[Refund]) -> bool {
        let limit = self.settings.refund_limits.get(&amount.currency());
        limit.is_some_and(|limit| needs_approval(*limit, amount, earlier))
    }

    /// The limit, if undoing a payment by hand would give back more than one person may.
    pub(super) async fn void_needs_approval(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
    ) -> Result<Option<Money>, StoreError> {
        let currency = payment.amount.currency();
        let Some(limit) = self.settings.refund_limits.get(&currency) else {
            return Ok(None);
        };
        let refunds = store::refunds::of_payment(tx, payment.id).await?;
        let due = payment.refundable(&refunds);
        let is_over = due.minor() > 0 && needs_approval(*limit, due, &refunds);
        let limit = Money::new(*limit, currency).unwrap_or(due);
        Ok((is_over && is_manual(tx.ctx())).then_some(limit))
    }

    /// Records a refund that is not sent before somebody else has approved it; a job ends it if nobody does.
    pub(super) async fn record_awaiting(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        attempt: &Attempt,
        (id, amount, reason, person): (RefundId, Money, String, UserRef),
    ) -> Result<Refund, StoreError> {
        let now = tx.now();
        let expires_at = now + self.settings.approval_time();
        let refund = Refund {
            id,
            payment_id: payment.id,
            attempt_id: attempt.id,
            amount,
            reason,
            progress: Progress::new(expires_at),
            requested_by: Some(person),
            approval: Some(Approval::awaited(expires_at)),
            created_at: now,
        };
        store::refunds::insert(tx, &refund).await?;
        tx.emit(&RefundApprovalRequested {
            refund_id: id,
            payment_id: payment.id,
            order_id: payment.order_id,
            amount,
            reason: refund.reason.clone(),
            requested_by: person,
            expires_at,
        })
        .await?;
        // Its own key: the job that sends the refund once it is approved must not be taken for this one.
        let options = JobOptions {
            run_at: Some(expires_at),
            unique_key: Some(format!("{id}/approval")),
        };
        tx.enqueue(&SendRefund { refund_id: id }, options).await?;
        Ok(refund)
    }

    /// Ends a refund that waits for approval if its time has come; says whether it did. The payment is locked.
    pub(super) async fn expire_approval(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        refund: &mut Refund,
    ) -> Result<bool, StoreError> {
        let due = refund.approval.as_ref().map(|it| it.expires_at);
        if due.is_none_or(|at| tx.now() < at) {
            return Ok(false);
        }
        let ended = (ApprovalState::Expired, None, None);
        self.end_approval(tx, payment, refund, ended).await?;
        store::payments::save(tx, payment).await?;
        Ok(true)
    }

    /// Ends all refunds of a payment that wait for approval: the payment is undone as a whole.
    pub(super) async fn withdraw_awaiting(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
    ) -> Result<(), StoreError> {
        for mut refund in store::refunds::of_payment(tx, payment.id).await? {
            if refund.is_awaiting() {
                let ended = (ApprovalState::Undone, None, None);
                self.end_approval(tx, payment, &mut refund, ended).await?;
            }
        }
        Ok(())
    }

    /// Ends refunds that wait for approval while more is promised back than is left: the provider gave money back by
    /// itself. The youngest go first.
    pub(super) async fn withdraw_unfitting(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
    ) -> Result<(), StoreError> {
        let mut refunds = store::refunds::of_payment(tx, payment.id).await?;
        while payment.is_overdrawn(&refunds) {
            let Some(last) = refunds.iter_mut().rev().find(|it| it.is_awaiting()) else {
                break; // all that is left was sent: the provider decides
            };
            let ended = (ApprovalState::Undone, None, None);
            self.end_approval(tx, payment, last, ended).await?;
        }
        Ok(())
    }

    /// Ends a refund that waits for approval: its amount is free again.
    pub(super) async fn end_approval(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        refund: &mut Refund,
        (state, by, note): (ApprovalState, Option<UserRef>, Option<String>),
    ) -> Result<(), StoreError> {
        let now = tx.now();
        if let Some(approval) = &mut refund.approval {
            approval.decide(state, by, now, note);
        }
        store::refunds::save_approval(tx, refund).await?;
        self.close_refund(tx, payment, refund, state.failure().to_owned())
            .await
    }
}
