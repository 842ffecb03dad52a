//! `PATCH /v1/products/{id}`

use std::sync::Arc;

use axum::extract::State;
use catalog_contract::{CategoryId, ProductId};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiJson, ApiPath, Ctx, Endpoint, IfMatch, Problem, Reply};

use super::TAG;
use super::members::{Cleared, ProductStatus, stale};
use super::product_view::ProductView;
use crate::domain::patch::Patch;
use crate::domain::product::{ProductPatch, Status};
use crate::service::Service;

/// Request body, a merge patch (RFC 7396): absent members stay as they are, null clears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateProductBody {
    #[serde(default)]
    #[schemars(length(min = 1, max = 80), regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    slug: Patch<String>,
    #[serde(default)]
    #[schemars(length(min = 1, max = 200))]
    title: Patch<String>,
    #[serde(default)]
    #[schemars(length(max = 10_000))]
    description: Patch<String>,
    #[serde(default)]
    #[schemars(length(max = 8_192))]
    image: Patch<String>,
    #[serde(default)]
    category_id: Patch<CategoryId>,
    /// A product that was for sale does not become a draft again.
    #[serde(default)]
    status: Patch<ProductStatus>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::patch(
        "/v1/products/{id}",
        "update_product",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Changes members of a product; `status` publishes or archives it.")
    .path_param::<ProductId>("id", "The product.")
    .needs_if_match()
    .body::<UpdateProductBody>()
    .answers::<ProductView<'static>>(200, "The product as it is now.")
    .problem(404, "catalog.product_not_found")
    .problem(409, "catalog.slug_taken")
    .problem(412, "catalog.stale_version")
    .problem(422, "catalog.invalid")
    .handler(handler, Arc::clone(service))
}

/// Changes a product.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<ProductId>,
    IfMatch(version): IfMatch,
    ApiJson(body): ApiJson<UpdateProductBody>,
) -> Result<Reply, Problem> {
    let patch = body.into_patch()?;
    let product = service
        .update_product(&ctx, id, version, patch)
        .await
        .map_err(stale)?;
    Ok(Reply::ok(&ProductView::of(&product)).version(product.version))
}

impl UpdateProductBody {
    fn into_patch(self) -> Result<ProductPatch, Problem> {
        let mut cleared = Cleared::default();
        let patch = ProductPatch {
            slug: cleared.kept("/slug", self.slug),
            title: cleared.kept("/title", self.title),
            description: cleared.kept("/description", self.description),
            image: self.image,
            category_id: self.category_id,
            status: cleared.kept("/status", self.status).map(Status::from),
        };
        cleared.finish()?;
        Ok(patch)
    }
}
