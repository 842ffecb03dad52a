//! What the modules say when everything is over, page by page.

use anyhow::Result;
use orders_contract::{GetOrders, ListOrderPayments, Order, OrderPayment};
use payments_contract::{ListSettlements, Settlement};
use tenon_kernel::{CallCtx, Cursor, PageRequest};
use tenon_seam::SeamResult;
use tenon_server::compose::Contracts;

/// All orders, and what each expects of its payment.
pub(crate) async fn orders(
    contracts: &Contracts,
    ctx: &CallCtx,
) -> Result<(Vec<OrderPayment>, Vec<Order>)> {
    let mut payments = Vec::new();
    let mut cursor = None;
    loop {
        let request = ListOrderPayments { page: page(cursor) };
        let found = settled(contracts.orders.list_order_payments(ctx, request).await)?;
        payments.extend(found.data);
        cursor = found.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut orders = Vec::new();
    for some in payments.chunks(100) {
        let order_ids = some.iter().map(|of| of.order_id).collect();
        let found = contracts.orders.get_orders(ctx, GetOrders { order_ids });
        orders.extend(settled(found.await)?.orders);
    }
    orders.sort_by_key(|order| order.order_id.uuid());
    Ok((payments, orders))
}

/// What became of all payments.
pub(crate) async fn settlements(contracts: &Contracts, ctx: &CallCtx) -> Result<Vec<Settlement>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let request = ListSettlements { page: page(cursor) };
        let found = settled(contracts.payments.list_settlements(ctx, request).await)?;
        all.extend(found.settlements);
        cursor = found.next_cursor;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

fn settled<T, E: std::fmt::Debug>(answer: SeamResult<T, E>) -> Result<T> {
    answer.map_err(|error| anyhow::anyhow!("{error:?}"))
}

fn page(cursor: Option<Cursor>) -> PageRequest {
    PageRequest { limit: 200, cursor }
}
