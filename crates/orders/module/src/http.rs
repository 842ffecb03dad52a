//! The REST API of orders, one endpoint a file.

mod add_cart_line;
mod add_promotion_code;
mod cancel_checkout;
mod cancel_order;
mod cancel_return;
mod cart_view;
mod checkout_view;
mod confirm_checkout;
mod create_cart;
mod create_fulfillment;
mod create_promotion;
mod create_return;
mod decide_return;
mod fulfillment_view;
mod get_cart;
mod get_checkout;
mod get_order;
mod get_order_timeline;
mod get_promotion;
mod get_return;
mod list_orders;
mod list_promotions;
mod list_returns;
mod list_shipping_options;
mod members;
mod merge_cart;
mod order_view;
mod promotion_view;
mod receive_return;
mod remove_cart_line;
mod remove_promotion_code;
mod return_view;
mod start_checkout;
mod trail_view;
mod update_cart;
mod update_cart_line;
mod update_fulfillment;
mod update_promotion;

use std::sync::Arc;
use std::time::Duration;

use tenon_web::Endpoint;

use crate::service::Service;

/// Groups the operations in the documentation.
const TAG: &str = "orders";
/// How long a caller may wait for an answer that a payment provider has a part in.
const PROVIDER_DEADLINE: Duration = Duration::from_secs(20);
/// Carries the secret of a guest's cart.
const CART_TOKEN: &str = "Cart-Token";
/// What the secret is, for the documentation.
const CART_TOKEN_HELP: &str = "The secret of a guest's cart, from the answer that created it. \
                               The carts of signed-in people need none.";

pub(crate) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        create_cart::endpoint(service),
        get_cart::endpoint(service),
        update_cart::endpoint(service),
        add_cart_line::endpoint(service),
        update_cart_line::endpoint(service),
        remove_cart_line::endpoint(service),
        add_promotion_code::endpoint(service),
        remove_promotion_code::endpoint(service),
        list_shipping_options::endpoint(service),
        merge_cart::endpoint(service),
        start_checkout::endpoint(service),
        get_checkout::endpoint(service),
        confirm_checkout::endpoint(service),
        confirm_checkout::endpoint_by_verb(service),
        cancel_checkout::endpoint(service),
        cancel_checkout::endpoint_by_verb(service),
        list_orders::endpoint(service),
        get_order::endpoint(service),
        get_order_timeline::endpoint(service),
        cancel_order::endpoint(service),
        create_fulfillment::endpoint(service),
        update_fulfillment::endpoint(service),
        create_promotion::endpoint(service),
        list_promotions::endpoint(service),
        get_promotion::endpoint(service),
        update_promotion::endpoint(service),
        create_return::endpoint(service),
        list_returns::endpoint(service),
        get_return::endpoint(service),
        decide_return::endpoint(service),
        cancel_return::endpoint(service),
        receive_return::endpoint(service),
    ]
}
