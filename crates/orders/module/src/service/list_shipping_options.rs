//! Ways of delivery for a cart.

use orders_contract::{CartId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::{Outcome, Service, internal};
use crate::domain::shipping::ShippingOption;
use crate::store::{self, Access};

impl Service {
    /// Lists the ways of delivery that serve a cart's address and currency, priced for it.
    ///
    /// # Errors
    ///
    /// [`OrdersError::CartNotFound`], [`OrdersError::RatesUnavailable`].
    #[tracing::instrument(name = "orders.list_shipping_options", skip_all, fields(cart.id = %id))]
    pub(crate) async fn list_shipping_options(
        &self,
        ctx: &CallCtx,
        id: CartId,
        access: &Access,
    ) -> Outcome<Vec<ShippingOption>> {
        let found = store::carts::find(&mut self.db.read(ctx), id, access).await?;
        let cart = found.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
        let subtotal = cart.subtotal().map_err(|_| internal("cart"))?;
        let asked = self.ask_rates(ctx, &cart).await?;
        Ok(self
            .rates(&asked)
            .options(subtotal, cart.shipping_address.as_ref()))
    }
}
