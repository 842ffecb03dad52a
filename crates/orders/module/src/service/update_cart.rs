//! Changes what a cart says about its buyer and the way of delivery.

use orders_contract::{Address, CartId, OrdersError};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::SeamError;
use tenon_store::retrying;

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::domain::address::{check_address, check_email};
use crate::domain::cart::Cart;
use crate::store::{self, Access};

/// What to change. The outer option says whether the member was sent (RFC 7396), the inner one its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct UpdateCart {
    pub(crate) email: Option<Option<String>>,
    pub(crate) shipping_address: Option<Option<Address>>,
    pub(crate) billing_address: Option<Option<Address>>,
    pub(crate) shipping_method: Option<Option<String>>,
}

impl Service {
    /// Changes the sent members, and takes all prices as they are now: with an empty change this is how a buyer
    /// agrees to changed prices.
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
        let offers = self.offers(ctx, seen.lines.iter().map(|line| line.variant_id).collect(), seen.currency).await?;

        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.update_cart").await?;
            let locked = store::carts::lock(&mut tx, id, access).await?;
            let mut cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            cart.check_edit(version).map_err(SeamError::Domain)?;
            change.clone().apply(&mut cart);
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
        errors.extend(change.email.iter().flatten().filter_map(|email| check_email("/email", email)));
        for (pointer, address) in
            [("/shipping_address", &change.shipping_address), ("/billing_address", &change.billing_address)]
        {
            errors.extend(address.iter().flatten().flat_map(|address| check_address(pointer, address)));
        }
        for code in change.shipping_method.iter().flatten() {
            if self.settings.shipping_method(code).is_none() {
                let detail = "no such way of delivery; see `/shipping-options` of the cart";
                errors.push(FieldError::new("/shipping_method", "unknown_shipping_method", detail));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(SeamError::Domain(OrdersError::InvalidRequest { fields: errors })) }
    }
}

impl UpdateCart {
    fn apply(self, cart: &mut Cart) {
        fn set<T>(member: &mut Option<T>, sent: Option<Option<T>>) {
            if let Some(value) = sent {
                *member = value;
            }
        }
        set(&mut cart.email, self.email);
        set(&mut cart.shipping_address, self.shipping_address);
        set(&mut cart.billing_address, self.billing_address);
        set(&mut cart.shipping_method, self.shipping_method);
    }
}
