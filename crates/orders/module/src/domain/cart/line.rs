//! A line of a cart.

use catalog_contract::{VariantOffer, VariantStatus};
use orders_contract::{CartProblem, CartProblemCode, LineId, OrdersError, ProductRef, VariantRef};
use tenon_kernel::{Currency, Money};

use super::problem;
use crate::same_id;

/// A variant without a price in the currency, or without one for so few pieces.
const NOT_SOLD: &str = "it is not sold in the cart's currency and quantity";

/// So many of one variant, at the price its buyer saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CartLine {
    pub(crate) id: LineId,
    /// Lines are shown in this order.
    pub(crate) position: i64,
    pub(crate) variant_id: VariantRef,
    pub(crate) product_id: ProductRef,
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) quantity: i64,
    pub(crate) unit_price: Money,
}

impl CartLine {
    /// Makes a line from an offer, of so many pieces beside those that the cart has. Each costs what it costs in the
    /// quantity of both.
    ///
    /// # Errors
    ///
    /// [`OrdersError::InvalidRequest`] naming `/variant_id` if the variant cannot be bought in this currency.
    pub(crate) fn from_offer(
        id: LineId,
        (known, quantity): (i64, i64),
        currency: Currency,
        offer: Option<&VariantOffer>,
    ) -> Result<Self, OrdersError> {
        let refuse = |code, detail| OrdersError::field("/variant_id", code, detail);
        let unavailable = "no such variant is for sale";
        let offer = offer.ok_or_else(|| refuse("variant_unavailable", unavailable))?;
        if offer.status != VariantStatus::Active {
            return Err(refuse("variant_unavailable", unavailable));
        }
        let not_sold = || refuse("currency_mismatch", NOT_SOLD);
        let unit_price = offer
            .price_for(known.saturating_add(quantity))
            .filter(|price| price.currency() == currency)
            .ok_or_else(not_sold)?;
        Ok(Self {
            id,
            position: 0, // given by the cart
            variant_id: same_id(offer.variant_id),
            product_id: same_id(offer.product_id),
            sku: offer.sku.clone(),
            title: title_of(offer),
            quantity,
            unit_price,
        })
    }

    /// Takes price, in this quantity, and title as they are now; `true` if anything changed.
    pub(super) fn take_price(&mut self, offer: Option<&VariantOffer>) -> bool {
        let before = self.clone();
        if let Some(offer) = offer {
            self.title = title_of(offer);
            self.sku.clone_from(&offer.sku);
            let price = offer
                .price_for(self.quantity)
                .filter(|price| price.currency() == self.unit_price.currency());
            self.unit_price = price.unwrap_or(self.unit_price);
        }
        *self != before
    }

    pub(super) fn problems(
        &self,
        position: usize,
        offer: Option<&VariantOffer>,
    ) -> Vec<CartProblem> {
        let pointer = format!("/lines/{position}");
        let about = |code, detail: &str| CartProblem {
            line_id: Some(self.id),
            ..problem(code, &pointer, detail)
        };
        let Some(offer) = offer.filter(|offer| offer.status == VariantStatus::Active) else {
            return vec![about(
                CartProblemCode::VariantUnavailable,
                "it is not sold any more",
            )];
        };
        let mut problems = Vec::new();
        match offer.price_for(self.quantity) {
            Some(price) if price == self.unit_price => {}
            Some(price) if price.currency() == self.unit_price.currency() => {
                let detail = format!("it costs {price} now, not {}", self.unit_price);
                problems.push(CartProblem {
                    price: Some(price),
                    ..about(CartProblemCode::PriceChanged, &detail)
                });
            }
            _ => problems.push(about(CartProblemCode::CurrencyMismatch, NOT_SOLD)),
        }
        if offer.available < self.quantity {
            let available = offer.available.max(0);
            let detail = format!("only {available} can be had");
            problems.push(CartProblem {
                available: Some(available),
                ..about(CartProblemCode::OutOfStock, &detail)
            });
        }
        problems
    }
}

fn title_of(offer: &VariantOffer) -> String {
    if offer.variant_title.is_empty() {
        return offer.product_title.clone();
    }
    format!("{}, {}", offer.product_title, offer.variant_title)
}
