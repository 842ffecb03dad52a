//! The contract, by name of its use cases.

use async_trait::async_trait;
use payments_contract::{
    CapturePayment, FoundPayments, GetPayments, ListSettlements, OpenPayment, Payment, Payments,
    PaymentsError, RefreshPayment, Refund, RefundPayment, Settlements, StartAttempt, VoidAccepted,
    VoidPayment,
};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use super::{NewRefund, Service};

#[async_trait]
impl Payments for Service {
    async fn open_payment(
        &self,
        ctx: &CallCtx,
        req: OpenPayment,
    ) -> SeamResult<Payment, PaymentsError> {
        self.open(ctx, req).await
    }

    async fn start_attempt(
        &self,
        ctx: &CallCtx,
        req: StartAttempt,
    ) -> SeamResult<Payment, PaymentsError> {
        self.attempt(ctx, req).await
    }

    async fn refresh_payment(
        &self,
        ctx: &CallCtx,
        req: RefreshPayment,
    ) -> SeamResult<Payment, PaymentsError> {
        Ok(self.refresh(ctx, req.payment_id).await?.view())
    }

    async fn get_payments(
        &self,
        ctx: &CallCtx,
        req: GetPayments,
    ) -> SeamResult<FoundPayments, PaymentsError> {
        self.get_many(ctx, req.ids).await
    }

    async fn capture_payment(
        &self,
        ctx: &CallCtx,
        req: CapturePayment,
    ) -> SeamResult<Payment, PaymentsError> {
        let (payment, _) = self.capture(ctx, req.payment_id, Some(req.amount)).await?;
        Ok(payment.view())
    }

    async fn void_payment(
        &self,
        ctx: &CallCtx,
        req: VoidPayment,
    ) -> SeamResult<VoidAccepted, PaymentsError> {
        let payment = self.void(ctx, req.payment_id, &req.reason).await?;
        Ok(VoidAccepted {
            payment_id: req.payment_id,
            payment: payment.map(|payment| payment.view()),
        })
    }

    async fn refund_payment(
        &self,
        ctx: &CallCtx,
        req: RefundPayment,
    ) -> SeamResult<Refund, PaymentsError> {
        let new = NewRefund {
            id: Some(req.refund_id),
            amount: Some(req.amount),
            reason: req.reason,
            requested_by: req.requested_by,
        };
        let (payment, refund) = self.refund(ctx, req.payment_id, new).await?;
        Ok(refund.view(&payment))
    }

    async fn list_settlements(
        &self,
        ctx: &CallCtx,
        req: ListSettlements,
    ) -> SeamResult<Settlements, PaymentsError> {
        self.settlements(ctx, req.page).await
    }
}
