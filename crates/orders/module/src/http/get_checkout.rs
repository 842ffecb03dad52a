//! `GET /v1/checkouts/{checkout_id}`

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use orders_contract::CheckoutId;
use tenon_access::Policy;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Problem, Reply};

use super::checkout_view::{self, CheckoutView};
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::service::Service;

/// Longest wait of a long poll.
const MOST_SECONDS: u64 = 20;

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
        .header("Prefer", false, "`wait=n`: seconds to wait for the next change, at most 20.")
        .versioned()
        .deadline(Duration::from_secs(MOST_SECONDS + 10))
        .answers::<CheckoutView>(200, "The checkout.")
        .problem(404, "orders.checkout_not_found")
        .handler(handler, Arc::clone(service))
}

/// Shows a checkout.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    headers: HeaderMap,
    ApiPath(id): ApiPath<CheckoutId>,
) -> Result<Reply, Problem> {
    let access = access(&ctx, &secret);
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(seconds) = text("prefer").and_then(wait_preference) else {
        return Ok(checkout_view::reply(
            service.get_checkout(&ctx, id, &access).await?,
        ));
    };
    let known = text("if-none-match")
        .and_then(|etag| etag.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok());
    let at_most = Duration::from_secs(seconds);
    let checkout = service
        .wait_for_checkout(&ctx, id, &access, known, at_most)
        .await?;
    Ok(checkout_view::reply(checkout).header("Preference-Applied", format!("wait={seconds}")))
}

/// Reads `wait=n` out of a `Prefer` header; other preferences are not ours.
fn wait_preference(prefer: &str) -> Option<u64> {
    let seconds = prefer
        .split(',')
        .find_map(|part| part.trim().strip_prefix("wait="))?;
    seconds
        .trim()
        .parse::<u64>()
        .ok()
        .map(|seconds| seconds.min(MOST_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_bounded_and_other_preferences_are_left_alone() {
        assert_eq!(wait_preference("wait=5"), Some(5));
        assert_eq!(wait_preference("return=minimal, wait=600"), Some(20));
        for other in ["", "respond-async", "wait=", "wait=-1", "wait=soon"] {
            assert_eq!(wait_preference(other), None, "{other}");
        }
    }
}
