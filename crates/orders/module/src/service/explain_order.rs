//! Tells how an order came to its total.

use orders_contract::OrderId;
use tenon_kernel::CallCtx;

use super::{Outcome, Service, internal};
use crate::domain::trail::Trail;
use crate::store;

impl Service {
    /// Tells it from what was frozen when the order's checkout began. Whether the caller may know the order has been
    /// checked.
    #[tracing::instrument(name = "orders.explain_order", skip_all, fields(order.id = %id))]
    pub(crate) async fn explain_order(&self, ctx: &CallCtx, id: OrderId) -> Outcome<Trail> {
        let checkout = store::checkouts::of_order(&mut self.db.read(ctx), id).await?;
        let checkout = checkout.ok_or_else(|| internal("checkout of an order"))?;
        Ok(Trail::of_quote(&checkout.quote))
    }
}
