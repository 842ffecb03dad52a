//! `[orders]`: how long prices are held, what delivery and tax cost.

use std::collections::BTreeMap;
use std::time::Duration;

use orders_contract::CapturePolicy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Currency;

use crate::domain::tax::TaxRate;
use crate::rates::RatesSettings;

/// Most that a way of delivery may cost, in minor units.
pub(crate) const MOST_MINOR: i64 = 1_000_000_000;

/// Most codes that can be allowed: each is a row that checkouts of others may wait for.
const MOST_CODES: u8 = 10;

/// `[orders]`
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrdersSettings {
    /// Currency of carts that name none.
    pub default_currency: Currency,
    /// Country that taxes and delivery are estimated for while a cart has no address.
    pub default_country: String,
    /// How long a checkout holds its price; 60 to 86,400.
    pub checkout_ttl_seconds: u32,
    /// How much longer than its checkout a reservation of stock lives; 60 to 86,400.
    pub reservation_grace_seconds: u32,
    /// When the money is taken.
    pub capture: CapturePolicy,
    /// Whether catalog prices and delivery contain the tax.
    pub prices_include_tax: bool,
    /// Tax rates by country of delivery, as decimal strings: `0.19`.
    pub tax_rates: BTreeMap<String, String>,
    /// Tax rate of countries that are not listed.
    pub default_tax_rate: String,
    /// Ways of delivery; a cart must choose one of them, unless there is none.
    pub shipping_methods: Vec<ShippingMethod>,
    /// Who is asked for taxes and prices of delivery when a checkout begins.
    pub rates: RatesSettings,
    /// Most promotion codes that one cart takes; 0 to 10, and 0 turns them off.
    pub promotion_codes_per_cart: u8,
    /// How long a buyer may ask to send pieces back, in days from when they arrived; 0 to 3,650. The shop itself is not
    /// bound by it.
    pub return_window_days: u32,
    /// How long a repeated request waits for the first one to finish, in milliseconds; at most 10,000.
    pub repeat_wait_ms: u32,
}

/// One way of delivery.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShippingMethod {
    /// Names it in carts and orders: lower-case letters, digits and `_`.
    pub code: String,
    /// For people.
    pub name: String,
    /// Countries it serves; empty means all.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Price in minor units by currency; not offered in others.
    pub prices: BTreeMap<Currency, i64>,
    /// Subtotal in minor units by currency from which it is free.
    #[serde(default)]
    pub free_from: BTreeMap<Currency, i64>,
    /// Working days until it arrives.
    #[serde(default)]
    pub days: Option<u8>,
}

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("orders.{key}: {problem}")]
pub struct OrdersSettingsError {
    /// Which one, below `orders`.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Default for OrdersSettings {
    fn default() -> Self {
        let rates = [
            ("AT", "0.20"),
            ("BE", "0.21"),
            ("CH", "0.081"),
            ("DE", "0.19"),
            ("ES", "0.21"),
            ("FR", "0.20"),
            ("GB", "0.20"),
            ("IT", "0.22"),
            ("NL", "0.21"),
            ("PL", "0.23"),
        ];
        Self {
            default_currency: currency("EUR"),
            default_country: "DE".to_owned(),
            checkout_ttl_seconds: 15 * 60,
            reservation_grace_seconds: 5 * 60,
            capture: CapturePolicy::Immediate,
            prices_include_tax: true,
            tax_rates: rates
                .into_iter()
                .map(|(country, rate)| (country.to_owned(), rate.to_owned()))
                .collect(),
            default_tax_rate: "0".to_owned(),
            shipping_methods: vec![
                ShippingMethod {
                    code: "standard".to_owned(),
                    name: "Standard delivery".to_owned(),
                    countries: Vec::new(),
                    prices: prices(&[("EUR", 490), ("USD", 590), ("GBP", 450), ("CHF", 690)]),
                    free_from: prices(&[
                        ("EUR", 7_500),
                        ("USD", 9_000),
                        ("GBP", 7_000),
                        ("CHF", 9_000),
                    ]),
                    days: Some(4),
                },
                ShippingMethod {
                    code: "express".to_owned(),
                    name: "Express delivery".to_owned(),
                    countries: ["AT", "BE", "DE", "FR", "NL"].map(str::to_owned).to_vec(),
                    prices: prices(&[
                        ("EUR", 1_290),
                        ("USD", 1_490),
                        ("GBP", 1_190),
                        ("CHF", 1_590),
                    ]),
                    free_from: BTreeMap::new(),
                    days: Some(1),
                },
            ],
            rates: RatesSettings::default(),
            promotion_codes_per_cart: 3,
            return_window_days: 30,
            repeat_wait_ms: 5_000,
        }
    }
}

