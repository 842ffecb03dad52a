//! Steps 5 and 6: open the payment, wait for it, hold on longer while nobody knows.

use catalog_contract::{CatalogError, ExtendReservation};
use orders_contract::CancelReason;
use payments_contract::{
    CaptureMode, GetPayments, OpenPayment, Payment, PaymentStatus, PaymentsError, RefreshPayment,
};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::{StoreError, retrying};

use super::{DriveError, Driven, Moved, Process, Push};
use crate::domain::checkout::{CheckoutStatus, PaymentSeen, Step, Verdict, judge};
use crate::service::{Service, upstream};
use crate::{same_id, store};

impl Service {
    /// Opens the payment, or sees what became of it if it was opened before.
    pub(crate) async fn open_payment(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let checkout = &process.checkout;
        if self.is_overdue(process) {
            // The buyer is gone: charge nobody for a price that is no longer held.
            return match self.payment(ctx, process).await? {
                Some(payment) => self.heed(ctx, process, &payment).await,
                None => {
                    self.start_undo(ctx, process, CancelReason::Expired, None)
                        .await
                }
            };
        }
        let state = &process.saga.state;
        let request = OpenPayment {
            payment_id: same_id(checkout.payment_id),
            order_id: same_id(checkout.order_id),
            customer_id: checkout.quote.customer.user_id.map(same_id),
            amount: checkout.quote.totals.total,
            capture: match state.capture {
                orders_contract::CapturePolicy::Immediate => CaptureMode::Immediate,
                orders_contract::CapturePolicy::OnShip => CaptureMode::OnShip,
            },
            payment_method: state.payment_method.clone(),
            return_url: state.return_url.clone(),
        };
        let call = process.command(ctx, "open_payment", &request);
        match self.payments.open_payment(&call, request).await {
            Ok(payment) => self.heed(ctx, process, &payment).await,
            Err(SeamError::Domain(refusal)) => self.payment_refused(ctx, process, &refusal).await,
            Err(error) => Err(upstream(&error).into()),
        }
    }

    /// Payments will not have it, whatever is tried.
    pub(super) async fn payment_refused(
        &self,
        ctx: &CallCtx,
        process: &Process,
        refusal: &PaymentsError,
    ) -> Driven<Moved> {
        tracing::warn!(%refusal, checkout.id = %process.checkout.id, "payments refused a checkout");
        self.start_undo(ctx, process, CancelReason::PaymentFailed, None)
            .await
    }

    /// Looks at a payment that is being waited for.
    pub(crate) async fn look(
        &self,
        ctx: &CallCtx,
        process: &Process,
        push: &mut Push,
    ) -> Driven<Moved> {
        let confirmation = match std::mem::replace(push, Push::Resume) {
            Push::Confirm(confirmation) => Some(confirmation),
            _ => None,
        };
        let overdue = self.is_overdue(process);
        let payment = if overdue || confirmation.is_some() {
            self.refresh(ctx, process).await?
        } else {
            self.payment(ctx, process).await?
        };
        let Some(payment) = payment else {
            tracing::error!(checkout.id = %process.checkout.id, "a payment that was opened is not there");
            return Err(crate::service::internal("payment vanished").into());
        };
        let moved = match &confirmation {
            Some(wish)
                if !overdue && wish.may_attempt && payment.status == PaymentStatus::Declined =>
            {
                let method = wish.payment_method.clone();
                let planned = self.plan_attempt(ctx, process, &payment, method).await;
                if let Ok(None) = planned {
                    return Err(DriveError::Lost); // this very wish is being, or was, fulfilled
                }
                planned.map(|moved| moved.unwrap_or(Moved::Nowhere))
            }
            _ => self.heed(ctx, process, &payment).await,
        };
        if let (Err(_), Some(confirmation)) = (&moved, confirmation) {
            *push = Push::Confirm(confirmation); // not heard: whoever brought it decides what becomes of it
        }
        moved
    }

