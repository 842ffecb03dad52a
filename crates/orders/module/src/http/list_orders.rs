//! `GET /v1/orders`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::{OrderId, OrderStatus, UserRef};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiQuery, Ctx, Endpoint, Expand, ListView, Problem, Reply, page_request};

use super::TAG;
use super::order_view::OrderSummaryView;
use crate::service::Service;
use crate::service::list_orders::ListOrders;
use crate::store::Access;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListOrdersQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only orders in this state.
    status: Option<StatusFilter>,
    /// Staff only: orders of this person.
    user_id: Option<UserRef>,
    /// Staff only: orders whose mails go to this address.
    email: Option<String>,
    /// Staff only: the order with this number.
    number: Option<i64>,
}

/// States that can be asked for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StatusFilter {
    PendingPayment,
    Placed,
    PartiallyFulfilled,
    Fulfilled,
    Cancelled,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/orders", "list_orders", Policy::SignedIn)
        .tag(TAG)
        .summary(
            "Lists the orders of the signed-in person; for staff those of everybody. Newest first.",
        )
        .query::<ListOrdersQuery>()
        .expands("fulfillments", "the parcels of each order")
        .expands("returns", "what came back of each order, or is to")
        .answers::<ListView<OrderSummaryView>>(200, "A page of orders.")
        .problem(400, "orders.invalid_cursor")
        .handler(handler, Arc::clone(service))
}

/// Lists orders.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    expand: Expand,
    ApiQuery(query): ApiQuery<ListOrdersQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let wanted = ListOrders {
        status: query.status.map(OrderStatus::from),
        user_id: query.user_id,
        email: query.email,
        number: query.number,
    };
    let staff = Access::of(&ctx, None).staff;
    let page = service.list_orders(&ctx, staff, wanted, page).await?;
    let ids: Vec<OrderId> = page.data.iter().map(|order| order.order_id).collect();
    let mut parcels = if expand.has("fulfillments") {
        Some(service.expand_fulfillments(&ctx, &ids).await?)
    } else {
        None
    };
    let mut returns = if expand.has("returns") {
        Some(service.expand_returns(&ctx, &ids).await?)
    } else {
        None
    };
    Ok(Reply::page(page.map(|order| {
        let id = order.order_id;
        let mut view = OrderSummaryView::from(order);
        if let Some(parcels) = parcels.as_mut() {
            let own = parcels.remove(&id).unwrap_or_default();
            view = view.with_fulfillments(own.into_iter().map(Into::into).collect());
        }
        if let Some(returns) = returns.as_mut() {
            let own = returns.remove(&id).unwrap_or_default();
            view = view.with_returns(own.into_iter().map(Into::into).collect());
        }
        view
    })))
}

impl From<StatusFilter> for OrderStatus {
    fn from(filter: StatusFilter) -> Self {
        match filter {
            StatusFilter::PendingPayment => Self::PendingPayment,
            StatusFilter::Placed => Self::Placed,
            StatusFilter::PartiallyFulfilled => Self::PartiallyFulfilled,
            StatusFilter::Fulfilled => Self::Fulfilled,
            StatusFilter::Cancelled => Self::Cancelled,
        }
    }
}
