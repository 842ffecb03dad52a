//! `POST /v1/categories`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::list_categories::CategoryView;
use crate::domain::category::NewCategory;
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateCategoryBody {
    /// Its place in URLs: lower-case letters, digits and single hyphens.
    #[schemars(length(min = 1, max = 80), regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    slug: String,
    #[schemars(length(min = 1, max = 120))]
    title: String,
    /// Plain text.
    #[serde(default)]
    #[schemars(length(max = 2_000))]
    description: String,
    /// Lower comes first.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    position: i64,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/categories",
        "create_category",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Creates a category.")
    .idempotency(KeyRule::Optional)
    .kept_as(crate::service::create_category::OPERATION, None)
    .body::<CreateCategoryBody>()
    .answers::<CategoryView>(201, "The category.")
    .problem(409, "catalog.slug_taken")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Creates a category.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreateCategoryBody>,
) -> Result<Reply, Problem> {
    let CreateCategoryBody {
        slug,
        title,
        description,
        position,
    } = body;
    let category = service
        .create_category(
            &ctx,
            NewCategory {
                slug,
                title,
                description,
                position,
            },
        )
        .await?;
    let location = format!("/v1/products?category={}", category.slug);
    Ok(Reply::created(location, &CategoryView::from(category)))
}
