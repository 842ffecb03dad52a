//! `GET /v1/products/{id}`

use std::sync::Arc;

use axum::extract::State;
use tenon_access::Policy;
use tenon_web::{ApiPath, Ctx, Endpoint, Problem, Reply};

use super::TAG;
use super::product_view::ProductView;
use crate::service::{ProductRef, Service};

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/products/{id}", "get_product", Policy::Public)
        .tag(TAG)
        .summary("Returns a product with its variants, prices and whether they are in stock.")
        .description(
            "`id` is `prd_…` or `slug:` followed by the product's slug. Drafts are seen by staff only. \
             The page may be up to one second old when another process changed it.",
        )
        .path_param::<ProductRef>("id", "`prd_…`, or `slug:darjeeling-first-flush`")
        .versioned()
        .answers::<ProductView<'static>>(200, "The product.")
        .problem(404, "catalog.product_not_found")
        .handler(handler, Arc::clone(service))
}

/// Returns a product's page from the cache.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(name): ApiPath<ProductRef>,
) -> Result<Reply, Problem> {
    let page = service.get_product(&ctx, name, ProductView::bytes).await?;
    Ok(Reply::json_bytes(page.body.clone())
        .version(page.version)
        .cache_control("no-cache"))
}
