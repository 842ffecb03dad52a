//! `GET /v1/carts/{cart_id}/shipping-options`

use std::sync::Arc;

use axum::extract::State;
use orders_contract::CartId;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_kernel::Money;
use tenon_web::{ApiPath, BearerSecret, Ctx, Endpoint, Problem, Reply};

use super::members::access;
use super::{CART_TOKEN, CART_TOKEN_HELP, TAG};
use crate::domain::shipping::ShippingOption;
use crate::service::Service;

/// The ways of delivery for a cart.
#[derive(Debug, Serialize, JsonSchema)]
struct ShippingOptionsView {
    /// As the shop arranged them.
    data: Vec<ShippingOptionView>,
}

/// A way of delivery, priced for one cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShippingOption")]
struct ShippingOptionView {
    /// Goes into `shipping_method` of the cart.
    code: String,
    name: String,
    price: Money,
    /// Working days until it arrives.
    days: Option<u8>,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/carts/{cart_id}/shipping-options",
        "list_shipping_options",
        Policy::Bearer,
    )
    .tag(TAG)
    .summary("Lists the ways of delivery that serve a cart's address and currency.")
    .path_param::<CartId>("cart_id", "Which cart.")
    .header(CART_TOKEN, false, CART_TOKEN_HELP)
    .answers::<ShippingOptionsView>(200, "The ways of delivery.")
    .problem(404, "orders.cart_not_found")
    .problem(503, "orders.rates_unavailable")
    .handler(handler, Arc::clone(service))
}

/// Lists ways of delivery.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    secret: BearerSecret,
    ApiPath(id): ApiPath<CartId>,
) -> Result<Reply, Problem> {
    let options = service
        .list_shipping_options(&ctx, id, &access(&ctx, &secret))
        .await?;
    Ok(Reply::ok(&ShippingOptionsView {
        data: options.into_iter().map(ShippingOptionView::from).collect(),
    }))
}

impl From<ShippingOption> for ShippingOptionView {
    fn from(option: ShippingOption) -> Self {
        Self {
            code: option.code,
            name: option.name,
            price: option.price,
            days: option.days,
        }
    }
}
