//! Money that comes after its checkout was given up: the order is placed after all, or the money goes back.

use orders_contract::CancelReason;
use payments_contract::{Payment, PaymentsError, RefundPayment, VoidPayment};
use tenon_jobs::SagaStatus;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::SeamError;
use tenon_store::{StoreError, retrying};

use super::reserve::Stock;
use super::{Driven, Moved, Process};
use crate::domain::cart::CartStatus;
use crate::domain::checkout::{Step, Verdict, judge};
use crate::service::{Service, upstream};
use crate::store;

/// What the provider and the buyer are told.
const REASON: &str = "late_success";

impl Service {
    /// Looks whether a checkout that was given up is paid for now. Money that payments is giving back already is
    /// left to payments.
    pub(crate) async fn notice(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        if process.saga.state.attempt == 0 {
            return Ok(Moved::Nowhere);
        }
        let payment = self.payment(ctx, process).await?;
        if payment.is_none_or(|payment| !holds_money(&payment)) {
            return Ok(Moved::Nowhere);
        }
        let moved = retrying(|| async {
            let mut next = process.clone();
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.notice_late_money").await?;
            next.go_on(&mut tx, Step::Rescue, SagaStatus::Running)
                .await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }

    /// Places the order on new stock, if it expired for want of this very money and its cart is still free;
    /// gives the money back otherwise.
    pub(crate) async fn rescue(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let payment = self.payment(ctx, process).await?.filter(holds_money);
        let Some(payment) = payment else {
            return self.close_rescue(ctx, process, None).await; // it went back meanwhile
        };
        let checkout = &process.checkout;
        let until =
            self.db.env().now() + self.settings.checkout_ttl() + self.settings.reservation_grace();
        let reservation = process.next_reservation();
        if self.may_place_late(ctx, process, &payment).await?
            && let Stock::Held = self.hold_stock(ctx, process, reservation, until).await?
            && let Some(placed) = self
                .place_late(ctx, process, &payment, (reservation, until))
                .await?
        {
            tracing::info!(order.id = %checkout.order_id, "an expired order was placed: its money came late");
            return Ok(Moved::on(placed));
        }
        let amount = self.give_back(ctx, process, &payment).await?;
        self.release(ctx, process, reservation, REASON).await?;
        self.close_rescue(ctx, process, Some(amount)).await
    }

    async fn may_place_late(
        &self,
        ctx: &CallCtx,
        process: &Process,
        payment: &Payment,
    ) -> Driven<bool> {
        let expired = process.saga.state.reason == Some(CancelReason::Expired);
        let exact = judge(payment, process.checkout.quote.totals.total, false) == Verdict::Place;
        if !expired || !exact || process.saga.state.rescued {
            return Ok(false);
        }
        let cart = store::carts::load(&mut self.db.read(ctx), process.checkout.cart_id).await?;
        Ok(cart.is_some_and(|cart| cart.status == CartStatus::Active))
    }

    /// Refunds what was taken, under an id that stays the same, or lets go of what is held.
    async fn give_back(
        &self,
        ctx: &CallCtx,
        process: &Process,
        payment: &Payment,
    ) -> Driven<Money> {
        let payment_id = payment.payment_id;
        if payment.captured.minor() == 0 {
            let request = VoidPayment {
                payment_id,
                reason: REASON.to_owned(),
            };
            let call = process.command(ctx, &format!("late_void/{}", payment.version), &request);
            self.payments
                .void_payment(&call, request)
                .await
                .map_err(|error| upstream(&error))?;
            return Ok(payment.authorized);
        }
        let amount = payment
            .captured
            .checked_sub(payment.refunded)
            .unwrap_or(payment.captured);
        let refund_id = process.derived("late_refund");
        let request = RefundPayment {
            payment_id,
            refund_id,
            amount,
            reason: REASON.to_owned(),
            requested_by: None,
        };
        let call = process.command(ctx, "late_refund", &request);
        match self.payments.refund_payment(&call, request).await {
            Ok(refund) => Ok(refund.amount),
            // Somebody else gives it back already.
            Err(SeamError::Domain(PaymentsError::RefundExceedsCaptured { .. })) => Ok(amount),
            Err(error) => Err(upstream(&error).into()),
        }
    }

    /// Remembers that late money was dealt with, and tells the buyer in the same breath: once, however often
    /// the provider changes its mind.
    async fn close_rescue(
        &self,
        ctx: &CallCtx,
        process: &Process,
        returned: Option<Money>,
    ) -> Driven<Moved> {
        let moved = retrying(|| async {
            let mut next = process.clone();
            next.saga.state.rescued = true;
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.close_rescue").await?;
            next.finish(&mut tx, SagaStatus::Compensated).await?;
            if let Some(amount) = returned.filter(|_| !process.saga.state.rescued) {
                let number = store::orders::number(&mut tx, next.checkout.order_id).await?;
                next.emit_returned(&mut tx, number, amount).await?;
            }
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }
}

/// Whether the payment holds money that nobody is giving back yet.
fn holds_money(payment: &Payment) -> bool {
    payment.status.is_paid()
        && !payment.void_requested
        && payment.refunded.minor() < payment.authorized.minor()
}
