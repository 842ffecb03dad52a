//! The contract that other modules call.

use async_trait::async_trait;
use orders_contract::{
    GetOrders, ListOrderPayments, OrderPayment, OrderPayments, Orders, OrdersError, OrdersFound,
};
use tenon_kernel::{CallCtx, Page};
use tenon_seam::{SeamError, SeamResult};

use super::Service;
use super::list_orders::invalid_cursor;
use crate::store;

const MOST_IDS: usize = 200;
const PAYMENTS: &str = "order_payments";

#[async_trait]
impl Orders for Service {
    async fn get_orders(
        &self,
        ctx: &CallCtx,
        req: GetOrders,
    ) -> SeamResult<OrdersFound, OrdersError> {
        if req.order_ids.len() > MOST_IDS {
            let detail = format!("at most {MOST_IDS} ids at once");
            return Err(SeamError::Domain(OrdersError::field(
                "/order_ids",
                "too_many",
                detail,
            )));
        }
        let found = store::order_lists::get(&mut self.db.read(ctx), &req.order_ids).await?;
        Ok(OrdersFound {
            orders: found.into_iter().map(|stored| stored.order).collect(),
        })
    }

    async fn list_order_payments(
        &self,
        ctx: &CallCtx,
        req: ListOrderPayments,
    ) -> SeamResult<OrderPayments, OrdersError> {
        let limit = req.page.limit.clamp(1, 200);
        let after: i64 = match &req.page.cursor {
            None => 0,
            Some(cursor) => self
                .cursor_key
                .open(PAYMENTS, cursor)
                .map_err(|_| invalid_cursor())?,
        };
        let rows = store::order_lists::payments(&mut self.db.read(ctx), after, limit).await?;
        let page = Page::from_rows(rows, limit, |(number, _)| {
            self.cursor_key.seal(PAYMENTS, number)
        });
        let page: Page<OrderPayment> = page.map(|(_, payment)| payment);
        Ok(OrderPayments {
            data: page.data,
            next_cursor: page.next_cursor,
        })
    }
}
