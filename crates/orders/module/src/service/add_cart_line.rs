//! Puts a variant into a cart.

use orders_contract::{CartId, OrdersError, VariantRef};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::{Claim, retrying};

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::domain::cart::{Cart, CartLine};
use crate::store::{self, Access};

/// What goes into the cart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AddCartLine {
    pub(crate) variant_id: VariantRef,
    pub(crate) quantity: i64,
}

pub(crate) const OPERATION: &str = "add_cart_line";

impl Service {
    /// Adds pieces of a variant: to its line, if the cart has one. Takes the price as it is now, in the quantity that
    /// the line has then.
    ///
    /// Needs no version: additions of several callers add up.
    #[tracing::instrument(name = "orders.add_cart_line", skip_all, fields(cart.id = %id))]
    pub(crate) async fn add_cart_line(
        &self,
        ctx: &CallCtx,
        id: CartId,
        access: &Access,
        new: AddCartLine,
    ) -> Outcome<ShownCart> {
        let found = store::carts::find(&mut self.db.read(ctx), id, access).await?;
        let seen = found.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
        let offer = self.offer(ctx, &seen, new.variant_id).await?;
        let line_id = self.db.env().new_id();

        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.add_cart_line").await?;
            match tx.claim_key::<CartId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => return outcome.map(|_| None).map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            let locked = store::carts::lock(&mut tx, id, access).await?;
            let mut cart: Cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            cart.check_open().map_err(SeamError::Domain)?;
            // How many there are only the locked cart knows; the offer has the prices of all quantities.
            let known = cart.quantity_of(new.variant_id);
            let pieces = (known, new.quantity);
            let line = CartLine::from_offer(line_id, pieces, cart.currency, offer.as_ref());
            let line = line
                .and_then(|line| cart.add(line))
                .map_err(SeamError::Domain)?;
            store::carts::save_line(&mut tx, id, &line).await?;
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
}
