//! Lists orders, newest first.

use orders_contract::{Order, OrderStatus, OrdersError, UserRef};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamError;

use super::{Outcome, Service};
use crate::domain::order::status_name;
use crate::store;
use crate::store::order_lists::{OrderFilter, position};

/// Which orders are wanted. Only staff may ask for those of others.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListOrders {
    pub(crate) status: Option<OrderStatus>,
    pub(crate) user_id: Option<UserRef>,
    pub(crate) email: Option<String>,
    pub(crate) number: Option<i64>,
}

impl Service {
    /// Lists the orders of the signed-in person; for staff those of everybody, or of whom they ask for.
    #[tracing::instrument(name = "orders.list_orders", skip_all)]
    pub(crate) async fn list_orders(
        &self,
        ctx: &CallCtx,
        staff: bool,
        wanted: ListOrders,
        page: PageRequest,
    ) -> Outcome<Page<Order>> {
        let filter = match (staff, wanted.number, wanted.user_id, wanted.email) {
            (true, Some(number), _, _) => OrderFilter::Number(number),
            (true, _, Some(user), _) => OrderFilter::Owner(user.uuid()),
            (true, _, _, Some(email)) => OrderFilter::Email(email),
            (true, None, None, None) => OrderFilter::All,
            (false, ..) => match ctx.principal.user() {
                Some(user) => OrderFilter::Owner(user.user),
                None => {
                    return Ok(Page {
                        data: Vec::new(),
                        next_cursor: None,
                    });
                }
            },
        };
        let scope = format!(
            "orders?{filter:?}&status={}",
            wanted.status.map_or("", status_name)
        );
        let before = match &page.cursor {
            None => i64::MAX,
            Some(cursor) => self
                .cursor_key
                .open(&scope, cursor)
                .map_err(|_| invalid_cursor())?,
        };
        let found = store::order_lists::list(
            &mut self.db.read(ctx),
            &filter,
            wanted.status,
            before,
            page.limit,
        )
        .await?;
        let orders = found.into_iter().map(|stored| stored.order).collect();
        Ok(Page::from_rows(orders, page.limit, |last| {
            self.cursor_key.seal(&scope, &position(last))
        }))
    }
}

/// The cursor was made for another list or filter.
pub(super) fn invalid_cursor() -> SeamError<OrdersError> {
    SeamError::Domain(OrdersError::InvalidCursor)
}