impl OrdersSettings {
    /// Checks what types cannot say.
    ///
    /// # Errors
    ///
    /// [`OrdersSettingsError`] naming the first wrong key.
    pub fn validate(&self) -> Result<(), OrdersSettingsError> {
        let wrong = |key: String, problem: &str| {
            Err(OrdersSettingsError {
                key,
                problem: problem.to_owned(),
            })
        };
        for (key, seconds) in [
            ("checkout_ttl_seconds", self.checkout_ttl_seconds),
            ("reservation_grace_seconds", self.reservation_grace_seconds),
        ] {
            if !(60..=86_400).contains(&seconds) {
                return wrong(key.to_owned(), "expected 60 to 86,400");
            }
        }
        if self.promotion_codes_per_cart > MOST_CODES {
            return wrong("promotion_codes_per_cart".to_owned(), "expected at most 10");
        }
        if self.repeat_wait_ms > 10_000 {
            return wrong("repeat_wait_ms".to_owned(), "expected at most 10,000");
        }
        if self.return_window_days > 3_650 {
            return wrong("return_window_days".to_owned(), "expected at most 3,650");
        }
        if !is_country(&self.default_country) {
            return wrong("default_country".to_owned(), "expected two capital letters");
        }
        if let Err(error) = self.default_tax_rate.parse::<TaxRate>() {
            return wrong("default_tax_rate".to_owned(), &error.to_string());
        }
        for (country, rate) in &self.tax_rates {
            if !is_country(country) {
                return wrong(
                    format!("tax_rates.{country}"),
                    "expected two capital letters",
                );
            }
            if let Err(error) = rate.parse::<TaxRate>() {
                return wrong(format!("tax_rates.{country}"), &error.to_string());
            }
        }
        for (position, method) in self.shipping_methods.iter().enumerate() {
            let key = format!("shipping_methods.{position}");
            let code = method
                .code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if method.code.is_empty() || method.code.len() > 40 || !code {
                return wrong(format!("{key}.code"), "expected 1 to 40 of a-z, 0-9 and _");
            }
            if self.shipping_methods[..position]
                .iter()
                .any(|other| other.code == method.code)
            {
                return wrong(format!("{key}.code"), "is used twice");
            }
            if let Some(country) = method.countries.iter().find(|country| !is_country(country)) {
                return wrong(
                    format!("{key}.countries"),
                    &format!("{country} is not two capital letters"),
                );
            }
            let amounts = method.prices.values().chain(method.free_from.values());
            if amounts
                .copied()
                .any(|minor| !(0..=MOST_MINOR).contains(&minor))
            {
                return wrong(
                    format!("{key}.prices"),
                    "expected 0 to 1,000,000,000 minor units",
                );
            }
        }
        Ok(())
    }

    /// How long a checkout holds its price.
    pub(crate) fn checkout_ttl(&self) -> Duration {
        Duration::from_secs(self.checkout_ttl_seconds.into())
    }

    /// How much longer than its checkout a reservation lives.
    pub(crate) fn reservation_grace(&self) -> Duration {
        Duration::from_secs(self.reservation_grace_seconds.into())
    }

    /// How long a buyer may ask to send pieces back.
    pub(crate) fn return_window(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.return_window_days))
    }

    /// How long a repeated request waits for the first.
    pub(crate) fn repeat_wait(&self) -> Duration {
        Duration::from_millis(self.repeat_wait_ms.into())
    }

    /// The tax rate of a country; the default country's while none is known.
    pub(crate) fn tax_rate(&self, country: Option<&str>) -> TaxRate {
        let country = country.unwrap_or(&self.default_country);
        let rate = self
            .tax_rates
            .get(country)
            .unwrap_or(&self.default_tax_rate);
        rate.parse().unwrap_or_default() // `validate` has parsed every rate
    }

    /// The way of delivery with this code.
    pub(crate) fn shipping_method(&self, code: &str) -> Option<&ShippingMethod> {
        self.shipping_methods
            .iter()
            .find(|method| method.code == code)
    }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn currency(code: &str) -> Currency {
    code.parse().expect("the defaults name known currencies")
}

fn prices(list: &[(&str, i64)]) -> BTreeMap<Currency, i64> {
    list.iter()
        .map(|(code, minor)| (currency(code), *minor))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold_their_own_rules() {
        assert_eq!(OrdersSettings::default().validate(), Ok(()));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let mut settings = OrdersSettings::default();
        settings.tax_rates.insert("DE".to_owned(), "19%".to_owned());
        assert_eq!(
            settings.validate().map_err(|error| error.key),
            Err("tax_rates.DE".to_owned())
        );

        let mut settings = OrdersSettings {
            checkout_ttl_seconds: 5,
            ..OrdersSettings::default()
        };
        assert_eq!(
            settings.validate().map_err(|error| error.key),
            Err("checkout_ttl_seconds".to_owned())
        );
        settings = OrdersSettings::default();
        settings.shipping_methods[1].code = "standard".to_owned();
        assert_eq!(
            settings.validate().map_err(|error| error.key),
            Err("shipping_methods.1.code".to_owned())
        );
    }
}
