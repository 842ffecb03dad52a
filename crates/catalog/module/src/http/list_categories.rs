//! `GET /v1/categories`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::CategoryId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Page, Timestamp};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use crate::domain::category::Category;
use crate::service::Service;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListCategoriesQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A category.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Category")]
pub(super) struct CategoryView {
    id: CategoryId,
    /// Its place in URLs; `GET /v1/products?category=<slug>` lists what is in it.
    slug: String,
    title: String,
    /// Plain text.
    description: String,
    /// Lower comes first.
    position: i64,
    version: i64,
    created_at: Timestamp,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/categories", "list_categories", Policy::Public)
        .tag(TAG)
        .summary("Lists categories in the order of the shop.")
        .query::<ListCategoriesQuery>()
        .answers::<ListView<CategoryView>>(200, "A page of categories.")
        .problem(400, "catalog.invalid_cursor")
        .handler(handler, Arc::clone(service))
}

/// Lists categories.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListCategoriesQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let page: Page<Category> = service.list_categories(&ctx, page).await?;
    Ok(Reply::page(page.map(CategoryView::from)))
}

impl From<Category> for CategoryView {
    fn from(category: Category) -> Self {
        Self {
            id: category.id,
            slug: category.slug,
            title: category.title,
            description: category.description,
            position: category.position,
            version: category.version,
            created_at: category.created_at,
        }
    }
}
