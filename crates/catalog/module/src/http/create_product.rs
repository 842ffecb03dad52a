//! `POST /v1/products`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::CategoryId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::members::{ProductStatus, VariantBody};
use super::product_view::ProductView;
use crate::domain::product::{NewProduct, Status};
use crate::domain::variant::NewVariant;
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateProductBody {
    /// Its place in URLs: lower-case letters, digits and single hyphens.
    #[schemars(length(min = 1, max = 80), regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    slug: String,
    #[schemars(length(min = 1, max = 200))]
    title: String,
    /// Plain text.
    #[serde(default)]
    #[schemars(length(max = 10_000))]
    description: String,
    /// An `https:` URL, or a small picture as a `data:` URL.
    #[schemars(length(max = 8_192))]
    image: Option<String>,
    category_id: Option<CategoryId>,
    /// `draft` unless said; `active` publishes it at once.
    status: Option<ProductStatus>,
    /// Its first variants, in the order of the shop.
    #[serde(default)]
    #[schemars(length(max = 100))]
    variants: Vec<VariantBody>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/products", "create_product", Policy::Has(Role::Staff))
        .tag(TAG)
        .summary("Creates a product, with its first variants if any are given.")
        .idempotency(KeyRule::Optional)
        .kept_as(
            crate::service::create_product::OPERATION,
            Some("/v1/products/{}"),
        )
        .body::<CreateProductBody>()
        .answers::<ProductView<'static>>(201, "The product.")
        .problem(409, "catalog.slug_taken")
        .problem(409, "catalog.sku_taken")
        .problem(422, "catalog.invalid")
        .handler(handler, Arc::clone(service))
}

/// Creates a product.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreateProductBody>,
) -> Result<Reply, Problem> {
    let product = service.create_product(&ctx, body.into()).await?;
    let location = format!("/v1/products/{}", product.id);
    Ok(Reply::created(location, &ProductView::of(&product)).version(product.version))
}

impl From<CreateProductBody> for NewProduct {
    fn from(body: CreateProductBody) -> Self {
        Self {
            slug: body.slug,
            title: body.title,
            description: body.description,
            image: body.image,
            category_id: body.category_id,
            status: body.status.map_or(Status::Draft, Status::from),
            variants: body.variants.into_iter().map(NewVariant::from).collect(),
        }
    }
}
