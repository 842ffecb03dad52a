//! Finds a payment, or a refund, for someone who may see it.

use payments_contract::{PaymentId, PaymentsError, RefundId};
use tenon_kernel::{CallCtx, Id, Role};

use super::{Refusal, Service, refused};
use crate::domain::attempt::Attempt;
use crate::domain::operation::{Capture, Refund};
use crate::domain::payment::Payment;
use crate::store;

/// A payment with its attempts, captures and refunds, each first one first.
#[derive(Debug, Clone)]
pub(crate) struct PaymentWithParts {
    pub(crate) payment: Payment,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) captures: Vec<Capture>,
    pub(crate) refunds: Vec<Refund>,
}

impl Service {
    /// Returns a payment with its parts; what the caller may not see does not exist.
    pub(crate) async fn find_payment(
        &self,
        ctx: &CallCtx,
        payment_id: PaymentId,
    ) -> Result<PaymentWithParts, Refusal> {
        let mut db = self.db.read(ctx);
        let payment = store::payments::find(&mut db, payment_id)
            .await?
            .filter(|payment| may_see(ctx, payment));
        let Some(payment) = payment else {
            return refused(PaymentsError::NotFound { payment_id });
        };
        Ok(PaymentWithParts {
            attempts: store::attempts::of_payment(&mut db, payment_id).await?,
            captures: store::captures::of_payment(&mut db, payment_id).await?,
            refunds: store::refunds::of_payment(&mut db, payment_id).await?,
            payment,
        })
    }

    /// Returns a refund with its payment; what the caller may not see does not exist.
    pub(crate) async fn find_refund(
        &self,
        ctx: &CallCtx,
        refund_id: RefundId,
    ) -> Result<(Payment, Refund), Refusal> {
        let mut db = self.db.read(ctx);
        let missing = PaymentsError::RefundNotFound { refund_id };
        let Some(refund) = store::refunds::find(&mut db, refund_id).await? else {
            return refused(missing);
        };
        let payment = store::payments::find(&mut db, refund.payment_id).await?;
        match payment.filter(|payment| may_see(ctx, payment)) {
            Some(payment) => Ok((payment, refund)),
            None => refused(missing),
        }
    }
}

/// Staff sees everything, buyers their own.
pub(crate) fn is_staff(ctx: &CallCtx) -> bool {
    ctx.principal.has_role(Role::Staff) || ctx.principal.has_role(Role::Admin)
}

fn may_see(ctx: &CallCtx, payment: &Payment) -> bool {
    let user = ctx.principal.user().map(|user| user.user);
    is_staff(ctx) || (user.is_some() && user == payment.customer_id.map(Id::uuid))
}
