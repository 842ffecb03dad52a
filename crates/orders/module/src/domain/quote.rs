//! What a cart costs, and the frozen form of it that a checkout holds and an order is made from.

use orders_contract::{Address, Customer, OrderLine, RatesSource, Totals};
use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, MoneyError};

use super::cart::Cart;
use super::rates::Rates;
use super::shipping::ShippingOption;
use super::tax::split_tax;

/// What a cart costs now.
#[derive(Debug, Clone)]
pub(crate) struct Price {
    pub(crate) totals: Totals,
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

impl Price {
    /// Prices a cart at the prices its lines hold.
    ///
    /// Tax is computed once, on the sum of lines and delivery at the rate of the country of delivery, and then
    /// split over them by the largest remainder.
    ///
    /// # Errors
    ///
    /// [`MoneyError::OutOfRange`] if it costs more than can be counted.
    pub(crate) fn of(cart: &Cart, rates: Rates<'_>) -> Result<Self, MoneyError> {
        let currency = cart.currency;
        let subtotal = cart.subtotal()?;
        let address = cart.shipping_address.as_ref();
        let chosen = cart.shipping_method.as_deref();
        let shipping = chosen.and_then(|code| rates.option_with(code, subtotal, address));
        let delivery = shipping
            .as_ref()
            .map_or(Money::zero(currency), |option| option.price);
        let gross = subtotal.checked_add(delivery)?;

        let rate = rates.tax_rate(address);
        let mut parts = Vec::with_capacity(cart.lines.len() + 1);
        for line in &cart.lines {
            parts.push(line.unit_price.checked_mul(line.quantity)?.minor());
        }
        parts.push(delivery.minor());
        let included = rates.prices_include_tax();
        let shares = split_tax(rate, included, &parts)
            .into_iter()
            .map(|share| Money::new(share, currency));
        let mut line_taxes = shares.collect::<Result<Vec<Money>, MoneyError>>()?;
        let tax = Money::sum(currency, line_taxes.iter().copied())?;
        line_taxes.truncate(cart.lines.len());

        let total = if included {
            gross
        } else {
            gross.checked_add(tax)?
        };
        let totals = Totals {
            subtotal,
            shipping: delivery,
            tax,
            tax_included: included,
            total,
        };
        Ok(Self {
            totals,
            line_taxes,
            shipping,
            tax_rate: rate.to_string(),
            rates_source: rates.source,
        })
    }

    /// Freezes the price of a cart that has everything a checkout needs; `None` if it has not.
    pub(crate) fn freeze(self, cart: &Cart) -> Option<Quote> {
        let lines = cart.lines.iter().zip(self.line_taxes).map(|(line, tax)| {
            Some(OrderLine {
                line_id: line.id,
                variant_id: line.variant_id,
                product_id: line.product_id,
                sku: line.sku.clone(),
                title: line.title.clone(),
                quantity: line.quantity,
                shipped: 0,
                unit_price: line.unit_price,
                total: line.unit_price.checked_mul(line.quantity).ok()?,
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
            tax_rate: self.tax_rate,
            rates_source: self.rates_source,
            shipping_method: self.shipping.map(|option| option.code),
            shipping_address: cart.shipping_address.clone()?,
            billing_address: cart.billing_address.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cart::{CartLine, CartStatus};
    use crate::settings::OrdersSettings;
    use proptest::prelude::*;
    use tenon_kernel::{Env, Timestamp};

    fn cart(currency: &str, prices: &[(i64, i64)]) -> Cart {
        let env = Env::system();
        let currency = currency.parse().expect("known");
        let line = |&(price, quantity): &(i64, i64)| CartLine {
            id: env.new_id(),
            position: 1,
            variant_id: env.new_id(),
            product_id: env.new_id(),
            sku: "TEA-1".to_owned(),
            title: "Assam".to_owned(),
            quantity,
            unit_price: Money::new(price, currency).expect("in range"),
        };
        Cart {
            id: env.new_id(),
            version: 1,
            status: CartStatus::Active,
            owner: None,
            token_hash: None,
            currency,
            email: None,
            shipping_address: None,
            billing_address: None,
            shipping_method: Some("standard".to_owned()),
            checkout_id: None,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            lines: prices.iter().map(line).collect(),
        }
    }

    #[test]
    fn german_prices_contain_their_tax() {
        let settings = OrdersSettings::default();
        let price = Price::of(&cart("EUR", &[(1_190, 2)]), Rates::of_settings(&settings))
            .expect("in range");
        assert_eq!(price.totals.subtotal.minor(), 2_380);
        assert_eq!(price.totals.shipping.minor(), 490);
        assert_eq!(price.totals.total.minor(), 2_870);
        assert_eq!(price.totals.tax.minor(), 458, "19/119 of 28.70");
    }

    #[test]
    fn more_than_can_be_counted_is_refused() {
        let much = cart("EUR", &[(9_007_199_254_740_991, 2)]);
        let settings = OrdersSettings::default();
        assert_eq!(
            Price::of(&much, Rates::of_settings(&settings)).map(|_| ()),
            Err(MoneyError::OutOfRange)
        );
    }

    proptest! {
        #[test]
        fn parts_add_up_in_every_kind_of_currency(
            currency in proptest::sample::select(vec!["EUR", "JPY", "KWD"]),
            included: bool,
            lines in proptest::collection::vec((0_i64..10_000_000, 1_i64..=9_999), 1..100),
        ) {
            let settings = OrdersSettings { prices_include_tax: included, ..OrdersSettings::default() };
            let price = Price::of(&cart(currency, &lines), Rates::of_settings(&settings)).expect("in range");
            let totals = price.totals;
            let added = if included { 0 } else { totals.tax.minor() };
            prop_assert_eq!(totals.total.minor(), totals.subtotal.minor() + totals.shipping.minor() + added);
            let lines_tax: i64 = price.line_taxes.iter().map(|tax| tax.minor()).sum();
            prop_assert!(lines_tax <= totals.tax.minor());
        }
    }
}
