//! A cart as its buyer sees it.

use orders_contract::{
    Address, CartId, CartProblem, CheckoutId, LineId, ProductRef, Totals, VariantRef,
};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Currency, Money, Timestamp};

use super::trail_view::TrailView;
use crate::domain::trail::Trail;
use crate::service::get_cart::ShownCart;

/// A cart: what it holds at the prices its buyer saw, and what has changed since.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Cart")]
pub(super) struct CartView {
    id: CartId,
    /// `active`: can be changed; `frozen`: held by `checkout_id`; `closed`: bought, or merged into `merged_into`.
    status: &'static str,
    currency: Currency,
    email: Option<String>,
    shipping_address: Option<Address>,
    billing_address: Option<Address>,
    shipping_method: Option<String>,
    /// Oldest first.
    lines: Vec<CartLineView>,
    /// Those that were entered, in this order; `problems` say why one takes nothing off.
    promotion_codes: Vec<CartCodeView>,
    /// At the prices of the lines; delivery counts once a possible way is chosen.
    totals: Totals,
    /// What has changed since the buyer saw it, and what a merge left out. A `PATCH` with `{}` takes all prices as they
    /// are now, and takes note of the rest.
    problems: Vec<CartProblem>,
    /// Pointers of what is still to be filled in before checkout.
    missing: Vec<String>,
    /// The checkout that holds it.
    checkout_id: Option<CheckoutId>,
    /// The cart that took what this one held.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<CartId>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// With `explain=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<TrailView>,
}

/// A promotion code in a cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartPromotionCode")]
struct CartCodeView {
    code: String,
    /// What it takes off now.
    discount: Money,
}

/// So many of one variant.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartLine")]
struct CartLineView {
    id: LineId,
    variant_id: VariantRef,
    product_id: ProductRef,
    sku: String,
    title: String,
    /// URL or `data:` URL of a picture.
    image: Option<String>,
    quantity: i64,
    /// Price of one, as the buyer saw it.
    unit_price: Money,
    /// The line's share of what promotions take off.
    discount: Money,
    /// `unit_price × quantity - discount`.
    total: Money,
    /// The line's share of the tax.
    tax: Money,
}

impl From<ShownCart> for CartView {
    fn from(shown: ShownCart) -> Self {
        let ShownCart {
            cart,
            price,
            offers,
            codes,
            problems,
            missing,
        } = shown;
        let codes = codes.0.into_iter().map(|code| CartCodeView {
            discount: price.discount_of(code.promotion.id),
            code: code.promotion.code,
        });
        let codes = codes.collect();
        let shares = price.line_discounts.into_iter().zip(price.line_taxes);
        let lines = cart
            .lines
            .into_iter()
            .zip(shares)
            .map(|(line, (discount, tax))| CartLineView {
                image: offers
                    .get(line.variant_id)
                    .and_then(|offer| offer.image.clone()),
                total: line
                    .unit_price
                    .checked_mul(line.quantity)
                    .and_then(|amount| amount.checked_sub(discount))
                    .unwrap_or(price.totals.subtotal),
                id: line.id,
                variant_id: line.variant_id,
                product_id: line.product_id,
                sku: line.sku,
                title: line.title,
                quantity: line.quantity,
                unit_price: line.unit_price,
                discount,
                tax,
            });
        Self {
            id: cart.id,
            status: cart.status.as_str(),
            currency: cart.currency,
            email: cart.email,
            shipping_address: cart.shipping_address,
            billing_address: cart.billing_address,
            shipping_method: cart.shipping_method,
            lines: lines.collect(),
            promotion_codes: codes,
            totals: price.totals,
            problems,
            missing,
            checkout_id: cart.checkout_id,
            merged_into: cart.merged_into,
            created_at: cart.created_at,
            updated_at: cart.updated_at,
            explanation: None,
        }
    }
}

impl CartView {
    /// Adds how it comes to its total.
    pub(super) fn explained(shown: ShownCart) -> Self {
        let trail = Trail::of_cart(&shown.cart, &shown.price);
        Self {
            explanation: Some(trail.into()),
            ..shown.into()
        }
    }
}
