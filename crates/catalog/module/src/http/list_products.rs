//! `GET /v1/products`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Page;
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use super::members::ProductStatus;
use super::product_view::ProductView;
use crate::domain::product::Status;
use crate::service::Service;
use crate::store::products::ProductFilter;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListProductsQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Slug of a category.
    #[schemars(length(min = 1, max = 80))]
    category: Option<String>,
    /// Part of the title or of a SKU, in upper or lower case.
    #[schemars(length(min = 1, max = 100))]
    q: Option<String>,
    /// `active` unless said; only staff get anything for the others.
    status: Option<ProductStatus>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/products", "list_products", Policy::Public)
        .tag(TAG)
        .summary("Lists products, newest first.")
        .query::<ListProductsQuery>()
        .answers::<ListView<ProductView<'static>>>(200, "A page of products.")
        .problem(400, "catalog.invalid_cursor")
        .problem(422, "catalog.invalid")
        .handler(handler, Arc::clone(service))
}

/// Lists products.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListProductsQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let status = query.status.map_or(Status::Active, Status::from);
    let filter = ProductFilter {
        status,
        category: query.category,
        text: query.q,
    };
    let page = service.list_products(&ctx, filter, page).await?;
    let views = page.data.iter().map(ProductView::of).collect();
    Ok(Reply::page(Page {
        data: views,
        next_cursor: page.next_cursor,
    }))
}
