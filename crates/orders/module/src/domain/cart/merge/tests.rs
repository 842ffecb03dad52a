//! Whatever two carts hold: each piece is in the cart that takes them, or told as left out.

use std::collections::BTreeMap;

use orders_contract::VariantRef;
use proptest::prelude::*;
use tenon_kernel::{Env, Money};
use uuid::Uuid;

use super::*;
use crate::domain::cart::CartStatus;

fn cart(env: &Env, lines: &BTreeMap<u8, (i64, i64)>) -> Cart {
    let currency = "EUR".parse().expect("known");
    let lines = lines.iter().zip(1..);
    let lines = lines.map(|((variant, (quantity, price)), position)| CartLine {
        id: env.new_id(),
        position,
        variant_id: VariantRef::from_uuid(Uuid::from_u128(u128::from(*variant) + 1)),
        product_id: env.new_id(),
        sku: format!("TEA-{variant}"),
        title: "Assam".to_owned(),
        quantity: *quantity,
        unit_price: Money::new(*price, currency).expect("in range"),
    });
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
        shipping_method: None,
        checkout_id: None,
        promotions: Vec::new(),
        left_out: Vec::new(),
        merged_into: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
        lines: lines.collect(),
    }
}

fn pieces(cart: &Cart) -> BTreeMap<VariantRef, i64> {
    let lines = cart.lines.iter();
    lines.map(|line| (line.variant_id, line.quantity)).collect()
}

/// Up to a hundred lines; some cost so much that few of them are more than can be counted.
fn held() -> impl Strategy<Value = BTreeMap<u8, (i64, i64)>> {
    let price = prop_oneof![9 => 1_i64..1_000, 1 => Just(1_000_000_000_000_i64)];
    proptest::collection::btree_map(0_u8..150, (1..=MAX_QUANTITY, price), 0..=MAX_LINES)
}

proptest! {
    #[test]
    fn nothing_is_lost_in_silence(own in held(), theirs in held()) {
        let env = Env::system();
        let (mut taking, guest) = (cart(&env, &own), cart(&env, &theirs));
        let (before, was_countable) = (pieces(&taking), taking.subtotal().is_ok());
        let changed = taking.take_lines(&guest, &Offers::default(), || env.new_id());

        let mut found = pieces(&taking);
        prop_assert_eq!(found.len(), taking.lines.len(), "one line for each variant");
        for told in &taking.left_out {
            let left = told.left_out.as_ref().expect("what and how many");
            prop_assert!(left.quantity > 0);
            *found.entry(left.variant_id).or_default() += left.quantity;
        }
        let mut expected = before;
        for (variant, quantity) in pieces(&guest) {
            *expected.entry(variant).or_default() += quantity;
        }
        prop_assert_eq!(found, expected);

        prop_assert!(taking.lines.len() <= MAX_LINES);
        prop_assert!(taking.lines.iter().all(|line| line.quantity <= MAX_QUANTITY));
        prop_assert!(!was_countable || taking.subtotal().is_ok());
        prop_assert!(taking.lines.is_sorted_by_key(|line| line.position));
        for line in changed {
            prop_assert!(taking.lines.contains(&line), "what is saved is what is shown");
        }
    }
}
