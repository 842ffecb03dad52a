//! Step 3: promotions are counted in the transaction that writes the order down, and let go of with the order.

use orders_contract::{CancelReason, OrderId, PromotionRedeemed, PromotionReleased};
use tenon_events::Emit as _;
use tenon_jobs::SagaStatus;
use tenon_kernel::{CallCtx, Money};
use tenon_store::{StoreError, Tx, retrying};

use super::{Driven, Moved, Process};
use crate::domain::checkout::{Checkout, CheckoutStatus, Exhausted, Step};
use crate::domain::quote::QuotedPromotion;
use crate::service::Service;
use crate::store;
use crate::store::redemptions::{Redeemed, Redemption};

impl Service {
    /// Counts the promotions of a checkout, each once, however often this is repeated. Returns the codes that are used
    /// up: then the unit must roll back.
    pub(super) async fn redeem(
        &self,
        tx: &mut Tx<'_>,
        checkout: &Checkout,
        confirmed: bool,
    ) -> Result<Vec<String>, StoreError> {
        let mut exhausted = Vec::new();
        if !checkout.redeems() {
            return Ok(exhausted);
        }
        let customer = self.customer_key.of_quote(&checkout.quote);
        let currency = checkout.quote.totals.total.currency();
        let mut promotions: Vec<&QuotedPromotion> = checkout.redeemed().collect();
        // All units take them in this order, so that two never wait for each other.
        promotions.sort_by_key(|promotion| promotion.promotion_id);
        for promotion in promotions {
            let discount = promotion.discount();
            let redemption = Redemption {
                checkout_id: checkout.id,
                promotion_id: promotion.promotion_id,
                order_id: checkout.order_id,
                customer: customer.clone(),
                discount,
                confirmed,
            };
            match store::redemptions::take(tx, &redemption).await? {
                Redeemed::Before => {}
                Redeemed::Exhausted => exhausted.push(promotion.code.clone()),
                Redeemed::Now { remaining } => {
                    tx.emit(&PromotionRedeemed {
                        promotion_id: promotion.promotion_id,
                        order_id: checkout.order_id,
                        discount: Money::new(discount, currency)
                            .map_err(|_| StoreError::inconsistent("a discount in a quote"))?,
                        remaining,
                    })
                    .await?;
                }
            }
        }
        Ok(exhausted)
    }

    /// Decides that the checkout is to be undone, since promotions of it are used up: its buyer has agreed to another
    /// total than the one without them. Stock is held already, so it goes the way back of any checkout.
    pub(super) async fn undo_exhausted(
        &self,
        ctx: &CallCtx,
        process: &Process,
        codes: Vec<String>,
    ) -> Driven<Moved> {
        let total = process.checkout.quote.total_without(&codes);
        let total = total.map_err(|_| StoreError::inconsistent("a total in a quote"))?;
        let exhausted = Exhausted { codes, total };
        let moved = retrying(|| async {
            let reason = CancelReason::PromotionExhausted;
            let mut next = process.clone();
            next.saga.state.reason = Some(reason);
            next.checkout.status = CheckoutStatus::Closing;
            next.checkout.reason = Some(reason);
            next.checkout.exhausted = Some(exhausted.clone());
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.undo_exhausted").await?;
            next.go_on(&mut tx, Step::Undo, SagaStatus::Compensating)
                .await?;
            store::checkouts::save(&mut tx, &mut next.checkout).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Moved::on(next))
        });
        Ok(moved.await?)
    }
}

/// Lets go of what an order redeemed, and tells; repeated, it does nothing.
pub(in crate::service) async fn release_promotions(
    tx: &mut Tx<'_>,
    order_id: OrderId,
    reason: CancelReason,
) -> Result<(), StoreError> {
    for (promotion_id, remaining) in store::redemptions::release(tx, order_id).await? {
        tx.emit(&PromotionReleased {
            promotion_id,
            order_id,
            reason,
            remaining,
        })
        .await?;
    }
    Ok(())
}

impl Checkout {
    /// Whether it has promotions that count.
    pub(super) fn redeems(&self) -> bool {
        self.redeemed().next().is_some()
    }

    /// Those that take something off: one that does not is left to others.
    fn redeemed(&self) -> impl Iterator<Item = &QuotedPromotion> {
        let promotions = self.quote.promotions.iter();
        promotions.filter(|promotion| promotion.discount() > 0)
    }
}
