//! `POST /v1/checkouts/{checkout_id}/confirmations`, and `/confirm` as it was named first.

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CheckoutId;
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_access::Policy;
use tenon_web::{
    ApiJson, ApiPath, BearerSecret, Ctx, Deprecation, Endpoint, EndpointBuilder, KeyRule, Problem,
    Reply,
};

use super::checkout_view::{self, CheckoutView};
use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, PROVIDER_DEADLINE, TAG};
use crate::service::Service;

/// How the buyer pays now.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmCheckoutBody {
    /// After a decline: the provider's name for how the buyer pays this time.
    #[schemars(length(min = 1, max = 255))]
    payment_method: Option<String>,
}

/// Commands are nouns below the thing, as those of sessions and factors are.
const BY_VERB: Deprecation = Deprecation::new(
    "2026-12-01",
    "2027-07-01",
    "Use `POST /v1/checkouts/{checkout_id}/confirmations`, which takes and answers the same.",
);

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    let path = "/v1/checkouts/{checkout_id}/confirmations";
    described(Endpoint::post(path, "confirm_checkout", Policy::Bearer))
        .handler(handler, Arc::clone(service))
}

pub(super) fn endpoint_by_verb(service: &Arc<Service>) -> Endpoint {
    let path = "/v1/checkouts/{checkout_id}/confirm";
    described(Endpoint::post(
        path,
        "confirm_checkout_by_verb",
        Policy::Bearer,
    ))
    .deprecated(BY_VERB)
    .handler(handler, Arc::clone(service))
}

fn described(endpoint: EndpointBuilder) -> EndpointBuilder {
    endpoint
        .tag(TAG)
        .summary("Looks at the payment now, or attempts it again after a decline.")
        .description(
            "Safe to call any number of times. After a decline a new attempt starts if `payment_method` differs from \
             the declined one, or if the request carries an `Idempotency-Key` that has not been used.",
        )
        .path_param::<CheckoutId>("checkout_id", "Which checkout.")
        .header(CART_TOKEN, false, CART_TOKEN_HELP)
        .deadline(PROVIDER_DEADLINE)
        .idempotency(KeyRule::Optional)
        .kept_as(crate::service::confirm_checkout::OPERATION, Some("/v1/checkouts/{}"))
        .optional_body::<ConfirmCheckoutBody>()
        .answers::<CheckoutView>(200, "The checkout as it stands now.")
        .problem(404, "orders.checkout_not_found")
        .problem(409, "orders.checkout_closed")
        .problem(409, "orders.quote_expired")
        .problem(422, "orders.invalid_request")
        .problem(503, "orders.rates_unavailable")
}

/// Confirms a checkout.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<CheckoutId>,
    body: Option<ApiJson<ConfirmCheckoutBody>>,
) -> Result<Reply, Problem> {
    let body = body.map(|ApiJson(body)| body).unwrap_or_default();
    let access = access(&ctx, &secret);
    Ok(checkout_view::reply(
        service
            .confirm_checkout(&ctx, id, &access, body.payment_method)
            .await?,
    ))
}
