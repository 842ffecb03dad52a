//! `GET /v1/checkouts/{checkout_id}`

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use orders_contract::CheckoutId;
use tenon_access::Policy;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Preferences, Problem, Reply};

use super::checkout_view::{self, CheckoutView};
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;

/// Longest wait of a long poll.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get("/v1/checkouts/{checkout_id}", "get_checkout", Policy::Bearer)
        .tag(TAG)
        .summary("Shows a checkout, or waits for its next change.")
        .description(
            "With `Prefer: wait=20` (RFC 7240) the answer comes as soon as the checkout changes, after at most so \
             many seconds. Send the known `ETag` in `If-None-Match` to miss no change.",
        )
        .path_param::<CheckoutId>("checkout_id", "Which checkout.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .versioned()
        .waits(LONGEST_WAIT)
        .answers::<CheckoutView>(200, "The checkout.")
        .problem(404, "orders.checkout_not_found")
        .handler(handler, Arc::clone(service))
}

/// Shows a checkout.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    preferences: Preferences,
    headers: HeaderMap,
    ApiPath(id): ApiPath<CheckoutId>,
) -> Result<Reply, Problem> {
    let access = access(&ctx, &secret);
    let Some(at_most) = preferences.wait(LONGEST_WAIT) else {
        return Ok(checkout_view::reply(
            service.get_checkout(&ctx, id, &access).await?,
        ));
    };
    let known = headers.get("if-none-match");
    let known = known
        .and_then(|etag| etag.to_str().ok())
        .and_then(|etag| etag.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok());
    let checkout = service
        .wait_for_checkout(&ctx, id, &access, known, at_most)
        .await?;
    Ok(checkout_view::reply(checkout))
}
