//! What the fake answers.

use async_trait::async_trait;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::{SeamError, SeamResult};

use super::{Call, FakePayments, Row};
use crate::{
    CapturePayment, FoundPayments, GetPayments, ListSettlements, MAX_IDS, OpenPayment, Payment,
    PaymentStatus, Payments, PaymentsError, RefreshPayment, Refund, RefundPayment, RefundStatus,
    Settlement, Settlements, StartAttempt, VoidAccepted, VoidPayment,
};

#[async_trait]
impl Payments for FakePayments {
    async fn open_payment(
        &self,
        _: &CallCtx,
        req: OpenPayment,
    ) -> SeamResult<Payment, PaymentsError> {
        let mut state = self.receive(Call::Open(req.clone()))?;
        let payment_id = req.payment_id;
        if state.tombstones.contains_key(&payment_id) {
            let status = PaymentStatus::Voided;
            return Err(SeamError::Domain(PaymentsError::PaymentClosed {
                payment_id,
                status,
            }));
        }
        if let Some(row) = state.rows.get(&payment_id) {
            let same = row.opened.order_id == req.order_id && row.opened.amount == req.amount;
            return if same {
                Ok(row.payment.clone())
            } else {
                Err(SeamError::Domain(PaymentsError::PaymentExists {
                    payment_id,
                }))
            };
        }
        if req.amount.minor() <= 0 {
            return Err(SeamError::Domain(PaymentsError::InvalidAmount));
        }
        let nothing = Money::zero(req.amount.currency());
        let outcome = state.outcome_of(req.payment_method.as_ref());
        let payment = Payment {
            payment_id,
            order_id: req.order_id,
            status: PaymentStatus::Pending,
            amount: req.amount,
            authorized: nothing,
            captured: nothing,
            refunded: nothing,
            next_action: None,
            decline: None,
            attempts: 1,
            void_requested: false,
            version: 1,
        };
        let row = state.rows.entry(payment_id).or_insert(Row {
            opened: req,
            payment,
        });
        row.apply(outcome);
        Ok(row.payment.clone())
    }

    async fn start_attempt(
        &self,
        _: &CallCtx,
        req: StartAttempt,
    ) -> SeamResult<Payment, PaymentsError> {
        let mut state = self.receive(Call::StartAttempt(req.clone()))?;
        let payment_id = req.payment_id;
        let outcome = state.outcome_of(req.payment_method.as_ref());
        let row = state.row(payment_id)?;
        let status = row.payment.status;
        if matches!(status, PaymentStatus::Pending | PaymentStatus::Unknown) {
            return Err(SeamError::Domain(PaymentsError::AttemptOpen {
                payment_id,
                status,
            }));
        }
        if !matches!(
            status,
            PaymentStatus::Declined | PaymentStatus::RequiresAction
        ) {
            return Err(SeamError::Domain(PaymentsError::PaymentClosed {
                payment_id,
                status,
            }));
        }
        row.payment.attempts += 1;
        row.apply(outcome);
        Ok(row.payment.clone())
    }

    async fn refresh_payment(
        &self,
        _: &CallCtx,
        req: RefreshPayment,
    ) -> SeamResult<Payment, PaymentsError> {
        let mut state = self.receive(Call::Refresh(req.clone()))?;
        state.row(req.payment_id).map(|row| row.payment.clone())
    }

    async fn get_payments(
        &self,
        _: &CallCtx,
        req: GetPayments,
    ) -> SeamResult<FoundPayments, PaymentsError> {
        if req.ids.len() > MAX_IDS {
            return Err(SeamError::Domain(PaymentsError::TooManyIds { limit: 200 }));
        }
        let state = self.state();
        let payments = req
            .ids
            .iter()
            .filter_map(|id| state.rows.get(id))
            .map(|row| row.payment.clone())
            .collect();
        Ok(FoundPayments { payments })
    }

    async fn capture_payment(
        &self,
        _: &CallCtx,
        req: CapturePayment,
    ) -> SeamResult<Payment, PaymentsError> {
        let mut state = self.receive(Call::Capture(req.clone()))?;
        let payment_id = req.payment_id;
        let row = state.row(payment_id)?;
        let payment = &row.payment;
        if !matches!(
            payment.status,
            PaymentStatus::Authorized | PaymentStatus::Captured
        ) {
            let status = payment.status;
            return Err(SeamError::Domain(PaymentsError::NotCapturable {
                payment_id,
                status,
            }));
        }
        let capturable = left(payment.authorized, payment.captured);
        if req.amount.minor() > capturable.minor() {
            return Err(SeamError::Domain(PaymentsError::CaptureExceedsAuthorized {
                capturable,
            }));
        }
        row.capture(req.amount);
        Ok(row.payment.clone())
    }

    async fn void_payment(
        &self,
        _: &CallCtx,
        req: VoidPayment,
    ) -> SeamResult<VoidAccepted, PaymentsError> {
        let mut state = self.receive(Call::Void(req.clone()))?;
        let payment_id = req.payment_id;
        let Some(row) = state.rows.get_mut(&payment_id) else {
            state.tombstones.insert(payment_id, req.reason);
            return Ok(VoidAccepted {
                payment_id,
                payment: None,
            });
        };
        row.undo();
        Ok(VoidAccepted {
            payment_id,
            payment: Some(row.payment.clone()),
        })
    }

    async fn refund_payment(
        &self,
        _: &CallCtx,
        req: RefundPayment,
    ) -> SeamResult<Refund, PaymentsError> {
        let mut state = self.receive(Call::Refund(req.clone()))?;
        if let Some(refund) = state.refunds.get(&req.refund_id) {
            return Ok(refund.clone());
        }
        let status = state.refund_status.unwrap_or(RefundStatus::Succeeded);
        let payment = &mut state.row(req.payment_id)?.payment;
        let refundable = left(payment.captured, payment.refunded);
        if req.amount.minor() > refundable.minor() {
            return Err(SeamError::Domain(PaymentsError::RefundExceedsCaptured {
                refundable,
            }));
        }
        payment.version += 1;
        if status == RefundStatus::Succeeded {
            payment.refunded = payment
                .refunded
                .checked_add(req.amount)
                .expect("a test's amounts are small");
            payment.status = if payment.refunded == payment.captured {
                PaymentStatus::Refunded
            } else {
                PaymentStatus::PartiallyRefunded
            };
        }
        let refund = Refund {
            refund_id: req.refund_id,
            payment_id: req.payment_id,
            order_id: payment.order_id,
            amount: req.amount,
            status,
            reason: req.reason,
        };
        state.refunds.insert(req.refund_id, refund.clone());
        Ok(refund)
    }

    async fn list_settlements(
        &self,
        _: &CallCtx,
        req: ListSettlements,
    ) -> SeamResult<Settlements, PaymentsError> {
        let state = self.state();
        let settlements = state
            .rows
            .values()
            .take(req.page.limit as usize)
            .map(|row| settlement(&row.payment))
            .collect();
        Ok(Settlements {
            settlements,
            next_cursor: None,
        })
    }
}

fn settlement(payment: &Payment) -> Settlement {
    Settlement {
        payment_id: payment.payment_id,
        order_id: payment.order_id,
        status: payment.status,
        authorized: payment.authorized,
        captured: payment.captured,
        refunded: payment.refunded,
    }
}

fn left(whole: Money, part: Money) -> Money {
    whole
        .checked_sub(part)
        .expect("a part has its whole's currency")
}
