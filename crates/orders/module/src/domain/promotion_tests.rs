//! Promotions: when they count, and what is wrong with them.

use super::*;
use crate::domain::patch::Patch::Set;
use tenon_kernel::Env;

fn currency(code: &str) -> Currency {
    code.parse().expect("known")
}

fn eur(minor: i64) -> Money {
    Money::new(minor, currency("EUR")).expect("in range")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn promotion() -> Promotion {
    Promotion {
        id: Env::system().new_id(),
        version: 1,
        code: "TEA10".to_owned(),
        rule: Rule::Fixed(BTreeMap::from([(currency("EUR"), 500)])),
        minimum_subtotals: BTreeMap::from([(currency("EUR"), 2_000)]),
        valid_from: Some(at(100)),
        valid_until: Some(at(200)),
        status: PromotionStatus::Active,
        total_limit: Some(2),
        customer_limit: Some(1),
        combinable: false,
        redeemed: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

#[test]
fn codes_are_compared_without_regard_to_letter_case() {
    assert_eq!(normal_code(" tea-10_x "), Some("TEA-10_X".to_owned()));
    for wrong in ["", "ab", "tee zehn", "größe", "a/b/c", &"x".repeat(41)] {
        assert_eq!(normal_code(wrong), None, "{wrong}");
    }
}

#[test]
fn it_is_valid_from_its_first_moment_to_before_its_last() {
    let promotion = promotion();
    let on = [99, 100, 199, 200].map(|second| promotion.is_on(at(second)));
    assert_eq!(on, [false, true, true, false]);
}

#[test]
fn each_misfit_has_its_name() {
    let fitting = promotion();
    let misfit = |promotion: &Promotion| promotion.misfit(eur(2_000), 0, at(150));
    assert_eq!(misfit(&fitting), None);
    let disabled = Promotion {
        status: PromotionStatus::Disabled,
        ..fitting.clone()
    };
    assert_eq!(misfit(&disabled), Some(Misfit::Ended));
    let used_up = Promotion {
        redeemed: 2,
        ..fitting.clone()
    };
    assert_eq!(misfit(&used_up), Some(Misfit::Exhausted));
    let known = fitting.misfit(eur(2_000), 1, at(150));
    assert_eq!(known, Some(Misfit::Exhausted), "by this buyer");
    let small = fitting.misfit(eur(1_999), 0, at(150));
    assert_eq!(small, Some(Misfit::Minimum(eur(2_000))));
    let francs = Money::new(9_000, currency("CHF")).expect("in range");
    assert_eq!(fitting.misfit(francs, 0, at(150)), Some(Misfit::Currency));
}

#[test]
fn parts_come_before_amounts() {
    let amount = promotion();
    let part = Promotion {
        rule: Rule::Percent("0.1".parse().expect("valid")),
        code: "PART".to_owned(),
        ..promotion()
    };
    let codes = Codes::judge(vec![(amount, 0), (part, 0)], eur(2_000), at(150));
    let counting = codes.counting(currency("EUR"));
    let order: Vec<&str> = counting.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(order, ["PART", "TEA10"]);
}

#[test]
fn wrong_members_are_named() {
    let change = |change: PromotionChange| match change.apply(promotion()) {
        Err(orders_contract::OrdersError::InvalidRequest { fields }) => fields[0].pointer.clone(),
        other => panic!("{other:?}"),
    };
    let limit = |limit| PromotionChange {
        total_limit: Set(limit),
        ..PromotionChange::default()
    };
    assert_eq!(change(limit(0)), "/total_limit");
    let ends = PromotionChange {
        valid_until: Set(at(100)),
        ..PromotionChange::default()
    };
    assert_eq!(change(ends), "/valid_until");
    let twice = PromotionChange {
        minimum_subtotals: Some(vec![eur(1), eur(2)]),
        ..PromotionChange::default()
    };
    assert_eq!(change(twice), "/minimum_subtotals/1/currency");
    let below = Promotion {
        redeemed: 2,
        ..promotion()
    };
    assert!(limit(1).apply(below).is_err(), "fewer than were redeemed");
}
