//! Query members of a search.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use tenon_kernel::Currency;

use crate::domain::search::{Availability, Filter, Query, Sort};
use crate::service::search::Wish;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    pub(super) limit: Option<u32>,
    /// From `next_cursor` of the page before.
    pub(super) cursor: Option<String>,
    /// Words, at most eight; everything on sale without it.
    #[serde(default, deserialize_with = "words")]
    #[schemars(with = "Option<String>", length(min = 1, max = 200))]
    q: Option<Query>,
    /// Slug of a category.
    #[schemars(length(min = 1, max = 80))]
    category: Option<String>,
    /// Title of a variant: `100 g`. Price and availability must hold for that variant.
    #[schemars(length(min = 1, max = 200))]
    option: Option<String>,
    /// Whether one of the wanted variants can be had.
    availability: Option<AvailabilityMember>,
    /// What prices are in; `price_min`, `price_max`, the orders by price and the facet of prices need it.
    currency: Option<Currency>,
    /// In minor units of `currency`, itself included.
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    price_min: Option<i64>,
    /// In minor units of `currency`, itself included.
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    price_max: Option<i64>,
    /// What comes first: `relevance` if there is a `q`, else `newest`. Products are compared by the lowest price of their
    /// wanted variants; those without one come last. What is equal comes newest first.
    sort: Option<SortMember>,
}

/// Whether something can be had.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Availability")]
pub(super) enum AvailabilityMember {
    /// There is a piece that nobody has reserved.
    InStock,
    /// Sold out.
    OutOfStock,
}

/// What comes first.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SearchSort")]
enum SortMember {
    /// What fits best.
    Relevance,
    /// What was created last.
    Newest,
    /// The cheapest.
    Price,
    /// The most expensive.
    #[serde(rename = "-price")]
    PriceDescending,
}

impl SearchQuery {
    pub(super) fn into_wish(self) -> Wish {
        let by_default = if self.q.is_some() {
            Sort::Relevance
        } else {
            Sort::Newest
        };
        Wish {
            query: self.q,
            filter: Filter {
                category: self.category,
                option: self.option,
                availability: self.availability.map(Availability::from),
                currency: self.currency,
                price_min: self.price_min,
                price_max: self.price_max,
            },
            sort: self.sort.map_or(by_default, Sort::from),
        }
    }
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Query>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

impl From<AvailabilityMember> for Availability {
    fn from(member: AvailabilityMember) -> Self {
        match member {
            AvailabilityMember::InStock => Self::InStock,
            AvailabilityMember::OutOfStock => Self::OutOfStock,
        }
    }
}

impl From<Availability> for AvailabilityMember {
    fn from(availability: Availability) -> Self {
        match availability {
            Availability::InStock => Self::InStock,
            Availability::OutOfStock => Self::OutOfStock,
        }
    }
}

impl From<SortMember> for Sort {
    fn from(member: SortMember) -> Self {
        match member {
            SortMember::Relevance => Self::Relevance,
            SortMember::Newest => Self::Newest,
            SortMember::Price => Self::PriceAscending,
            SortMember::PriceDescending => Self::PriceDescending,
        }
    }
}
