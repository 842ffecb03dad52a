//! `POST /v1/carts/{cart_id}/merge`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CartId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, ApiPath, BearerSecret, Ctx, Endpoint, IfMatch, KeyRule, Problem, Reply};

use super::cart_view::CartView;
use super::members::{access, stale};
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;
use crate::service::merge_cart::{MergeCart, OPERATION};

/// Where to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MergeCartBody {
    /// Which cart of the caller; their newest open one in the same currency if absent.
    into: Option<CartId>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/carts/{cart_id}/merge", "merge_cart", Policy::SignedIn)
        .tag(TAG)
        .summary("Merges a guest's cart into the cart of the person who has signed in.")
        .description(
            "Pieces of the same variant add up, within the limits of a cart; promotions are joined as far as they count and \
             combine; what the person has not said about delivery is taken from the guest. What finds no room is in \
             `problems`. Somebody without an open cart gets the guest's cart itself. In any case its token opens nothing any \
             more. `If-Match` names the version of the guest's cart.",
        )
        .path_param::<CartId>("cart_id", "The guest's cart.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .needs_if_match()
        .idempotency(KeyRule::Optional)
        .kept_as(OPERATION, Some("/v1/carts/{}"))
        .optional_body::<MergeCartBody>()
        .answers::<CartView>(201, "The cart that holds everything now.")
        .problem(404, "orders.cart_not_found")
        .problem(409, "orders.cart_frozen")
        .problem(409, "orders.cart_closed")
        .problem(409, "orders.cart_has_owner")
        .problem(412, "orders.stale_version")
        .problem(422, "orders.invalid_request")
        .handler(handler, Arc::clone(service))
}

/// Merges two carts.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    IfMatch(version): IfMatch,
    ApiPath(id): ApiPath<CartId>,
    body: Option<ApiJson<MergeCartBody>>,
) -> Result<Reply, Problem> {
    let body = body.map(|ApiJson(body)| body).unwrap_or_default();
    let merge = MergeCart {
        from: id,
        version,
        into: body.into,
    };
    let shown = service
        .merge_cart(&ctx, &access(&ctx, &secret), merge)
        .await
        .map_err(stale)?;
    let (id, version) = (shown.cart.id, shown.cart.version);
    Ok(Reply::created(format!("/v1/carts/{id}"), &CartView::from(shown)).version(version))
}