    /// Does what a payment means for its checkout.
    pub(super) async fn heed(
        &self,
        ctx: &CallCtx,
        process: &Process,
        payment: &Payment,
    ) -> Driven<Moved> {
        match judge(
            payment,
            process.checkout.quote.totals.total,
            self.is_overdue(process),
        ) {
            Verdict::Place => self.place(ctx, process, payment).await,
            Verdict::Wait(status) => self.wait(ctx, process, payment, status).await,
            Verdict::Extend => self.extend(ctx, process, payment).await,
            Verdict::Undo(reason) => self.start_undo(ctx, process, reason, Some(payment)).await,
        }
    }

    /// What payments knows, without asking the provider.
    pub(super) async fn payment(
        &self,
        ctx: &CallCtx,
        process: &Process,
    ) -> Driven<Option<Payment>> {
        let request = GetPayments {
            ids: vec![same_id(process.checkout.payment_id)],
        };
        let found = self
            .payments
            .get_payments(&ctx.calling_from("orders"), request)
            .await;
        Ok(found.map_err(|error| upstream(&error))?.payments.pop())
    }

    /// What the provider says now. Each question is one of its own: a stored answer would be an old one.
    async fn refresh(&self, ctx: &CallCtx, process: &Process) -> Driven<Option<Payment>> {
        let request = RefreshPayment {
            payment_id: same_id(process.checkout.payment_id),
        };
        let call = process.command(
            ctx,
            &format!("refresh/{}", self.db.env().new_uuid()),
            &request,
        );
        match self.payments.refresh_payment(&call, request).await {
            Ok(payment) => Ok(Some(payment)),
            Err(SeamError::Domain(PaymentsError::NotFound { .. })) => Ok(None),
            Err(error) => Err(upstream(&error).into()),
        }
    }

    async fn wait(
        &self,
        ctx: &CallCtx,
        process: &Process,
        payment: &Payment,
        status: CheckoutStatus,
    ) -> Driven<Moved> {
        let seen = PaymentSeen::from(payment);
        let checkout = &process.checkout;
        let newer = checkout
            .seen
            .as_ref()
            .is_none_or(|before| before.version < seen.version);
        if process.step()? == Step::AwaitPayment && !newer {
            return Ok(Moved::Nowhere);
        }
        let moved = retrying(|| async {
            let mut next = process.clone();
            next.checkout.status = status;
            if newer {
                next.checkout.seen = Some(seen.clone());
            }
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.await_payment").await?;
            let wake_at = next.checkout.expires_at;
            next.pause(&mut tx, Step::AwaitPayment, wake_at).await?;
            store::checkouts::save(&mut tx, &mut next.checkout).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }

    /// Holds price and stock longer: somebody may have paid, and nobody can say yet.
    async fn extend(&self, ctx: &CallCtx, process: &Process, payment: &Payment) -> Driven<Moved> {
        let checkout = &process.checkout;
        let expires_at = self.db.env().now() + self.settings.checkout_ttl();
        let reserved_until = expires_at + self.settings.reservation_grace();
        let request = ExtendReservation {
            reservation_id: same_id(checkout.reservation_id),
            expires_at: reserved_until,
        };
        let call = process.command(ctx, &format!("extend/{}", checkout.version), &request);
        let held = match self.catalog.extend_reservation(&call, request).await {
            Ok(_) => true,
            // It ended while nobody looked; before the order is placed it is made anew.
            Err(SeamError::Domain(
                CatalogError::ReservationConflict { .. } | CatalogError::ReservationNotFound { .. },
            )) => false,
            Err(error) => return Err(upstream(&error).into()),
        };
        let moved = retrying(|| async {
            let mut next = process.clone();
            next.checkout.status = CheckoutStatus::Processing;
            next.checkout.expires_at = expires_at;
            next.checkout.seen = Some(PaymentSeen::from(payment));
            if held {
                next.saga.state.reserved_until = reserved_until;
            }
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.extend_checkout").await?;
            next.pause(&mut tx, Step::AwaitPayment, expires_at).await?;
            store::checkouts::save(&mut tx, &mut next.checkout).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }

    pub(super) fn is_overdue(&self, process: &Process) -> bool {
        self.db.env().now() >= process.checkout.expires_at
    }
}
