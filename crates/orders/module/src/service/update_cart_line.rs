//! Changes how many of a variant are in a cart.

use orders_contract::{CartId, LineId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::retrying;

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::store::{self, Access};

impl Service {
    /// Sets the quantity of a line and takes its price as it is now, in that quantity.
    #[tracing::instrument(name = "orders.update_cart_line", skip_all, fields(cart.id = %id))]
    pub(crate) async fn update_cart_line(
        &self,
        ctx: &CallCtx,
        (id, line): (CartId, LineId),
        access: &Access,
        version: i64,
        quantity: i64,
    ) -> Outcome<ShownCart> {
        let found = store::carts::find(&mut self.db.read(ctx), id, access).await?;
        let seen = found.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
        let known = seen
            .lines
            .iter()
            .find(|it| it.id == line)
            .map(|it| it.variant_id);
        let variant = known.ok_or(SeamError::Domain(OrdersError::CartLineNotFound))?;
        let offer = self.offer(ctx, &seen, variant).await?;

        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.update_cart_line").await?;
            let locked = store::carts::lock(&mut tx, id, access).await?;
            let mut cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            cart.check_edit(version).map_err(SeamError::Domain)?;
            let changed = cart
                .set_quantity(line, quantity, offer.as_ref())
                .map_err(SeamError::Domain)?;
            store::carts::save_line(&mut tx, id, &changed).await?;
            tx.commit().await?;
            Ok::<_, SeamError<OrdersError>>(cart)
        })
        .await?;
        self.show(ctx, cart).await
    }
}
