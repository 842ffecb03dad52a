//! Writes down how captures and refunds ended.

use payments_contract::{PaymentCaptureFailed, PaymentCaptured, RefundFailed, RefundSucceeded};
use tenon_events::Emit as _;
use tenon_kernel::Money;
use tenon_store::{StoreError, Tx};

use super::Service;
use crate::domain::ledger::EntryKind;
use crate::domain::operation::{Capture, OperationStatus, Refund};
use crate::domain::payment::Payment;
use crate::store;

impl Service {
    /// The money of a capture was taken.
    pub(super) async fn settle_capture(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        capture: &mut Capture,
    ) -> Result<(), StoreError> {
        capture.progress.close(OperationStatus::Succeeded, None);
        store::captures::save(tx, capture).await?;
        self.post(
            tx,
            payment,
            EntryKind::Capture,
            capture.id.uuid(),
            capture.amount,
        )
        .await?;
        if payment.winner != Some(capture.attempt_id) {
            return Ok(());
        }
        payment.captured = sum(payment.captured, capture.amount)?;
        tx.emit(&PaymentCaptured {
            payment_id: payment.id,
            order_id: payment.order_id,
            capture_id: capture.id,
            amount: capture.amount,
            captured_total: payment.captured,
        })
        .await?;
        Ok(())
    }

    /// The provider refused a capture for good.
    pub(super) async fn fail_capture(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        capture: &mut Capture,
        reason: String,
    ) -> Result<(), StoreError> {
        tracing::error!(payment.id = %payment.id, capture.id = %capture.id, reason, "a capture was refused");
        capture
            .progress
            .close(OperationStatus::Failed, Some(reason.clone()));
        store::captures::save(tx, capture).await?;
        tx.emit(&PaymentCaptureFailed {
            payment_id: payment.id,
            order_id: payment.order_id,
            capture_id: capture.id,
            amount: capture.amount,
            reason,
        })
        .await?;
        Ok(())
    }

    /// The money of a refund was given back.
    pub(super) async fn settle_refund(
        &self,
        tx: &mut Tx<'_>,
        payment: &mut Payment,
        refund: &mut Refund,
    ) -> Result<(), StoreError> {
        refund.progress.close(OperationStatus::Succeeded, None);
        store::refunds::save(tx, refund).await?;
        self.post(
            tx,
            payment,
            EntryKind::Refund,
            refund.id.uuid(),
            refund.amount,
        )
        .await?;
        if payment.winner == Some(refund.attempt_id) {
            payment.refunded = sum(payment.refunded, refund.amount)?;
        }
        tx.emit(&RefundSucceeded {
            refund_id: refund.id,
            payment_id: payment.id,
            order_id: payment.order_id,
            amount: refund.amount,
            refunded_total: payment.refunded,
            reason: refund.reason.clone(),
        })
        .await?;
        Ok(())
    }

    /// The provider refused a refund for good.
    pub(super) async fn fail_refund(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        refund: &mut Refund,
        failure: String,
    ) -> Result<(), StoreError> {
        tracing::error!(payment.id = %payment.id, refund.id = %refund.id, failure, "a refund was refused");
        self.close_refund(tx, payment, refund, failure).await
    }

    /// A refund came to nothing.
    pub(super) async fn close_refund(
        &self,
        tx: &mut Tx<'_>,
        payment: &Payment,
        refund: &mut Refund,
        failure: String,
    ) -> Result<(), StoreError> {
        refund
            .progress
            .close(OperationStatus::Failed, Some(failure.clone()));
        store::refunds::save(tx, refund).await?;
        tx.emit(&RefundFailed {
            refund_id: refund.id,
            payment_id: payment.id,
            order_id: payment.order_id,
            amount: refund.amount,
            reason: refund.reason.clone(),
            failure,
        })
        .await?;
        Ok(())
    }
}

fn sum(total: Money, part: Money) -> Result<Money, StoreError> {
    total
        .checked_add(part)
        .map_err(|error| StoreError::Inconsistent {
            what: format!("payments: {error}"),
        })
}
