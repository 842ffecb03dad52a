//! `GET /v1/price-lists/{id}/prices`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{PriceListId, VariantId};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Money, Page, Role};
use tenon_web::{ApiPath, ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::price_list_view::PriceRowView;
use crate::service::Service;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListPriceRowsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only this variant's.
    variant_id: Option<VariantId>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/price-lists/{id}/prices",
        "list_price_list_prices",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists rows of a price list, by variant and quantity.")
    .path_param::<PriceListId>("id", "The price list.")
    .query::<ListPriceRowsQuery>()
    .answers::<ListView<PriceRowView>>(200, "A page of rows.")
    .problem(400, "catalog.invalid_cursor")
    .problem(404, "catalog.price_list_not_found")
    .handler(handler, Arc::clone(service))
}

/// Lists rows.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<PriceListId>,
    ApiQuery(query): ApiQuery<ListPriceRowsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let (currency, page) = service
        .list_price_rows(&ctx, id, query.variant_id, page)
        .await?;
    let mut rows = Vec::with_capacity(page.data.len());
    for row in page.data {
        // The database refuses what is no amount of money.
        let Ok(unit_price) = Money::new(row.amount, currency) else {
            continue;
        };
        rows.push(PriceRowView {
            variant_id: row.variant_id,
            min_quantity: row.min_quantity,
            unit_price,
        });
    }
    Ok(Reply::page(Page {
        data: rows,
        next_cursor: page.next_cursor,
    }))
}
