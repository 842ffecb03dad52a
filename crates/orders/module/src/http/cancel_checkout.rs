//! `POST /v1/checkouts/{checkout_id}/cancel`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CheckoutId;
use tenon_access::Policy;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Problem, Reply};

use super::checkout_view::{self, CheckoutView};
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, PROVIDER_DEADLINE, TAG};
use crate::service::Service;

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/checkouts/{checkout_id}/cancel", "cancel_checkout", Policy::Bearer)
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
        .handler(handler, Arc::clone(service))
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
