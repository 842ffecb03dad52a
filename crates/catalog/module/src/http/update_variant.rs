//! `PATCH /v1/variants/{id}`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::VariantId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::members::{Cleared, ProductStatus, stale};
use super::product_view::VariantView;
use crate::domain::patch::Patch;
use crate::domain::product::Status;
use crate::domain::variant::VariantPatch;
use crate::service::Service;

/// Request body, a merge patch (RFC 7396).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateVariantBody {
    #[serde(default)]
    #[schemars(length(min = 1, max = 64), regex(pattern = "^[A-Za-z0-9._-]+$"))]
    sku: Patch<String>,
    #[serde(default)]
    #[schemars(length(min = 1, max = 200))]
    title: Patch<String>,
    /// `active` or `archived`.
    #[serde(default)]
    status: Patch<ProductStatus>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/variants/{id}",
        "update_variant",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Changes members of a variant; `status` takes it off the shop or puts it back.")
    .description("`If-Match` takes the variant's own `version`, as the product shows it.")
    .path_param::<VariantId>("id", "The variant.")
    .needs_if_match()
    .body::<UpdateVariantBody>()
    .answers::<VariantView<'static>>(200, "The variant as it is now.")
    .problem(404, "catalog.variant_not_found")
    .problem(409, "catalog.sku_taken")
    .problem(412, "catalog.stale_version")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Changes a variant.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<VariantId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<UpdateVariantBody>,
) -> Result<Reply, Problem> {
    let patch = body.into_patch()?;
    let variant = service
        .update_variant(&ctx, id, version, patch)
        .await
        .map_err(stale)?;
    Ok(Reply::ok(&VariantView::of(&variant)).version(variant.version))
}

impl UpdateVariantBody {
    fn into_patch(self) -> Result<VariantPatch, Problem> {
        let mut cleared = Cleared::default();
        let patch = VariantPatch {
            sku: cleared.kept("/sku", self.sku),
            title: cleared.kept("/title", self.title),
            status: cleared.kept("/status", self.status).map(Status::from),
        };
        cleared.finish()?;
        Ok(patch)
    }
}
