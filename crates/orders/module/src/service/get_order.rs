//! Shows an order and what happened to it.

use orders_contract::{OrderId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::{Outcome, Service};
use crate::domain::fulfillment::Fulfillment;
use crate::domain::timeline::{Moment, timeline};
use crate::store::order_rows::StoredOrder;
use crate::store::{self, Access};

impl Service {
    /// Shows an order of the caller, with its parcels.
    #[tracing::instrument(name = "orders.get_order", skip_all, fields(order.id = %id))]
    pub(crate) async fn get_order(
        &self,
        ctx: &CallCtx,
        id: OrderId,
        access: &Access,
    ) -> Outcome<(StoredOrder, Vec<Fulfillment>)> {
        let mut reader = self.db.read(ctx);
        let found = store::orders::find(&mut reader, id, access).await?;
        let order = found.ok_or(SeamError::Domain(OrdersError::OrderNotFound))?;
        let parcels = store::fulfillments::of_order(&mut reader, id).await?;
        Ok((order, parcels))
    }

    /// Tells what happened to an order of the caller, oldest first.
    #[tracing::instrument(name = "orders.get_order_timeline", skip_all, fields(order.id = %id))]
    pub(crate) async fn get_order_timeline(
        &self,
        ctx: &CallCtx,
        id: OrderId,
        access: &Access,
    ) -> Outcome<Vec<Moment>> {
        let (stored, parcels) = self.get_order(ctx, id, access).await?;
        let mut reader = self.db.read(ctx);
        let returns = store::returns::of_order(&mut reader, id).await?;
        let facts = store::payment_facts::of_order(&mut reader, id).await?;
        Ok(timeline(&stored.order, &parcels, &returns, facts))
    }
}
