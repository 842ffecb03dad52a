//! Money: parts and their sums, in every kind of currency, and the same again from what was stored.

use super::*;
use crate::domain::cart::{CartLine, CartStatus};
use crate::domain::promotion::{CodeInCart, Promotion, PromotionStatus, Rule};
use crate::domain::trail::{Trail, TrailStep, What};
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
    let address = Address {
        name: "Ada".to_owned(),
        line1: "Hauptstraße 1".to_owned(),
        line2: None,
        city: "Köln".to_owned(),
        region: None,
        postal_code: None,
        country: "DE".to_owned(),
        phone: None,
    };
    Cart {
        id: env.new_id(),
        version: 1,
        status: CartStatus::Active,
        owner: None,
        token_hash: None,
        currency,
        email: Some("ada@example.com".to_owned()),
        shipping_address: Some(address),
        billing_address: None,
        shipping_method: Some("standard".to_owned()),
        checkout_id: None,
        promotions: Vec::new(),
        left_out: Vec::new(),
        merged_into: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
        lines: prices.iter().map(line).collect(),
    }
}

fn codes(rules: Vec<Rule>) -> Codes {
    let env = Env::system();
    let code = |(position, rule): (usize, Rule)| CodeInCart {
        promotion: Promotion {
            id: env.new_id(),
            version: 1,
            code: format!("CODE{position}"),
            rule,
            minimum_subtotals: std::collections::BTreeMap::new(),
            valid_from: None,
            valid_until: None,
            status: PromotionStatus::Active,
            total_limit: None,
            customer_limit: None,
            combinable: true,
            redeemed: 0,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
        },
        misfit: None,
    };
    Codes(rules.into_iter().enumerate().map(code).collect())
}

fn percent(rate: &str) -> Rule {
    Rule::Percent(rate.parse().expect("valid"))
}

fn fixed(currency: &str, amount: i64) -> Rule {
    Rule::Fixed(std::collections::BTreeMap::from([(
        currency.parse().expect("known"),
        amount,
    )]))
}

/// A shop that delivers in every kind of currency.
fn shop(included: bool, tax_rate: &str) -> OrdersSettings {
    let mut settings = OrdersSettings {
        prices_include_tax: included,
        ..OrdersSettings::default()
    };
    settings
        .tax_rates
        .insert("DE".to_owned(), tax_rate.to_owned());
    for (currency, price) in [("JPY", 500), ("KWD", 1_237)] {
        let currency = currency.parse().expect("known");
        settings.shipping_methods[0].prices.insert(currency, price);
    }
    settings
}

#[test]
fn german_prices_contain_their_tax() {
    let settings = OrdersSettings::default();
    let cart = cart("EUR", &[(1_190, 2)]);
    let price = Price::of(&cart, Rates::of_settings(&settings), &Codes::default());
    let price = price.expect("in range");
    assert_eq!(price.totals.subtotal.minor(), 2_380);
    assert_eq!(price.totals.shipping.minor(), 490);
    assert_eq!(price.totals.total.minor(), 2_870);
    assert_eq!(price.totals.tax.minor(), 458, "19/119 of 28.70");
}

#[test]
fn tax_is_on_what_is_paid() {
    let settings = OrdersSettings::default();
    let cart = cart("EUR", &[(1_190, 2)]);
    let codes = codes(vec![fixed("EUR", 190), percent("0.1")]);
    let price = Price::of(&cart, Rates::of_settings(&settings), &codes).expect("in range");
    assert_eq!(price.totals.subtotal.minor(), 2_380);
    assert_eq!(price.totals.discount().minor(), 428, "a tenth, then 1.90");
    assert_eq!(price.totals.total.minor(), 2_442);
    assert_eq!(price.totals.tax.minor(), 390, "19/119 of 24.42");
    let order: Vec<&str> = price.promotions.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(order, ["CODE1", "CODE0"], "parts before amounts");
}

#[test]
fn a_promotion_takes_no_more_off_than_there_is() {
    let settings = OrdersSettings::default();
    let cart = cart("EUR", &[(300, 1), (0, 3), (200, 1)]);
    let codes = codes(vec![fixed("EUR", 9_900), fixed("EUR", 100)]);
    let price = Price::of(&cart, Rates::of_settings(&settings), &codes).expect("in range");
    assert_eq!(price.totals.discount().minor(), 500);
    assert_eq!(price.totals.total.minor(), 490, "the delivery");
    assert_eq!(price.promotions[1].shares, [0, 0, 0]);
}

