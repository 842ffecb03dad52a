//! How many products each choice would leave: a facet is counted with all filters but its own.

use std::collections::{BTreeMap, BTreeSet};

use tenon_kernel::Currency;

use super::answer::Candidate;
use super::filter::{Availability, Filter};

/// Most choices that a facet shows: those with the most products.
const MOST_CHOICES: usize = 50;

/// About so many stretches of prices.
const STRETCHES: i64 = 5;

/// As of every amount: 2^53 - 1 minor units.
const HIGHEST_PRICE: i64 = 9_007_199_254_740_991;

/// What can be chosen, and what it would leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facets {
    pub(crate) categories: Vec<Count<String>>,
    pub(crate) options: Vec<Count<String>>,
    pub(crate) availability: Vec<Count<Availability>>,
    pub(crate) price: Option<PriceFacet>,
}

/// A choice: exactly so many products are found if the filter is set to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count<T> {
    pub(crate) value: T,
    pub(crate) count: usize,
}

/// Prices in one currency, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PriceFacet {
    pub(crate) currency: Currency,
    pub(crate) lowest: i64,
    pub(crate) highest: i64,
    /// From, to: both included.
    pub(crate) ranges: Vec<Count<(i64, i64)>>,
}

impl Facets {
    pub(super) fn count(candidates: &[Candidate], filter: &Filter) -> Self {
        Self {
            categories: count(
                candidates,
                |candidate| candidate.facts.category.iter().cloned().collect(),
                |category| Filter {
                    category: Some(category.clone()),
                    ..filter.clone()
                },
            ),
            options: count(
                candidates,
                |candidate| {
                    let variants = candidate.facts.variants.iter();
                    variants.map(|variant| variant.title.clone()).collect()
                },
                |option| Filter {
                    option: Some(option.clone()),
                    ..filter.clone()
                },
            ),
            availability: [Availability::InStock, Availability::OutOfStock]
                .map(|value| {
                    let filter = Filter {
                        availability: Some(value),
                        ..filter.clone()
                    };
                    let count = passing(candidates, &filter);
                    Count { value, count }
                })
                .to_vec(),
            price: prices(candidates, filter),
        }
    }
}

/// Counts choices; the filter of each is made once.
fn count(
    candidates: &[Candidate],
    choices_of: impl Fn(&Candidate) -> BTreeSet<String>,
    with: impl Fn(&String) -> Filter,
) -> Vec<Count<String>> {
    let mut counts: BTreeMap<String, (Filter, usize)> = BTreeMap::new();
    for candidate in candidates {
        for choice in choices_of(candidate) {
            let filter = || (with(&choice), 0);
            let (filter, count) = counts.entry(choice.clone()).or_insert_with(filter);
            *count += usize::from(filter.pass(&candidate.facts).is_some());
        }
    }
    let mut counts: Vec<_> = counts
        .into_iter()
        .filter(|(_, (_, count))| *count > 0)
        .map(|(value, (_, count))| Count { value, count })
        .collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts.truncate(MOST_CHOICES);
    counts
}

fn prices(candidates: &[Candidate], filter: &Filter) -> Option<PriceFacet> {
    let currency = filter.currency?;
    let any_price = Filter {
        price_min: None,
        price_max: None,
        ..filter.clone()
    };
    let at = |price: i64| Filter {
        price_min: Some(price),
        price_max: Some(price),
        ..filter.clone()
    };
    let mut seen = BTreeSet::new();
    for candidate in candidates {
        if any_price.pass(&candidate.facts).is_none() {
            continue;
        }
        let prices = candidate.facts.variants.iter();
        let prices = prices.filter_map(|variant| filter.price(variant));
        // A price counts if a variant with it is wanted.
        seen.extend(prices.filter(|price| at(*price).pass(&candidate.facts).is_some()));
    }
    let (lowest, highest) = (*seen.first()?, *seen.last()?);
    let ranges = stretches(lowest, highest).into_iter().map(|(from, to)| {
        let filter = Filter {
            price_min: Some(from),
            price_max: Some(to),
            ..filter.clone()
        };
        Count {
            value: (from, to),
            count: passing(candidates, &filter),
        }
    });
    Some(PriceFacet {
        currency,
        lowest,
        highest,
        ranges: ranges.filter(|range| range.count > 0).collect(),
    })
}

fn passing(candidates: &[Candidate], filter: &Filter) -> usize {
    let passes = |candidate: &&Candidate| filter.pass(&candidate.facts).is_some();
    candidates.iter().filter(passes).count()
}

/// Stretches of the same round width (1, 2 or 5 times a power of ten) that cover all prices and do not overlap.
fn stretches(lowest: i64, highest: i64) -> Vec<(i64, i64)> {
    let span = (highest - lowest) / STRETCHES + 1;
    let mut width = 1_i64;
    for factor in [2, 5, 10].into_iter().cycle() {
        if width >= span {
            break;
        }
        let power = 10_i64.pow(width.ilog10());
        width = power * factor;
    }
    let first = lowest / width;
    let last = highest / width;
    (first..=last)
        .map(|number| {
            let from = number * width;
            (from, HIGHEST_PRICE.min(from + (width - 1)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stretches_are_round() {
        assert_eq!(stretches(450, 450), [(450, 450)]);
        let expected = [
            (0, 999),
            (1000, 1999),
            (2000, 2999),
            (3000, 3999),
            (4000, 4999),
        ];
        assert_eq!(stretches(790, 4290), expected);
    }

    proptest! {
        #[test]
        fn each_price_is_in_one_stretch(a in 0..=9_007_199_254_740_991_i64, b in 0..=9_007_199_254_740_991_i64, small in 0..1_000_i64) {
            for (low, high) in [(a.min(b), a.max(b)), (a, a.saturating_add(small).min(9_007_199_254_740_991))] {
                let all = stretches(low, high);
                prop_assert!(all.len() <= 8, "{} {low} {high}", all.len());
                for price in [low, high, low.midpoint(high)] {
                    let hits = all.iter().filter(|(from, to)| (*from..=*to).contains(&price)).count();
                    prop_assert_eq!(hits, 1);
                }
            }
        }
    }
}
