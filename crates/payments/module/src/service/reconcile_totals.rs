//! Compares what the provider took and gave back with what is recorded, and settles or adopts the difference.

use payments_contract::{CaptureId, RefundId};
use tenon_kernel::Money;
use tenon_store::{StoreError, Tx};

use super::Service;
use super::effects::Send;
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::operation::{Capture, OperationStatus, Progress, Refund};
use crate::domain::payment::Payment;
use crate::domain::reconcile::{Settled, Totals, settle_up_to};
use crate::store;

impl Service {
    /// Settles what the provider's totals prove. Money that moved there without us is adopted, so that the ledger
    /// shows it, and given back if it belongs to an attempt nobody wanted.
    pub(super) async fn reconcile_totals(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        attempt: &mut Attempt,
        totals: Totals,
    ) -> Result<(), StoreError> {
        let is_winner = payment.winner == Some(attempt.id);
        let known = Totals {
            captured: payment.captured.minor(),
            refunded: payment.refunded.minor(),
        };
        let holds_money = matches!(
            attempt.state,
            AttemptState::Authorized | AttemptState::Releasing
        );
        // An attempt that reported the wrong money is not in the ledger: people sort that out.
        if totals.captured == 0 || !holds_money || !attempt.posted || (is_winner && totals == known)
        {
            return Ok(());
        }
        self.reconcile_captures(tx, payment, attempt, totals.captured)
            .await?;
        self.reconcile_refunds(tx, payment, attempt, totals.refunded)
            .await?;
        if !is_winner && totals.refunded == totals.captured {
            attempt.state = AttemptState::Voided;
        }
        Ok(())
    }

    async fn reconcile_captures(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        attempt: &Attempt,
        total: i64,
    ) -> Result<(), StoreError> {
        let all = store::captures::of_payment(tx, payment.id).await?;
        let next_no = all.last().map_or(1, |capture| capture.number + 1);
        let (settled, mut open) = sort(
            all.into_iter()
                .filter(|capture| capture.attempt_id == attempt.id),
            |capture| (capture.progress.status, capture.amount),
        );
        let amounts: Vec<i64> = open.iter().map(|capture| capture.amount.minor()).collect();
        let Settled {
            operations,
            unexplained,
        } = settle_up_to(total, settled, &amounts);
        for capture in open.iter_mut().take(operations) {
            self.settle_capture(tx, payment, capture).await?;
        }
        if unexplained == 0 {
            return Ok(());
        }
        let amount = part(payment, unexplained)?;
        tracing::error!(payment.id = %payment.id, attempt.id = %attempt.id, %amount, "the provider took money unasked");
        let id: CaptureId = attempt.id.derive(&format!("capture:{total}"));
        let mut capture = Capture {
            id,
            payment_id: payment.id,
            attempt_id: attempt.id,
            number: next_no,
            amount,
            progress: Progress::new(tx.now()),
            created_at: tx.now(),
        };
        store::captures::insert(tx, &capture).await?;
        self.settle_capture(tx, payment, &mut capture).await?;
        if payment.winner != Some(attempt.id) {
            let back = (
                attempt.id.derive("surplus"),
                amount,
                "surplus".to_owned(),
                None,
            );
            self.record_refund(tx, payment, attempt, back, Send::ByJob)
                .await?;
        }
        Ok(())
    }

    async fn reconcile_refunds(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        attempt: &Attempt,
        total: i64,
    ) -> Result<(), StoreError> {
        let all = store::refunds::of_payment(tx, payment.id).await?;
        let (settled, mut open) = sort(
            all.into_iter()
                // One that waits for approval was never sent.
                .filter(|refund| refund.attempt_id == attempt.id && !refund.is_awaiting()),
            |refund| (refund.progress.status, refund.amount),
        );
        let amounts: Vec<i64> = open.iter().map(|refund| refund.amount.minor()).collect();
        let Settled {
            operations,
            unexplained,
        } = settle_up_to(total, settled, &amounts);
        for refund in open.iter_mut().take(operations) {
            self.settle_refund(tx, payment, refund).await?;
        }
        if unexplained == 0 {
            return Ok(());
        }
        let amount = part(payment, unexplained)?;
        tracing::error!(payment.id = %payment.id, attempt.id = %attempt.id, %amount, "the provider gave money back unasked");
        let id: RefundId = attempt.id.derive(&format!("refund:{total}"));
        let mut refund = Refund {
            id,
            payment_id: payment.id,
            attempt_id: attempt.id,
            amount,
            reason: "made_at_provider".to_owned(),
            progress: Progress::new(tx.now()),
            requested_by: None,
            approval: None,
            created_at: tx.now(),
        };
        store::refunds::insert(tx, &refund).await?;
        self.settle_refund(tx, payment, &mut refund).await?;
        self.withdraw_unfitting(tx, payment).await
    }
}

/// Splits operations into the sum of the settled ones and the open ones, in order.
fn sort<T>(
    operations: impl Iterator<Item = T>,
    of: impl Fn(&T) -> (OperationStatus, Money),
) -> (i64, Vec<T>) {
    let mut settled = 0;
    let mut open = Vec::new();
    for operation in operations {
        let (status, amount) = of(&operation);
        if status == OperationStatus::Succeeded {
            settled += amount.minor();
        } else if status.is_open() {
            open.push(operation);
        }
    }
    (settled, open)
}

fn part(payment: &Payment, minor: i64) -> Result<Money, StoreError> {
    Money::new(minor, payment.amount.currency()).map_err(|error| StoreError::Inconsistent {
        what: format!("the provider's totals: {error}"),
    })
}