#[test]
fn more_than_can_be_counted_is_refused() {
    let much = cart("EUR", &[(9_007_199_254_740_991, 2)]);
    let settings = OrdersSettings::default();
    let price = Price::of(&much, Rates::of_settings(&settings), &Codes::default());
    assert_eq!(price.map(|_| ()), Err(MoneyError::OutOfRange));
}

fn rules(currency: &'static str) -> impl Strategy<Value = Vec<Rule>> {
    let rule = prop_oneof![
        (1_u32..=1_000_000).prop_map(|millionths| percent(&format!(
            "{}.{:06}",
            millionths / 1_000_000,
            millionths % 1_000_000
        ))),
        (1_i64..20_000_000).prop_map(move |amount| fixed(currency, amount)),
    ];
    proptest::collection::vec(rule, 0..4)
}

/// A line's price, its quantity: mostly few lines, sometimes as many as there may be.
fn lines() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let line = || (0_i64..10_000_000, 1_i64..=9_999);
    prop_oneof![
        9 => proptest::collection::vec(line(), 1..6),
        1 => proptest::collection::vec(line(), 1..100),
    ]
}

fn currencies() -> impl Strategy<Value = (&'static str, Vec<Rule>)> {
    proptest::sample::select(vec!["EUR", "JPY", "KWD"])
        .prop_flat_map(|currency| (Just(currency), rules(currency)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12_000))]

    /// The steps that are shown add up to what is paid, each share to its step, and the frozen form of it leads to the
    /// same numbers again, also after it was stored.
    #[test]
    fn parts_add_up_and_replay_in_every_kind_of_currency(
        (currency, rules) in currencies(),
        included: bool,
        tax_rate in proptest::sample::select(vec!["0", "0.19", "0.081", "0.333333", "1"]),
        lines in lines(),
    ) {
        let settings = shop(included, tax_rate);
        let cart = cart(currency, &lines);
        let price = Price::of(&cart, Rates::of_settings(&settings), &codes(rules)).expect("in range");
        let totals = price.totals;
        let added = if included { 0 } else { totals.tax.minor() };
        prop_assert_eq!(
            totals.total.minor(),
            totals.subtotal.minor() - totals.discount().minor() + totals.shipping.minor() + added
        );
        prop_assert!(totals.total.minor() >= 0 && totals.discount().minor() >= 0);

        let shown = Trail::of_cart(&cart, &price);
        let quote = price.freeze(&cart).expect("nothing is missing");
        let paid: i64 = quote.lines.iter().map(|line| line.total.minor()).sum();
        prop_assert_eq!(paid, totals.subtotal.minor() - totals.discount().minor());
        for line in &quote.lines {
            prop_assert!(line.total.minor() >= 0 && line.tax.minor() >= 0);
            prop_assert_eq!(
                line.total.minor(),
                line.unit_price.minor() * line.quantity - line.discount().minor()
            );
        }

        let stored = serde_json::to_string(&quote).expect("plain data");
        let quote: Quote = serde_json::from_str(&stored).expect("it was written by us");
        let again = quote.parts().and_then(|parts| parts.add_up()).expect("in range");
        let shares: Vec<Vec<i64>> = quote.promotions.iter().map(|it| it.shares.clone()).collect();
        prop_assert_eq!(&again.shares, &shares);
        prop_assert_eq!((again.subtotal, again.discount), (totals.subtotal, totals.discount()));
        prop_assert_eq!((again.tax, again.total), (totals.tax, totals.total));
        for ((line, tax), discount) in quote.lines.iter().zip(&again.line_taxes).zip(&again.line_discounts) {
            prop_assert_eq!((line.tax, line.discount()), (*tax, *discount));
        }

        let trail = Trail::of_quote(&quote);
        prop_assert_eq!(&trail, &shown, "what the cart showed is what the order tells");
        prop_assert_eq!(trail.steps.iter().map(|step| step.adds).sum::<i64>(), totals.total.minor());
        for TrailStep { what, adds, shares } in &trail.steps {
            let handed_out: i64 = shares.iter().map(|share| share.amount).sum();
            match what {
                What::Promotion { .. } => prop_assert_eq!(-handed_out, *adds),
                What::Tax { amount, .. } => prop_assert_eq!(handed_out, *amount),
                What::Line { .. } | What::Delivery { .. } => prop_assert!(shares.is_empty()),
            }
        }
    }
}
