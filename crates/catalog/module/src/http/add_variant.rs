//! `POST /v1/products/{id}/variants`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::ProductId;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::TAG;
use super::members::VariantBody;
use super::product_view::VariantView;
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post(
        "/v1/products/{id}/variants",
        "add_variant",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Adds a variant to a product.")
    .description("Stock comes by `POST /v1/inventory/adjustments`.")
    .path_param::<ProductId>("id", "The product.")
    .idempotency(KeyRule::Optional)
    .kept_as(crate::service::add_variant::OPERATION, None)
    .body::<VariantBody>()
    .answers::<VariantView<'static>>(201, "The variant.")
    .problem(404, "catalog.product_not_found")
    .problem(409, "catalog.sku_taken")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Adds a variant.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(product): ApiPath<ProductId>,
    ApiJson(body): ApiJson<VariantBody>,
) -> Result<Reply, Problem> {
    let variant = service.add_variant(&ctx, product, body.into()).await?;
    let location = format!("/v1/products/{product}");
    Ok(Reply::created(location, &VariantView::of(&variant)).version(variant.version))
}
