//! Prices: at most one for each currency, never below zero.

use std::collections::BTreeMap;

use tenon_kernel::{Currency, Money};

use super::rules::Rules;

/// Most prices of one variant: more than there are currencies.
const MAX_PRICES: usize = 50;

/// One currency in which the price is another now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PriceChange {
    pub(crate) old: Option<Money>,
    pub(crate) new: Option<Money>,
}

/// Checks a set of prices; `at` is where it stands in the request.
pub(crate) fn check_prices(rules: &mut Rules, at: &str, prices: &[Money]) {
    rules.count(at, prices.len(), 0..=MAX_PRICES);
    for (position, price) in prices.iter().enumerate() {
        let below_zero = price.minor() < 0;
        rules.check(
            !below_zero,
            format_args!("{at}/{position}/amount"),
            "out_of_range",
            "expected zero or more",
        );
        let first = prices
            .iter()
            .position(|other| other.currency() == price.currency())
            == Some(position);
        let detail = "there is a price in this currency already";
        rules.check(
            first,
            format_args!("{at}/{position}/currency"),
            "duplicate",
            detail,
        );
    }
}

/// Compares two sets of prices, by currency.
pub(crate) fn price_changes(old: &[Money], new: &[Money]) -> Vec<PriceChange> {
    let mut by_currency: BTreeMap<Currency, PriceChange> = BTreeMap::new();
    for price in old {
        by_currency.insert(
            price.currency(),
            PriceChange {
                old: Some(*price),
                new: None,
            },
        );
    }
    for price in new {
        by_currency
            .entry(price.currency())
            .or_insert(PriceChange {
                old: None,
                new: None,
            })
            .new = Some(*price);
    }
    by_currency
        .into_values()
        .filter(|change| change.old != change.new)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().expect("known")).expect("in range")
    }

    #[test]
    fn only_differences_are_changes() {
        let old = [money(100, "EUR"), money(120, "USD"), money(90, "GBP")];
        let new = [money(100, "EUR"), money(130, "USD"), money(1500, "JPY")];
        let changes = price_changes(&old, &new);
        let expected = [
            PriceChange {
                old: Some(money(90, "GBP")),
                new: None,
            },
            PriceChange {
                old: None,
                new: Some(money(1500, "JPY")),
            },
            PriceChange {
                old: Some(money(120, "USD")),
                new: Some(money(130, "USD")),
            },
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn a_currency_comes_once_and_no_price_is_negative() {
        let mut rules = Rules::default();
        check_prices(
            &mut rules,
            "/prices",
            &[money(1, "EUR"), money(-1, "USD"), money(2, "EUR")],
        );
        let Err(catalog_contract::CatalogError::Invalid { errors }) = rules.finish() else {
            panic!("refused")
        };
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/prices/1/amount", "/prices/2/currency"]);
    }
}
