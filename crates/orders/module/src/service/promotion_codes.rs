//! Looks up what the codes of a cart are worth now.

use orders_contract::OrdersError;
use tenon_kernel::CallCtx;

use super::{Outcome, Service, internal};
use crate::domain::cart::{Cart, CartStatus};
use crate::domain::promotion::Codes;
use crate::domain::quote::Price;
use crate::store;

impl Service {
    /// Looks up the promotions of a cart and judges them; asks nothing for a cart without codes.
    pub(super) async fn codes(&self, ctx: &CallCtx, cart: &Cart) -> Outcome<Codes> {
        if cart.promotions.is_empty() {
            return Ok(Codes::default());
        }
        let customer = self.customer_key.of_cart(cart);
        let mut reader = self.db.read(ctx);
        let found = store::promotions::of_cart(&mut reader, &cart.promotions, customer).await?;
        if cart.status != CartStatus::Active {
            return Ok(Codes::held(found, cart.currency));
        }
        let subtotal = cart.subtotal().map_err(|_| internal("cart"))?;
        Ok(Codes::judge(found, subtotal, self.db.env().now()))
    }
}

/// What a buyer is told whose promotions are used up, if nothing else is wrong with the codes.
pub(super) fn used_up(codes: &Codes, price: &Price) -> Option<OrdersError> {
    Some(OrdersError::PromotionExhausted {
        codes: codes.exhausted()?,
        total: price.totals.total, // they were left out
    })
}
