//! An in-memory stand-in for the orders module, for tests of its callers.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use crate::{
    GetOrders, ListOrderPayments, Order, OrderId, OrderPayment, OrderPayments, Orders, OrdersError,
    OrdersFound,
};

/// Answers from a list of orders.
#[derive(Debug, Default)]
pub struct FakeOrders {
    orders: Mutex<BTreeMap<OrderId, Order>>,
}

impl FakeOrders {
    /// Puts an order there, or replaces it.
    pub fn put(&self, order: Order) {
        self.orders
            .lock()
            .expect("no test panics while it holds this")
            .insert(order.order_id, order);
    }
}

#[async_trait]
impl Orders for FakeOrders {
    async fn get_orders(
        &self,
        _: &CallCtx,
        req: GetOrders,
    ) -> SeamResult<OrdersFound, OrdersError> {
        let known = self
            .orders
            .lock()
            .expect("no test panics while it holds this");
        Ok(OrdersFound {
            orders: req
                .order_ids
                .iter()
                .filter_map(|id| known.get(id).cloned())
                .collect(),
        })
    }

    async fn list_order_payments(
        &self,
        _: &CallCtx,
        _: ListOrderPayments,
    ) -> SeamResult<OrderPayments, OrdersError> {
        let known = self
            .orders
            .lock()
            .expect("no test panics while it holds this");
        let data = known
            .values()
            .map(|order| OrderPayment {
                order_id: order.order_id,
                payment_id: order.payment_id,
                status: order.status,
                payment_status: order.payment_status,
                total: order.totals.total,
                captured: order.captured,
                refunded: order.refunded,
                created_at: order.created_at,
            })
            .collect();
        Ok(OrderPayments {
            data,
            next_cursor: None,
        })
    }
}
