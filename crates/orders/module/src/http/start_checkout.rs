//! `POST /v1/checkouts`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CartId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{ApiJson, BearerSecret, Ctx, Endpoint, KeyRule, Problem, Reply};

use super::checkout_view::CheckoutView;
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, PROVIDER_DEADLINE, TAG};
use crate::service::Service;
use crate::service::start_checkout::StartCheckout;

/// Which cart, and how it is paid.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StartCheckoutBody {
    cart_id: CartId,
    /// The provider's name for how the buyer pays; without it the buyer is sent to the provider's page.
    #[schemars(length(min = 1, max = 255))]
    payment_method: Option<String>,
    /// Where the provider's page sends the buyer afterwards.
    #[schemars(length(max = 2048))]
    return_url: Option<String>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::post("/v1/checkouts", "start_checkout", Policy::Bearer)
        .tag(TAG)
        .summary("Starts a checkout: freezes the price, reserves the stock, writes the order, asks for the money.")
        .description(
            "A payment that succeeds at once answers with a `completed` checkout, whose order is placed. Otherwise \
             `next_action` says what the buyer must do. `processing` means that nobody can say yet: look again, or \
             wait with `Prefer: wait=20`.\n\nA repeat with the same key finds the same checkout and answers with \
             where it stands.",
        )
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .deadline(PROVIDER_DEADLINE)
        .idempotency(KeyRule::Required)
        .kept_as(crate::service::start_checkout::OPERATION, Some("/v1/checkouts/{}"))
        .body::<StartCheckoutBody>()
        .answers::<CheckoutView>(201, "The checkout, with what to do next.")
        .problem(404, "orders.cart_not_found")
        .problem(409, "orders.cart_closed")
        .problem(409, "orders.cart_incomplete")
        .problem(409, "orders.cart_changed")
        .problem(409, "orders.checkout_exists")
        .problem(409, "orders.out_of_stock")
        .problem(409, "orders.promotion_exhausted")
        .problem(422, "orders.invalid_request")
        .problem(503, "orders.rates_unavailable")
        .handler(handler, Arc::clone(service))
}

/// Starts a checkout.
#[tracing::instrument(name = "http.orders.start_checkout", skip_all, fields(checkout.id))]
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiJson(body): ApiJson<StartCheckoutBody>,
) -> Result<Reply, Problem> {
    let StartCheckoutBody {
        cart_id,
        payment_method,
        return_url,
    } = body;
    let start = StartCheckout {
        cart_id,
        payment_method,
        return_url,
    };
    let checkout = service
        .start_checkout(&ctx, &access(&ctx, &secret), start)
        .await?;
    tracing::Span::current().record("checkout.id", tracing::field::display(checkout.id));
    let (location, version) = (format!("/v1/checkouts/{}", checkout.id), checkout.version);
    Ok(Reply::created(location, &CheckoutView::from(checkout)).version(version))
}
