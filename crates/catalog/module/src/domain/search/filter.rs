//! Which of the found products are wanted, and in what order.

use std::cmp::Reverse;

use tenon_kernel::Currency;

use super::document::{Facts, VariantFacts};
use catalog_contract::ProductId;

/// What a product must be. Option, price and stock must hold for one and the same variant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Slug of a category.
    pub(crate) category: Option<String>,
    /// Title of a variant.
    pub(crate) option: Option<String>,
    pub(crate) availability: Option<Availability>,
    /// What prices are in.
    pub(crate) currency: Option<Currency>,
    /// Minor units, themselves included.
    pub(crate) price_min: Option<i64>,
    pub(crate) price_max: Option<i64>,
}

/// Whether any variant that is otherwise wanted can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Availability {
    InStock,
    OutOfStock,
}

/// What comes first; what is equal comes newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Relevance,
    Newest,
    PriceAscending,
    PriceDescending,
}

/// A product that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Of its wanted variants with a price in the currency.
    pub(super) lowest_price: Option<i64>,
}

/// Where a product stands in the order: smaller comes first.
pub(super) type Place = (i64, Reverse<ProductId>);

impl Filter {
    /// Says whether a product is wanted.
    pub(super) fn pass(&self, facts: &Facts) -> Option<Wanted> {
        if self.category.is_some() && self.category != facts.category {
            return None;
        }
        let asks_variants =
            self.option.is_some() || self.price_min.is_some() || self.price_max.is_some();
        let mut wanted: Vec<&VariantFacts> = facts
            .variants
            .iter()
            .filter(|variant| self.wants(variant))
            .collect();
        if asks_variants && wanted.is_empty() {
            return None;
        }
        let in_stock = wanted.iter().any(|variant| variant.in_stock);
        match self.availability {
            Some(Availability::InStock) if in_stock => wanted.retain(|variant| variant.in_stock),
            Some(Availability::OutOfStock) if !in_stock => {}
            None => {}
            Some(_) => return None,
        }
        let prices = wanted.iter().filter_map(|variant| self.price(variant));
        Some(Wanted {
            lowest_price: prices.min(),
        })
    }

    /// The price of a variant in the currency that is asked for.
    pub(super) fn price(&self, variant: &VariantFacts) -> Option<i64> {
        variant.prices.get(self.currency?.code()).copied()
    }

    fn wants(&self, variant: &VariantFacts) -> bool {
        if self.option.as_ref().is_some_and(|it| *it != variant.title) {
            return false;
        }
        if self.price_min.is_none() && self.price_max.is_none() {
            return true;
        }
        self.price(variant).is_some_and(|price| {
            self.price_min.is_none_or(|least| price >= least)
                && self.price_max.is_none_or(|most| price <= most)
        })
    }
}

impl Sort {
    /// Where a product stands; without a price it stands behind all that have one.
    pub(super) fn place(self, id: ProductId, score: i64, price: Option<i64>) -> Place {
        let rank = match self {
            Self::Relevance => -score,
            Self::Newest => 0,
            Self::PriceAscending => price.unwrap_or(i64::MAX),
            Self::PriceDescending => price.map_or(i64::MAX, |price| -price),
        };
        (rank, Reverse(id))
    }
}
