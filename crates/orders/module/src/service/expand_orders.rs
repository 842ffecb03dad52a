//! What belongs to orders that somebody may see: one look for a whole page.

use std::collections::BTreeMap;

use orders_contract::OrderId;
use tenon_kernel::CallCtx;

use super::{Outcome, Service};
use crate::domain::fulfillment::Fulfillment;
use crate::domain::returns::Return;
use crate::store;

impl Service {
    /// Returns the parcels of orders, oldest first. Whoever asks has found the orders for its caller.
    #[tracing::instrument(name = "orders.expand_fulfillments", skip_all)]
    pub(crate) async fn expand_fulfillments(
        &self,
        ctx: &CallCtx,
        orders: &[OrderId],
    ) -> Outcome<BTreeMap<OrderId, Vec<Fulfillment>>> {
        if orders.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = store::fulfillments::of_orders(&mut self.db.read(ctx), orders).await?;
        Ok(by_order(found, |parcel| parcel.order_id))
    }

    /// Returns the returns of orders, oldest first. Whoever asks has found the orders for its caller.
    #[tracing::instrument(name = "orders.expand_returns", skip_all)]
    pub(crate) async fn expand_returns(
        &self,
        ctx: &CallCtx,
        orders: &[OrderId],
    ) -> Outcome<BTreeMap<OrderId, Vec<Return>>> {
        if orders.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = store::returns::of_orders(&mut self.db.read(ctx), orders).await?;
        Ok(by_order(found, |it| it.order_id))
    }
}

fn by_order<T>(found: Vec<T>, order: impl Fn(&T) -> OrderId) -> BTreeMap<OrderId, Vec<T>> {
    let mut sorted: BTreeMap<OrderId, Vec<T>> = BTreeMap::new();
    for one in found {
        sorted.entry(order(&one)).or_default().push(one);
    }
    sorted
}
