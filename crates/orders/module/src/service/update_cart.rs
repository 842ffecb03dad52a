//! Changes what a cart says about its buyer and the way of delivery.

use orders_contract::{Address, CartId, OrdersError};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::SeamError;
use tenon_store::retrying;

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::domain::address::{check_address, check_email};
use crate::domain::cart::Cart;
use crate::domain::patch::Patch;
use crate::store::{self, Access};

/// What to change.
#[derive(Debug, Clone, Default)]
pub(crate) struct UpdateCart {
    pub(crate) email: Patch<String>,
    pub(crate) shipping_address: Patch<Address>,
    pub(crate) billing_address: Patch<Address>,
    pub(crate) shipping_method: Patch<String>,
}

impl Service {
    /// Changes the sent members, and takes all prices as they are now: with an empty change this is how a buyer
    /// agrees to changed prices, and to what a merge left out.
    #[tracing::instrument(name = "orders.update_cart", skip_all, fields(cart.id = %id))]
    pub(crate) async fn update_cart(
        &self,
        ctx: &CallCtx,
        id: CartId,
        access: &Access,
        version: i64,
        change: UpdateCart,
    ) -> Outcome<ShownCart> {
        let found = store::carts::find(&mut self.db.read(ctx), id, access).await?;
        let seen = found.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
        self.check(&change)?;
        let offers = self.offers(ctx, &seen).await?;

        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.update_cart").await?;
            let locked = store::carts::lock(&mut tx, id, access).await?;
            let mut cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            cart.check_edit(version).map_err(SeamError::Domain)?;
            change.clone().apply(&mut cart);
            cart.left_out.clear();
            store::carts::save_details(&mut tx, &cart).await?;
            for line in cart.reprice(&offers) {
                store::carts::save_line(&mut tx, id, &line).await?;
            }
            tx.commit().await?;
            Ok::<_, SeamError<OrdersError>>(cart)
        })
        .await?;
        self.show(ctx, cart).await
    }

    fn check(&self, change: &UpdateCart) -> Outcome<()> {
        let mut errors: Vec<FieldError> = Vec::new();
        errors.extend(
            change
                .email
                .as_set()
                .and_then(|email| check_email("/email", email)),
        );
        for (pointer, address) in [
            ("/shipping_address", &change.shipping_address),
            ("/billing_address", &change.billing_address),
        ] {
            errors.extend(
                address
                    .as_set()
                    .map(|address| check_address(pointer, address))
                    .unwrap_or_default(),
            );
        }
        if change
            .shipping_method
            .as_set()
            .is_some_and(|code| self.settings.shipping_method(code).is_none())
        {
            let detail = "no such way of delivery; see `/shipping-options` of the cart";
            errors.push(FieldError::new(
                "/shipping_method",
                "unknown_shipping_method",
                detail,
            ));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(SeamError::Domain(OrdersError::InvalidRequest {
                fields: errors,
            }))
        }
    }
}

impl UpdateCart {
    fn apply(self, cart: &mut Cart) {
        self.email.apply(&mut cart.email);
        self.shipping_address.apply(&mut cart.shipping_address);
        self.billing_address.apply(&mut cart.billing_address);
        self.shipping_method.apply(&mut cart.shipping_method);
    }
}
