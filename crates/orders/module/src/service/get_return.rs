//! Shows returns.

use orders_contract::{LineId, OrderId, OrdersError, ReturnId};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamError;

use super::{Outcome, Service};
use crate::domain::returns::{Return, is_returnable, returnable_until};
use crate::store::{self, Access};

/// What of an order can still come back.
#[derive(Debug, Clone)]
pub(crate) struct Returnable {
    pub(crate) line_id: LineId,
    /// Pieces that have left and are in no return.
    pub(crate) quantity: i64,
    /// Until when the buyer may ask.
    pub(crate) until: Timestamp,
}

impl Service {
    /// Shows a return of the caller.
    #[tracing::instrument(name = "orders.get_return", skip_all, fields(return.id = %id))]
    pub(crate) async fn get_return(
        &self,
        ctx: &CallCtx,
        id: ReturnId,
        access: &Access,
    ) -> Outcome<Return> {
        let not_found = || SeamError::Domain(OrdersError::ReturnNotFound);
        let mut reader = self.db.read(ctx);
        let found = store::returns::find(&mut reader, id).await?;
        let found = found.ok_or_else(not_found)?;
        let order = store::orders::find(&mut reader, found.order_id, access).await?;
        order.map(|_| found).ok_or_else(not_found)
    }

    /// Lists the returns of an order of the caller, oldest first, and what can still come back.
    #[tracing::instrument(name = "orders.list_returns", skip_all, fields(order.id = %order))]
    pub(crate) async fn list_returns(
        &self,
        ctx: &CallCtx,
        order: OrderId,
        access: &Access,
    ) -> Outcome<(Vec<Return>, Vec<Returnable>)> {
        let (stored, parcels) = self.get_order(ctx, order, access).await?;
        let mut reader = self.db.read(ctx);
        let returns = store::returns::of_order(&mut reader, order).await?;
        if !is_returnable(stored.order.status) {
            return Ok((returns, Vec::new()));
        }
        let returned = store::return_lines::returned(&mut reader, order).await?;
        let window = self.settings.return_window();
        let returnable = stored.order.lines.iter().filter_map(|line| {
            let quantity = line.shipped - returned.get(&line.line_id).copied().unwrap_or(0);
            let until = returnable_until(line.line_id, &parcels, window)?;
            (quantity > 0).then_some(Returnable {
                line_id: line.line_id,
                quantity,
                until,
            })
        });
        Ok((returns, returnable.collect()))
    }
}
