//! `POST /v1/carts`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_kernel::Currency;
use tenon_web::{ApiJson, Ctx, Endpoint, Problem, Reply};

use super::cart_view::CartView;
use super::{CART_TOKEN, TAG};
use crate::service::Service;

/// A new cart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateCartBody {
    /// ISO 4217 code; the shop's own currency if absent. Fixed for the life of the cart.
    currency: Option<Currency>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/carts", "create_cart", Policy::Public)
        .tag(TAG)
        .summary("Starts an empty cart.")
        .description(
            "The cart of a signed-in person belongs to them. Anybody else gets the secret that opens theirs in the \
             `Cart-Token` header of the answer, this once; send it with every request about the cart.",
        )
        .body::<CreateCartBody>()
        .answers::<CartView>(201, "The cart.")
        .with_header(CART_TOKEN, "The secret that opens a guest's cart, this once.")
        .handler(handler, Arc::clone(service))
}

/// Starts a cart.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiJson(body): ApiJson<CreateCartBody>,
) -> Result<Reply, Problem> {
    let new = service.create_cart(&ctx, body.currency).await?;
    let (location, version) = (format!("/v1/carts/{}", new.cart.id), new.cart.version);
    let view = CartView::from(service.show(&ctx, new.cart).await?);
    let reply = Reply::created(location, &view).version(version);
    Ok(match new.token {
        Some(token) => reply.header(CART_TOKEN, token),
        None => reply,
    })
}
