//! Enters a promotion code into a cart.

use orders_contract::{CartId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::{Claim, retrying};

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::domain::cart::Cart;
use crate::domain::promotion::{Promotion, normal_code};
use crate::store::{self, Access};

pub(crate) const OPERATION: &str = "add_promotion_code";

impl Service {
    /// Enters a code. One that is there already changes nothing; one whose promotion does not fit the cart yet is
    /// entered, and the cart says why it does not count.
    ///
    /// Needs no version: codes of several callers add up.
    ///
    /// # Errors
    ///
    /// [`OrdersError::PromotionCodeInvalid`] if no promotion with the code counts now,
    /// [`OrdersError::PromotionExhausted`], [`OrdersError::PromotionNotCombinable`],
    /// [`OrdersError::InvalidRequest`] if there are too many.
    #[tracing::instrument(name = "orders.add_promotion_code", skip_all, fields(cart.id = %id))]
    pub(crate) async fn add_promotion_code(
        &self,
        ctx: &CallCtx,
        id: CartId,
        access: &Access,
        code: &str,
    ) -> Outcome<ShownCart> {
        let found = store::carts::find(&mut self.db.read(ctx), id, access).await?;
        let seen = found.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
        let known = self.look_up(ctx, &seen, code).await?;

        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.add_promotion_code").await?;
            match tx.claim_key::<CartId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => return outcome.map(|_| None).map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            let locked = store::carts::lock(&mut tx, id, access).await?;
            let mut cart: Cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            cart.check_open().map_err(SeamError::Domain)?;
            let known = known.as_ref();
            let (promotion, refusal) =
                known.ok_or(SeamError::Domain(OrdersError::PromotionCodeInvalid))?;
            if !cart.promotions.contains(&promotion.id) {
                if let Some(refusal) = refusal {
                    return Err(SeamError::Domain(refusal.clone()));
                }
                let others = store::promotions::of_cart(&mut tx, &cart.promotions, None).await?;
                let most = self.settings.promotion_codes_per_cart;
                cart.enter(promotion, &others, most)
                    .map_err(SeamError::Domain)?;
                store::carts::save_promotions(&mut tx, &cart).await?;
            }
            tx.commit_outcome::<CartId, OrdersError>(OPERATION, &Ok(id), Some(id.to_string()))
                .await?;
            Ok(Some(cart))
        })
        .await?;
        match cart {
            Some(cart) => self.show(ctx, cart).await,
            None => self.get_cart(ctx, id, access).await, // done before: show the cart as it is now
        }
    }

    /// Finds the promotion with a code, and why it cannot be entered now.
    async fn look_up(
        &self,
        ctx: &CallCtx,
        cart: &Cart,
        code: &str,
    ) -> Outcome<Option<(Promotion, Option<OrdersError>)>> {
        let Some(code) = normal_code(code) else {
            return Ok(None);
        };
        let customer = self.customer_key.of_cart(cart);
        let mut reader = self.db.read(ctx);
        let found = store::promotions::find_by_code(&mut reader, &code, customer).await?;
        let Some((promotion, used)) = found else {
            return Ok(None);
        };
        let refusal = if !promotion.is_on(self.db.env().now()) {
            Some(OrdersError::PromotionCodeInvalid)
        } else if promotion.is_left(used) {
            None
        } else {
            let others = self.codes(ctx, cart).await?;
            Some(OrdersError::PromotionExhausted {
                codes: vec![code],
                total: self.estimate(cart, &others)?.totals.total,
            })
        };
        Ok(Some((promotion, refusal)))
    }
}
