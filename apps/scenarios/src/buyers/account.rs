//! The account in the end: what buyers were told against what the shop holds. Nothing told may be lost or doubled.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// A checkout that somebody asked for, under one key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) cart: String,
    pub(crate) cart_token: String,
    /// Every order that any answer under the key named; one at most is right.
    pub(crate) told: BTreeSet<String>,
    /// A final refusal: status and code. Then no order may exist.
    pub(crate) refused: Option<String>,
}

/// An order as the shop lists it.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) cart: String,
    pub(crate) status: String,
    pub(crate) payment_status: String,
}

/// What does not add up, as sentences.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Account {
    /// Told or asked, and not there.
    pub(crate) lost: Vec<String>,
    /// There more than once, or without anybody asking.
    pub(crate) doubled: Vec<String>,
    /// There, and the money was not taken.
    pub(crate) unpaid: Vec<String>,
}

/// Compares what was told with what there is.
pub(crate) fn settle(asked: &[Asked], listed: &[Listed]) -> Account {
    let mut account = Account::default();
    let mut by_cart: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for order in listed.iter().filter(|order| order.status != "cancelled") {
        by_cart.entry(&order.cart).or_default().push(order);
        if !ids.insert(order.id.as_str()) {
            account
                .doubled
                .push(format!("{} is listed twice", order.id));
        }
    }
    for one in asked {
        let orders = by_cart.remove(one.cart.as_str()).unwrap_or_default();
        for told in one.told.iter().filter(|told| !ids.contains(told.as_str())) {
            account.lost.push(format!(
                "{told} was acknowledged for {} and is gone",
                one.cart
            ));
        }
        if one.told.len() > 1 || orders.len() > 1 {
            let found: Vec<&str> = orders.iter().map(|order| order.id.as_str()).collect();
            account.doubled.push(format!(
                "{}: told of {:?}, there are {found:?}",
                one.cart, one.told
            ));
        }
        match (&one.refused, orders.as_slice()) {
            (Some(why), [order, ..]) => account.doubled.push(format!(
                "{} was refused ({why}), and {} is there",
                one.cart, order.id
            )),
            (None, []) if one.told.is_empty() => {
                account.lost.push(format!("{} came to no end", one.cart));
            }
            _ => {}
        }
        for order in orders {
            if order.payment_status != "captured" {
                account
                    .unpaid
                    .push(format!("{}: {}", order.id, order.payment_status));
            }
        }
    }
    for order in by_cart.into_values().flatten() {
        account
            .doubled
            .push(format!("nobody asked for {}", order.id));
    }
    account
}

impl Account {
    /// Whether everything adds up.
    pub(crate) fn is_even(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(cart: &str, told: &[&str]) -> Asked {
        Asked {
            cart: cart.to_owned(),
            told: told.iter().map(|&id| id.to_owned()).collect(),
            ..Asked::default()
        }
    }

    fn listed(id: &str, cart: &str) -> Listed {
        Listed {
            id: id.to_owned(),
            cart: cart.to_owned(),
            status: "placed".to_owned(),
            payment_status: "captured".to_owned(),
        }
    }

    #[test]
    fn one_paid_order_for_each_checkout_is_even() {
        let refused = Asked {
            refused: Some("409 out_of_stock".to_owned()),
            ..asked("c", &[])
        };
        let cancelled = Listed {
            status: "cancelled".to_owned(),
            ..listed("o3", "c")
        };
        let found = settle(
            &[asked("a", &["o1"]), asked("b", &["o2"]), refused],
            &[listed("o1", "a"), listed("o2", "b"), cancelled],
        );
        assert!(found.is_even(), "{found:?}");
    }

    #[test]
    fn a_planted_loss_is_found() {
        let both = [asked("a", &["o1"]), asked("b", &["o2"])];
        let found = settle(&both, &[listed("o1", "a")]);
        assert_eq!(found.lost, ["o2 was acknowledged for b and is gone"]);
        assert!(found.doubled.is_empty());
        // Asked, never answered and never done: lost too.
        let found = settle(&[asked("a", &[])], &[]);
        assert_eq!(found.lost, ["a came to no end"]);
    }

    #[test]
    fn a_planted_double_is_found() {
        let twice = [listed("o1", "a"), listed("o2", "a")];
        assert_eq!(settle(&[asked("a", &["o1"])], &twice).doubled.len(), 1);
        let told_twice = asked("a", &["o1", "o2"]);
        assert!(!settle(&[told_twice], &[listed("o1", "a")]).is_even());
        let found = settle(&[], &[listed("o1", "a")]);
        assert_eq!(found.doubled, ["nobody asked for o1"]);
        let refused = Asked {
            refused: Some("409".to_owned()),
            ..asked("a", &[])
        };
        assert_eq!(settle(&[refused], &[listed("o1", "a")]).doubled.len(), 1);
    }

    #[test]
    fn an_order_without_money_is_found() {
        let unpaid = Listed {
            payment_status: "authorized".to_owned(),
            ..listed("o1", "a")
        };
        let found = settle(&[asked("a", &["o1"])], &[unpaid]);
        assert_eq!(found.unpaid, ["o1: authorized"]);
    }
}
