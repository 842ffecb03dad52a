//! What a search answers.

use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Currency, Cursor, Money};

use super::query::AvailabilityMember;
use crate::domain::search::{Correction, Count, Facets, PriceFacet};
use crate::http::product_view::ProductView;
use crate::service::search::Found;

/// A page of products, and what can be chosen.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SearchResult")]
pub(super) struct SearchView<'a> {
    /// At most `limit` products; fewer if one was taken off sale just now.
    data: Vec<ProductView<'a>>,
    /// Send it back as `cursor` for the next page; null on the last page.
    next_cursor: Option<&'a str>,
    /// Whether there is a next page.
    has_more: bool,
    /// Products on all pages.
    total: usize,
    /// Whether every product that matches was looked at; if not, `total` and counts are lower bounds.
    complete: bool,
    /// Words that no product has as they are written, and the words that were taken for them.
    corrections: Vec<CorrectionView<'a>>,
    facets: FacetsView<'a>,
}

/// A word with typos.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SearchCorrection")]
struct CorrectionView<'a> {
    /// In lower case, without accents.
    word: &'a str,
    /// Words of the shop, the nearest first.
    taken_for: &'a [String],
}

/// What can be chosen; each with all filters but its own.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SearchFacets")]
struct FacetsView<'a> {
    /// The categories with the most products, by slug.
    category: Vec<ChoiceView<'a>>,
    /// The titles of variants that most products have.
    option: Vec<ChoiceView<'a>>,
    /// Always both.
    availability: Vec<AvailabilityChoiceView>,
    /// Null without `currency`, or if nothing has a price in it.
    price: Option<PriceFacetView>,
}

/// A choice.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SearchChoice")]
struct ChoiceView<'a> {
    /// What to filter by.
    value: &'a str,
    /// Products that this would leave.
    count: usize,
}

/// A choice of the availability.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SearchAvailabilityChoice")]
struct AvailabilityChoiceView {
    /// What to filter by.
    value: AvailabilityMember,
    /// Products that this would leave.
    count: usize,
}

/// Prices in the currency that was asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SearchPriceFacet")]
struct PriceFacetView {
    lowest: Money,
    highest: Money,
    /// Stretches of prices in which there is something, in their order. A product with several variants may be in several.
    ranges: Vec<PriceRangeView>,
}

/// A stretch of prices.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SearchPriceRange")]
struct PriceRangeView {
    /// What to filter by as `price_min`.
    from: Money,
    /// What to filter by as `price_max`.
    to: Money,
    /// Products that this would leave.
    count: usize,
}

impl<'a> SearchView<'a> {
    pub(super) fn of(found: &'a Found) -> Self {
        let correction = |it: &'a Correction| CorrectionView {
            word: &it.word,
            taken_for: &it.taken_for,
        };
        Self {
            data: found.products.iter().map(ProductView::of).collect(),
            next_cursor: found.next_cursor.as_ref().map(Cursor::as_str),
            has_more: found.next_cursor.is_some(),
            total: found.total,
            complete: found.is_complete,
            corrections: found.corrections.iter().map(correction).collect(),
            facets: FacetsView::of(&found.facets),
        }
    }
}

impl<'a> FacetsView<'a> {
    fn of(facets: &'a Facets) -> Self {
        let choice = |it: &'a Count<String>| ChoiceView {
            value: &it.value,
            count: it.count,
        };
        let availability = facets.availability.iter();
        Self {
            category: facets.categories.iter().map(choice).collect(),
            option: facets.options.iter().map(choice).collect(),
            availability: availability
                .map(|it| AvailabilityChoiceView {
                    value: it.value.into(),
                    count: it.count,
                })
                .collect(),
            price: facets.price.as_ref().map(PriceFacetView::of),
        }
    }
}

impl PriceFacetView {
    fn of(facet: &PriceFacet) -> Self {
        let money = |minor| money(minor, facet.currency);
        let range = |it: &Count<(i64, i64)>| PriceRangeView {
            from: money(it.value.0),
            to: money(it.value.1),
            count: it.count,
        };
        Self {
            lowest: money(facet.lowest),
            highest: money(facet.highest),
            ranges: facet.ranges.iter().map(range).collect(),
        }
    }
}

fn money(minor: i64, currency: Currency) -> Money {
    Money::new(minor, currency).expect("prices and the ends of their stretches are in range")
}
