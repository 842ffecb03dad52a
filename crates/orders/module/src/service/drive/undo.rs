//! Backwards: the payment, the order and its promotions, the stock, the cart.

use catalog_contract::{CatalogError, Release};
use orders_contract::{CancelReason, OrderStatus, ReservationRef};
use payments_contract::{Payment, VoidPayment};
use tenon_jobs::SagaStatus;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::SeamError;
use tenon_store::{StoreError, retrying};

use super::redeem::release_promotions;
use super::{Driven, Moved, Process};
use crate::domain::cart::CartStatus;
use crate::domain::checkout::{CheckoutStatus, PaymentSeen, Step};
use crate::domain::timeline::reason_name;
use crate::service::{Service, upstream};
use crate::{same_id, store};

impl Service {
    /// Decides that it is to be undone. From here a success of the payment no longer places the order.
    pub(crate) async fn start_undo(
        &self,
        ctx: &CallCtx,
        process: &Process,
        reason: CancelReason,
        payment: Option<&Payment>,
    ) -> Driven<Moved> {
        let moved = retrying(|| async {
            let mut next = process.clone();
            next.saga.state.reason = Some(reason);
            next.checkout.status = CheckoutStatus::Closing;
            next.checkout.reason = Some(reason);
            if let Some(payment) = payment {
                next.checkout.seen = Some(PaymentSeen::from(payment));
            }
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.start_undo").await?;
            next.go_on(&mut tx, Step::Undo, SagaStatus::Compensating)
                .await?;
            store::checkouts::save(&mut tx, &mut next.checkout).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }

    /// Undoes what other modules did, then what we did. Each part may find its original not yet there: both modules
    /// remember that, and refuse the original when it comes.
    pub(crate) async fn undo(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let checkout = &process.checkout;
        let reason = process
            .saga
            .state
            .reason
            .unwrap_or(CancelReason::PaymentFailed);
        let asked_for_money = process.saga.state.attempt > 0;
        let mut refund_due = Money::zero(checkout.quote.totals.total.currency());
        if asked_for_money {
            refund_due = self.void(ctx, process, reason).await?.unwrap_or(refund_due);
        }
        self.release(ctx, process, checkout.reservation_id, reason_name(reason))
            .await?;

        let moved = retrying(|| async {
            let mut next = process.clone();
            next.checkout.status = CheckoutStatus::after(reason);
            next.checkout.has_order = asked_for_money;
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.finish_undo").await?;
            next.finish(&mut tx, SagaStatus::Compensated).await?;
            store::checkouts::save(&mut tx, &mut next.checkout).await?;
            let Process { checkout, .. } = &next;
            if asked_for_money {
                let from = OrderStatus::PendingPayment;
                let number =
                    store::orders::cancel(&mut tx, checkout.order_id, from, reason).await?;
                let number = number.ok_or_else(|| StoreError::Inconsistent {
                    what: format!("orders.status of {}", checkout.order_id),
                })?;
                if checkout.redeems() {
                    release_promotions(&mut tx, checkout.order_id, reason).await?;
                }
                next.emit_order_cancelled(&mut tx, number, reason, refund_due)
                    .await?;
            }
            store::carts::unfreeze(&mut tx, checkout.cart_id, checkout.id, CartStatus::Active)
                .await?;
            next.emit_given_up(&mut tx, reason).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }

    /// Has the payment undone, now or as soon as its outcome is known; says what was held, if anything.
    async fn void(
        &self,
        ctx: &CallCtx,
        process: &Process,
        reason: CancelReason,
    ) -> Driven<Option<Money>> {
        let request = VoidPayment {
            payment_id: same_id(process.checkout.payment_id),
            reason: format!("checkout_{}", reason_name(reason)),
        };
        let call = process.command(ctx, "void", &request);
        let accepted = self
            .payments
            .void_payment(&call, request)
            .await
            .map_err(|error| upstream(&error))?;
        Ok(accepted.payment.map(|payment| {
            if payment.captured.minor() > 0 {
                payment.captured
            } else {
                payment.authorized
            }
        }))
    }

    /// Gives held stock back.
    pub(super) async fn release(
        &self,
        ctx: &CallCtx,
        process: &Process,
        reservation: ReservationRef,
        reason: &str,
    ) -> Driven<()> {
        let request = Release {
            reservation_id: same_id(reservation),
            reason: reason.to_owned(),
        };
        let call = process.command(ctx, &format!("release/{reservation}"), &request);
        match self.catalog.release(&call, request).await {
            Ok(_) => Ok(()),
            Err(SeamError::Domain(refusal @ CatalogError::ReservationConflict { .. })) => {
                tracing::error!(%refusal, checkout.id = %process.checkout.id, "sold stock cannot be released");
                Ok(())
            }
            Err(error) => Err(upstream(&error).into()),
        }
    }
}
