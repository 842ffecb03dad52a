//! Takes a promotion code out of a cart.

use orders_contract::{CartId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::retrying;

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::domain::promotion::normal_code;
use crate::store::{self, Access};

impl Service {
    /// Removes a code, whether or not it counts still.
    #[tracing::instrument(name = "orders.remove_promotion_code", skip_all, fields(cart.id = %id))]
    pub(crate) async fn remove_promotion_code(
        &self,
        ctx: &CallCtx,
        id: CartId,
        code: &str,
        access: &Access,
        version: i64,
    ) -> Outcome<ShownCart> {
        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "orders.remove_promotion_code")
                .await?;
            let locked = store::carts::lock(&mut tx, id, access).await?;
            let mut cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            cart.check_edit(version).map_err(SeamError::Domain)?;
            let not_there = || SeamError::Domain(OrdersError::PromotionCodeNotInCart);
            let code = normal_code(code).ok_or_else(not_there)?;
            let promotions = store::promotions::of_cart(&mut tx, &cart.promotions, None).await?;
            let entered = promotions.iter().find(|(it, _)| it.code == code);
            let (promotion, _) = entered.ok_or_else(not_there)?;
            cart.promotions.retain(|id| *id != promotion.id);
            store::carts::save_promotions(&mut tx, &cart).await?;
            tx.commit().await?;
            Ok::<_, SeamError<OrdersError>>(cart)
        })
        .await?;
        self.show(ctx, cart).await
    }
}
