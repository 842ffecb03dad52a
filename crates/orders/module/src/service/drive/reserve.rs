//! Steps 2 to 4: hold the stock, count the promotions, write the order down.

use catalog_contract::{CatalogError, Reserve, ReserveLine};
use orders_contract::{CancelReason, ReservationRef, Shortage};
use tenon_jobs::SagaStatus;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamError;
use tenon_store::retrying;

use super::{Driven, Moved, Process};
use crate::domain::cart::CartStatus;
use crate::domain::checkout::{CheckoutStatus, Step};
use crate::service::{Service, upstream};
use crate::{same_id, store};

/// What came of asking for stock.
pub(super) enum Stock {
    /// All of it is held.
    Held,
    /// There is not enough, of these.
    Short(Vec<Shortage>),
    /// The reservation was held once and is over.
    Over,
}

impl Service {
    /// Reserves all lines or none; then writes the order before anybody is asked for money.
    pub(crate) async fn reserve(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let checkout = &process.checkout;
        if self.db.env().now() >= checkout.expires_at {
            return self
                .start_undo(ctx, process, CancelReason::Expired, None)
                .await;
        }
        let until = process.saga.state.reserved_until;
        match self
            .hold_stock(ctx, process, checkout.reservation_id, until)
            .await?
        {
            Stock::Held => self.create_order(ctx, process).await,
            Stock::Short(lines) => {
                self.refuse(ctx, process, CancelReason::OutOfStock, lines)
                    .await
            }
            Stock::Over => {
                self.refuse(ctx, process, CancelReason::Expired, Vec::new())
                    .await
            }
        }
    }

    /// Asks the catalog to hold what the checkout is about, under an id that belongs to this request for ever.
    pub(super) async fn hold_stock(
        &self,
        ctx: &CallCtx,
        process: &Process,
        reservation: ReservationRef,
        until: Timestamp,
    ) -> Driven<Stock> {
        let lines = &process.checkout.quote.lines;
        let request = Reserve {
            reservation_id: same_id(reservation),
            lines: lines
                .iter()
                .map(|line| ReserveLine {
                    variant_id: same_id(line.variant_id),
                    quantity: line.quantity,
                })
                .collect(),
            expires_at: until,
        };
        let call = process.command(ctx, &format!("reserve/{reservation}"), &request);
        match self.catalog.reserve(&call, request).await {
            Ok(_) => Ok(Stock::Held),
            Err(SeamError::Domain(CatalogError::OutOfStock { lines })) => {
                let short = lines.into_iter().map(|line| Shortage {
                    variant_id: same_id(line.variant_id),
                    requested: line.requested,
                    available: line.available.max(0),
                });
                Ok(Stock::Short(short.collect()))
            }
            Err(SeamError::Domain(CatalogError::NotForSale { variant_ids })) => {
                let gone = lines
                    .iter()
                    .filter(|line| variant_ids.contains(&same_id(line.variant_id)));
                let short = |line: &orders_contract::OrderLine| Shortage {
                    variant_id: line.variant_id,
                    requested: line.quantity,
                    available: 0,
                };
                Ok(Stock::Short(gone.map(short).collect()))
            }
            Err(SeamError::Domain(CatalogError::ReservationConflict { .. })) => Ok(Stock::Over),
            Err(error) => Err(upstream(&error).into()),
        }
    }

    async fn create_order(&self, ctx: &CallCtx, process: &Process) -> Driven<Moved> {
        let created = retrying(|| async {
            let mut next = process.clone();
            next.saga.state.attempt = 1;
            next.checkout.has_order = true; // said by the row with the checkout's next change
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.create_order").await?;
            next.go_on(&mut tx, Step::OpenPayment, SagaStatus::Running)
                .await?;
            let number =
                store::orders::insert(&mut tx, &next.checkout, next.saga.state.capture).await?;
            store::order_lines::insert(&mut tx, next.checkout.order_id, &next.checkout.quote.lines)
                .await?;
            next.emit_created(&mut tx, number).await?;
            // Last: whoever redeems the same promotion waits from here to the commit.
            let exhausted = self.redeem(&mut tx, &next.checkout, false).await?;
            if !exhausted.is_empty() {
                return Ok(Err(exhausted));
            }
            tx.commit().await?;
            Ok::<_, tenon_store::StoreError>(Ok(Moved::on(next)))
        });
        match created.await? {
            Ok(moved) => Ok(moved),
            Err(exhausted) => self.undo_exhausted(ctx, process, exhausted).await,
        }
    }

    /// Ends a checkout that got no stock: no order was written, nobody was asked for money.
    async fn refuse(
        &self,
        ctx: &CallCtx,
        process: &Process,
        reason: CancelReason,
        shortages: Vec<Shortage>,
    ) -> Driven<Moved> {
        let moved = retrying(|| async {
            let mut next = process.clone();
            next.checkout.status = CheckoutStatus::after(reason);
            next.checkout.reason = Some(reason);
            next.checkout.shortages.clone_from(&shortages);
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.refuse_checkout").await?;
            next.finish(&mut tx, SagaStatus::Compensated).await?;
            store::checkouts::save(&mut tx, &mut next.checkout).await?;
            let Process { checkout, .. } = &next;
            store::carts::unfreeze(&mut tx, checkout.cart_id, checkout.id, CartStatus::Active)
                .await?;
            next.emit_given_up(&mut tx, reason).await?;
            tx.commit().await?;
            Ok::<_, tenon_store::StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }
}
