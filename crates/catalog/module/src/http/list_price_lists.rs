//! `GET /v1/price-lists` and `GET /v1/price-lists/{id}`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::PriceListId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Currency, Role};
use tenon_web::{ApiPath, ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::price_list_view::{PriceListStatus, PriceListView};
use crate::domain::product::Status;
use crate::service::Service;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListPriceListsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those.
    status: Option<PriceListStatus>,
    /// Only those in this currency.
    currency: Option<Currency>,
}

pub(super) fn endpoints(service: &Arc<Service>) -> [Endpoint; 2] {
    let list = Endpoint::get(
        "/v1/price-lists",
        "list_price_lists",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists price lists, newest first.")
    .query::<ListPriceListsQuery>()
    .answers::<ListView<PriceListView>>(200, "A page of price lists.")
    .problem(400, "catalog.invalid_cursor")
    .handler(list, Arc::clone(service));
    let get = Endpoint::get(
        "/v1/price-lists/{id}",
        "get_price_list",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Returns a price list without its rows.")
    .path_param::<PriceListId>("id", "The price list.")
    .versioned()
    .answers::<PriceListView>(200, "The price list.")
    .problem(404, "catalog.price_list_not_found")
    .handler(get, Arc::clone(service));
    [list, get]
}

/// Lists price lists.
async fn list(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListPriceListsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let filter = (query.status.map(Status::from), query.currency);
    let page = service.list_price_lists(&ctx, filter, page).await?;
    Ok(Reply::page(page.map(PriceListView::from)))
}

/// Returns a price list.
async fn get(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PriceListId>,
) -> Result<Reply, Problem> {
    let list = service.get_price_list(&ctx, id).await?;
    let version = list.version;
    Ok(Reply::ok(&PriceListView::from(list)).version(version))
}
