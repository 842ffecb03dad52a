//! What buyers were told: what the installation must stand by in the end.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// What buyers were told.
#[derive(Debug, Default)]
pub(crate) struct Books {
    purchases: RefCell<BTreeMap<String, Purchase>>,
    /// Answers that should not have come.
    wrong: RefCell<Vec<String>>,
}

/// A checkout that somebody asked for, by its cart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Purchase {
    /// The order, once the checkout was said to be complete.
    pub(crate) order: Option<String>,
    /// Whether it was said to have come to nothing.
    pub(crate) is_refused: bool,
    /// Whether a cancellation of the order was acknowledged.
    pub(crate) is_cancelled: bool,
    /// Refunds that were acknowledged, in minor units, each asked for under one key.
    pub(crate) refunds: Vec<i64>,
}

impl Books {
    /// Somebody asks for a checkout.
    pub(crate) fn intend(&self, cart: &str) {
        let mut purchases = self.purchases.borrow_mut();
        purchases.entry(cart.to_owned()).or_default();
    }

    /// Changes what is known of a purchase.
    pub(crate) fn note(&self, cart: &str, change: impl FnOnce(&mut Purchase)) {
        change(
            self.purchases
                .borrow_mut()
                .entry(cart.to_owned())
                .or_default(),
        );
    }

    /// An answer that should not have come.
    pub(crate) fn complain(&self, what: String) {
        self.wrong.borrow_mut().push(what);
    }

    pub(crate) fn purchases(&self) -> BTreeMap<String, Purchase> {
        self.purchases.borrow().clone()
    }

    pub(crate) fn wrong(&self) -> Vec<String> {
        self.wrong.borrow().clone()
    }
}
