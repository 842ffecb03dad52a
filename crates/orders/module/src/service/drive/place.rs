//! Steps 7 to 9: the pivot, the placed order, the stock sold. After the pivot there is only forward.

use std::time::Duration;

use catalog_contract::{CatalogError, CommitReservation, ExtendReservation};
use orders_contract::{CancelReason, OrderStatus, PaymentState, ReservationRef};
use payments_contract::{Payment, PaymentStatus};
use tenon_jobs::SagaStatus;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamError;
use tenon_store::{StoreError, retrying};

use super::reserve::Stock;
use super::{Driven, Moved, Process};
use crate::domain::cart::CartStatus;
use crate::domain::checkout::{CheckoutStatus, PaymentSeen, Step};
use crate::domain::order::Happening;
use crate::service::{Service, internal, upstream};
use crate::{same_id, store};

/// A reservation that ends sooner than this is made longer before the order is placed on it.
const LEAST_HOLD: Duration = Duration::from_mins(1);

/// Stock that an order can be placed on.
struct Hold {
    reservation: ReservationRef,
    until: Timestamp,
}

impl Service {
    /// The payment is authorised for exactly the total: places the order, if its stock is still held.
    pub(super) async fn place(
        &self,
        ctx: &CallCtx,
        process: &Process,
        payment: &Payment,
    ) -> Driven<Moved> {
        let Some(hold) = self.ensure_stock(ctx, process).await? else {
            return self
                .start_undo(ctx, process, CancelReason::OutOfStock, Some(payment))
                .await;
        };
        let moved = retrying(|| async {
            let mut next = process.clone();
            next.become_placed(&hold, payment);
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.place").await?;
            next.go_on(&mut tx, Step::CommitStock, SagaStatus::Running)
                .await?;
            let Process { checkout, .. } = &mut next;
            store::checkouts::save(&mut tx, checkout).await?;
            let (status, captured) = (payment_state(payment), payment.captured);
            let transition = (OrderStatus::PendingPayment, Happening::Placed);
            let number =
                store::orders::place(&mut tx, checkout, transition, status, captured).await?;
            if !store::carts::unfreeze(&mut tx, checkout.cart_id, checkout.id, CartStatus::Closed)
                .await?
            {
                return Err(StoreError::Inconsistent {
                    what: format!("carts.checkout_id of {}", checkout.cart_id),
                });
            }
            if next.checkout.redeems() {
                store::redemptions::confirm(&mut tx, next.checkout.id).await?;
            }
            next.emit_placed(&mut tx, number).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }

    /// Places an order that had been given up: its money came after all, and its stock could be had again.
    /// `None` if its cart is no longer free for it, or a promotion that it was paid with is used up.
    pub(super) async fn place_late(
        &self,
        ctx: &CallCtx,
        process: &Process,
        payment: &Payment,
        (reservation, until): (ReservationRef, Timestamp),
    ) -> Driven<Option<Process>> {
        let hold = Hold { reservation, until };
        let placed = retrying(|| async {
            let mut next = process.clone();
            next.become_placed(&hold, payment);
            next.checkout.reason = None;
            next.saga.state.rescued = true;
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.place_late").await?;
            next.go_on(&mut tx, Step::CommitStock, SagaStatus::Running)
                .await?;
            let Process { checkout, .. } = &mut next;
            store::checkouts::save(&mut tx, checkout).await?;
            let (status, captured) = (payment_state(payment), payment.captured);
            let transition = (OrderStatus::Cancelled, Happening::PlacedLate);
            let number =
                store::orders::place(&mut tx, checkout, transition, status, captured).await?;
            if !store::carts::close_open(&mut tx, checkout.cart_id).await? {
                return Ok(None);
            }
            if !self.redeem(&mut tx, checkout, true).await?.is_empty() {
                return Ok(None); // others have used the promotion up meanwhile
            }
            next.emit_placed(&mut tx, number).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Some(next))
        });
        Ok(placed.await?)
    }

    /// Makes sure that the stock stays held for a while; `None` if it is gone and there is no more.
    async fn ensure_stock(&self, ctx: &CallCtx, process: &Process) -> Driven<Option<Hold>> {
        let (checkout, state) = (&process.checkout, &process.saga.state);
        let held = Hold {
            reservation: checkout.reservation_id,
            until: state.reserved_until,
        };
        let now = self.db.env().now();
        if state.reserved_until > now + LEAST_HOLD {
            return Ok(Some(held));
        }
        let until = now + self.settings.checkout_ttl() + self.settings.reservation_grace();
        let request = ExtendReservation {
            reservation_id: same_id(held.reservation),
            expires_at: until,
        };
        let call = process.command(ctx, &format!("extend/{}", checkout.version), &request);
        match self.catalog.extend_reservation(&call, request).await {
            Ok(_) => return Ok(Some(Hold { until, ..held })),
            Err(SeamError::Domain(
                CatalogError::ReservationConflict { .. } | CatalogError::ReservationNotFound { .. },
            )) => {}
            Err(error) => return Err(upstream(&error).into()),
        }
        let reservation = process.next_reservation();
        match self.hold_stock(ctx, process, reservation, until).await? {
            Stock::Held => Ok(Some(Hold { reservation, until })),
            Stock::Short(_) | Stock::Over => Ok(None),
        }
    }

    /// Turns the reservation into sold stock. The order stands: this is tried until it works.
    pub(crate) async fn commit_stock(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let checkout = &process.checkout;
        let request = CommitReservation {
            reservation_id: same_id(checkout.reservation_id),
            order_id: checkout.order_id.to_string(),
        };
        let call = process.command(
            ctx,
            &format!("commit/{}", checkout.reservation_id),
            &request,
        );
        if let Err(error) = self.catalog.commit_reservation(&call, request).await {
            if let SeamError::Domain(refusal) = &error {
                tracing::error!(%refusal, order.id = %checkout.order_id, "a placed order has no stock");
                return Err(internal("stock of a placed order").into());
            }
            return Err(upstream(&error).into());
        }
        let moved = retrying(|| async {
            let mut next = process.clone();
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.complete_checkout").await?;
            next.finish(&mut tx, SagaStatus::Completed).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }
}

impl Process {
    /// The id that the next reservation of this saga has.
    pub(super) fn next_reservation(&self) -> ReservationRef {
        self.derived(&format!("reservation/{}", self.saga.state.reservations + 1))
    }

    fn become_placed(&mut self, hold: &Hold, payment: &Payment) {
        if hold.reservation != self.checkout.reservation_id {
            self.saga.state.reservations += 1;
        }
        self.saga.state.reserved_until = hold.until;
        self.checkout.reservation_id = hold.reservation;
        self.checkout.status = CheckoutStatus::Completed;
        self.checkout.seen = Some(PaymentSeen::from(payment));
    }
}

fn payment_state(payment: &Payment) -> PaymentState {
    match payment.status {
        PaymentStatus::Captured => PaymentState::Captured,
        _ => PaymentState::Authorized,
    }
}
