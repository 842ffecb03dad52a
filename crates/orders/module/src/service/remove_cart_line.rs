//! Takes a line out of a cart.

use orders_contract::{CartId, LineId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::retrying;

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::store::{self, Access};

impl Service {
    /// Removes a line.
    #[tracing::instrument(name = "orders.remove_cart_line", skip_all, fields(cart.id = %id))]
    pub(crate) async fn remove_cart_line(
        &self,
        ctx: &CallCtx,
        (id, line): (CartId, LineId),
        access: &Access,
        version: i64,
    ) -> Outcome<ShownCart> {
        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.remove_cart_line").await?;
            let locked = store::carts::lock(&mut tx, id, access).await?;
            let mut cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            cart.check_edit(version).map_err(SeamError::Domain)?;
            if !store::carts::delete_line(&mut tx, id, line).await? {
                return Err(SeamError::Domain(OrdersError::CartLineNotFound));
            }
            cart.lines.retain(|it| it.id != line);
            tx.commit().await?;
            Ok(cart)
        })
        .await?;
        self.show(ctx, cart).await
    }
}
