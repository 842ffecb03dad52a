//! `POST /v1/checkouts/{checkout_id}/cancellations`, and `/cancel` as it was named first.

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CheckoutId;
use tenon_access::Policy;
use tenon_web::{
    ApiPath, BearerSecret, Ctx, Deprecation, Endpoint, EndpointBuilder, Problem, Reply,
};

use super::checkout_view::{self, CheckoutView};
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, PROVIDER_DEADLINE, TAG};
use crate::service::Service;

/// Commands are nouns below the thing, as those of orders, returns and payments are.
const BY_VERB: Deprecation = Deprecation::new(
    "2026-12-01",
    "2027-07-01",
    "Use `POST /v1/checkouts/{checkout_id}/cancellations`, which takes and answers the same.",
);

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    let path = "/v1/checkouts/{checkout_id}/cancellations";
    described(Endpoint::post(path, "cancel_checkout", Policy::Bearer))
        .handler(handler, Arc::clone(service))
}

pub(super) fn endpoint_by_verb(service: &Arc<Service>) -> Endpoint {
    let path = "/v1/checkouts/{checkout_id}/cancel";
    described(Endpoint::post(
        path,
        "cancel_checkout_by_verb",
        Policy::Bearer,
    ))
    .deprecated(BY_VERB)
    .handler(handler, Arc::clone(service))
}

fn described(endpoint: EndpointBuilder) -> EndpointBuilder {
    endpoint
        .tag(TAG)
        .summary("Gives a checkout up: stock and cart are free again, the payment is undone.")
        .description(
            "Safe to call any number of times. While the outcome of the payment is not known this is a wish: money \
             that turns up later goes back. `202` means that the undoing goes on.",
        )
        .path_param::<CheckoutId>("checkout_id", "Which checkout.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .deadline(PROVIDER_DEADLINE)
        .answers::<CheckoutView>(200, "The checkout, undone.")
        .answers::<CheckoutView>(202, "The checkout, being undone.")
        .problem(404, "orders.checkout_not_found")
        .problem(409, "orders.checkout_closed")
}

/// Cancels a checkout.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<CheckoutId>,
) -> Result<Reply, Problem> {
    let checkout = service
        .cancel_checkout(&ctx, id, &access(&ctx, &secret))
        .await?;
    if checkout.status.is_live() {
        let version = checkout.version;
        return Ok(Reply::accepted(&CheckoutView::from(checkout))
            .header("location", format!("/v1/checkouts/{id}"))
            .version(version));
    }
    Ok(checkout_view::reply(checkout))
}
