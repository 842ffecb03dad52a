//! Holds what was restored against what buyers were told.

use std::collections::BTreeMap;

use tenon_kernel::{Id, IdKind, Timestamp};

use crate::load::Told;

/// As the ids of orders are written.
pub(super) struct Order;

impl IdKind for Order {
    const PREFIX: &'static str = "ord";
}

/// As the ids of carts are written.
pub(super) struct Cart;

impl IdKind for Cart {
    const PREFIX: &'static str = "crt";
}

/// An order that is there.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) cart: String,
    pub(super) created: Timestamp,
}

impl Found {
    /// From a row of the table of orders: id, cart, time.
    pub(super) fn of((id, cart, created): (Id<Order>, Id<Cart>, Timestamp)) -> Self {
        Self {
            id: id.to_string(),
            cart: cart.to_string(),
            created,
        }
    }
}

/// What is not as a set must be that was restored to a cut: what was acknowledged before is there, nothing was made
/// after it, and nothing is there twice or from nowhere.
pub(super) fn compare(
    told: &[Told],
    begun: &BTreeMap<String, Timestamp>,
    found: &[Found],
    cut: Timestamp,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let orders = told.iter().filter(|told| told.outcome != "refused");
    for told in orders.filter(|told| told.at < cut) {
        if !found
            .iter()
            .any(|found| found.id == told.outcome && found.cart == told.cart)
        {
            wrong.push(format!(
                "order {}, acknowledged at {}, is lost",
                told.outcome, told.at
            ));
        }
    }
    let mut by_cart: BTreeMap<&str, u32> = BTreeMap::new();
    for found in found {
        *by_cart.entry(&found.cart).or_default() += 1;
        if found.created > cut {
            wrong.push(format!("order {} was made at {}", found.id, found.created));
        }
        match begun.get(&found.cart) {
            None => wrong.push(format!("nobody asked for order {}", found.id)),
            Some(at) if *at > cut => {
                wrong.push(format!("order {} was asked for at {at}", found.id));
            }
            Some(_) => {}
        }
    }
    for (cart, count) in by_cart.into_iter().filter(|(_, count)| *count > 1) {
        wrong.push(format!("cart {cart} became {count} orders"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_seconds(second)
    }

    /// Ten checkouts: cart `n` is asked for at `10 n`, ordered at `10 n + 2`, told at `10 n + 5`.
    fn books() -> (Vec<Told>, BTreeMap<String, Timestamp>, Vec<Found>) {
        let cart = |number: i64| format!("cart-{number}");
        let told = |number: i64| Told {
            cart: cart(number),
            outcome: format!("order-{number}"),
            at: at(10 * number + 5),
        };
        let found = |number: i64| Found {
            id: format!("order-{number}"),
            cart: cart(number),
            created: at(10 * number + 2),
        };
        (
            (0..10).map(told).collect(),
            (0..10)
                .map(|number| (cart(number), at(10 * number)))
                .collect(),
            (0..10).map(found).collect(),
        )
    }

    #[test]
    fn what_a_cut_must_hold_is_enough() {
        let (told, begun, found) = books();
        assert!(compare(&told, &begun, &found[..5], at(50)).is_empty());
        // Made before the cut and told after it: it may be there.
        assert!(compare(&told, &begun, &found[..6], at(53)).is_empty());
        assert!(compare(&told, &begun, &found, at(1_000)).is_empty());
    }

    #[test]
    fn each_thing_that_may_not_be_is_found() {
        let (told, begun, found) = books();
        let wrong = |found: &[Found], cut| compare(&told, &begun, found, at(cut)).join("; ");
        assert!(wrong(&found[..4], 50).contains("order-4, acknowledged"));
        assert!(wrong(&found[1..5], 50).contains("order-0, acknowledged"));
        assert!(wrong(&found[..6], 51).contains("order-5 was made"));
        let doubled = [&found[..5], &found[..1]].concat();
        assert!(wrong(&doubled, 50).contains("cart-0 became 2"));
        let mut strange = found[..5].to_vec();
        strange[2].cart = "cart-77".to_owned();
        let wrong = wrong(&strange, 50);
        assert!(wrong.contains("nobody asked") && wrong.contains("order-2, acknowledged"));
    }
}
