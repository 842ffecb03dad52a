//! What a cart costs, and the frozen form of it that a checkout holds and an order is made from.

use orders_contract::{Address, Customer, OrderLine, PromotionId, RatesSource, Totals};
use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, MoneyError};

use super::cart::Cart;
use super::promotion::{Codes, Off};
use super::rates::Rates;
use super::shipping::ShippingOption;
use super::sums::{Parts, Sums};

/// What a cart costs now.
#[derive(Debug, Clone)]
pub(crate) struct Price {
    pub(crate) totals: Totals,
    /// Those that count, in the order in which they do.
    pub(crate) promotions: Vec<QuotedPromotion>,
    /// What is taken off each line, in the order of the lines.
    pub(crate) line_discounts: Vec<Money>,
    /// Each line's share of the tax, in the order of the lines.
    pub(crate) line_taxes: Vec<Money>,
    /// Chosen and possible way of delivery.
    pub(crate) shipping: Option<ShippingOption>,
    /// As a decimal string.
    pub(crate) tax_rate: String,
    pub(crate) rates_source: RatesSource,
}

/// A frozen price with everything an order is made from. Kept as one document: it is written once and read whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Quote {
    pub(crate) customer: Customer,
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) totals: Totals,
    /// With the lines, the delivery and the tax rate, all that the total is made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) promotions: Vec<QuotedPromotion>,
    pub(crate) tax_rate: String,
    /// Of checkouts that began before there were providers of rates: the settings.
    #[serde(default)]
    pub(crate) rates_source: RatesSource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shipping_method: Option<String>,
    pub(crate) shipping_address: Address,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) billing_address: Option<Address>,
}

/// A promotion that counts for a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QuotedPromotion {
    pub(crate) promotion_id: PromotionId,
    pub(crate) code: String,
    pub(crate) off: Off,
    /// Minor units off each line, in the order of the lines.
    pub(crate) shares: Vec<i64>,
}

impl Price {
    /// Prices a cart at the prices its lines hold, with the promotions that count.
    ///
    /// A code never makes delivery dearer: what it costs hangs on the lines at their prices. Tax is computed once, on
    /// what is paid for lines and delivery at the rate of the country of delivery; see [`Parts::add_up`].
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] if it costs more than can be counted.
    pub(crate) fn of(cart: &Cart, rates: Rates<'_>, codes: &Codes) -> Result<Self, MoneyError> {
        let currency = cart.currency;
        let address = cart.shipping_address.as_ref();
        let chosen = cart.shipping_method.as_deref();
        let subtotal = cart.subtotal()?;
        let shipping = chosen.and_then(|code| rates.option_with(code, subtotal, address));
        let delivery = shipping
            .as_ref()
            .map_or(Money::zero(currency), |option| option.price);
        let amounts = cart.lines.iter().map(|line| {
            let amount = line.unit_price.checked_mul(line.quantity)?;
            Ok(amount.minor())
        });
        let counting = codes.counting(currency);
        let tax_rate = rates.tax_rate(address);
        let parts = Parts {
            currency,
            amounts: amounts.collect::<Result<_, MoneyError>>()?,
            offs: counting.iter().map(|it| it.off.clone()).collect(),
            delivery: delivery.minor(),
            tax_rate,
            tax_included: rates.prices_include_tax(),
        };
        let sums = parts.add_up()?;
        let promotions = counting.into_iter().zip(&sums.shares);
        Ok(Self {
            totals: sums.totals(&parts, delivery),
            promotions: promotions
                .map(|(counting, shares)| QuotedPromotion {
                    promotion_id: counting.promotion_id,
                    code: counting.code,
                    off: counting.off,
                    shares: shares.clone(),
                })
                .collect(),
            line_discounts: sums.line_discounts,
            line_taxes: sums.line_taxes,
            shipping,
            tax_rate: tax_rate.to_string(),
            rates_source: rates.source,
        })
    }

    /// What a promotion takes off; zero if it does not count.
    pub(crate) fn discount_of(&self, promotion: PromotionId) -> Money {
        let none = Money::zero(self.totals.total.currency());
        let counting = self.promotions.iter();
        let mut of_it = counting.filter(|counting| counting.promotion_id == promotion);
        let discount = of_it.next().map(QuotedPromotion::discount);
        discount.map_or(none, |minor| {
            Money::new(minor, none.currency()).unwrap_or(none)
        })
    }

    /// Freezes the price of a cart that has everything a checkout needs; `None` if it has not.
    pub(crate) fn freeze(self, cart: &Cart) -> Option<Quote> {
        let shares = self.line_discounts.into_iter().zip(self.line_taxes);
        let lines = cart
            .lines
            .iter()
            .zip(shares)
            .map(|(line, (discount, tax))| {
                let amount = line.unit_price.checked_mul(line.quantity).ok()?;
                Some(OrderLine {
                    line_id: line.id,
                    variant_id: line.variant_id,
                    product_id: line.product_id,
                    sku: line.sku.clone(),
                    title: line.title.clone(),
                    quantity: line.quantity,
                    shipped: 0,
                    unit_price: line.unit_price,
                    discount: Some(discount),
                    total: amount.checked_sub(discount).ok()?,
                    tax,
                })
            });
        Some(Quote {
            customer: Customer {
                user_id: cart.owner,
                email: cart.email.clone()?,
            },
            lines: lines.collect::<Option<Vec<OrderLine>>>()?,
            totals: self.totals,
            promotions: self.promotions,
            tax_rate: self.tax_rate,
            rates_source: self.rates_source,
            shipping_method: self.shipping.map(|option| option.code),
            shipping_address: cart.shipping_address.clone()?,
            billing_address: cart.billing_address.clone(),
        })
    }
}

impl QuotedPromotion {
    /// What it takes off, in minor units.
    pub(crate) fn discount(&self) -> i64 {
        self.shares.iter().sum()
    }
}

impl Quote {
    /// What the total was made from.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] if it is none of ours.
    pub(crate) fn parts(&self) -> Result<Parts, MoneyError> {
        let amounts = self.lines.iter().map(|line| {
            let amount = line.unit_price.checked_mul(line.quantity)?;
            Ok(amount.minor())
        });
        Ok(Parts {
            currency: self.totals.total.currency(),
            amounts: amounts.collect::<Result<_, MoneyError>>()?,
            offs: self.promotions.iter().map(|it| it.off.clone()).collect(),
            delivery: self.totals.shipping.minor(),
            tax_rate: self.tax_rate.parse().unwrap_or_default(), // written by us from one that was read
            tax_included: self.totals.tax_included,
        })
    }

    /// What it would cost without some of its promotions.
    ///
    /// # Errors
    ///
    /// As [`Quote::parts`].
    pub(crate) fn total_without(&self, codes: &[String]) -> Result<Money, MoneyError> {
        let counting = self.promotions.iter();
        let rest = counting.filter(|promotion| !codes.contains(&promotion.code));
        let parts = Parts {
            offs: rest.map(|promotion| promotion.off.clone()).collect(),
            ..self.parts()?
        };
        Ok(parts.add_up()?.total)
    }
}

impl Sums {
    fn totals(&self, parts: &Parts, shipping: Money) -> Totals {
        Totals {
            subtotal: self.subtotal,
            discount: Some(self.discount),
            shipping,
            tax: self.tax,
            tax_included: parts.tax_included,
            total: self.total,
        }
    }
}

#[cfg(test)]
#[path = "quote_tests.rs"]
mod tests;
