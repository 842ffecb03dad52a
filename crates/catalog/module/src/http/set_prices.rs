//! `PUT /v1/variants/{id}/prices`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::VariantId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::{Money, Role};
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::members::stale;
use super::product_view::VariantView;
use crate::service::Service;

/// Request body.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SetPricesBody {
    /// One for each currency it is sold in; currencies that are not here are no longer sold.
    #[schemars(length(max = 50))]
    prices: Vec<Money>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::put(
        "/v1/variants/{id}/prices",
        "set_prices",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Replaces the prices of a variant.")
    .description("`If-Match` takes the variant's own `version`, as the product shows it.")
    .path_param::<VariantId>("id", "The variant.")
    .needs_if_match()
    .body::<SetPricesBody>()
    .answers::<VariantView<'static>>(200, "The variant as it is now.")
    .problem(404, "catalog.variant_not_found")
    .problem(412, "catalog.stale_version")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Replaces prices.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<VariantId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<SetPricesBody>,
) -> Result<Reply, Problem> {
    let variant = service
        .set_prices(&ctx, id, version, body.prices)
        .await
        .map_err(stale)?;
    Ok(Reply::ok(&VariantView::of(&variant)).version(variant.version))
}
