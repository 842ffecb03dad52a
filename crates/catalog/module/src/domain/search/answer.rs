//! The answer to a search: of the products that match, those that are wanted, in order, a page of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::ProductId;

use super::document::Facts;
use super::facets::Facets;
use super::filter::{Filter, Place, Sort};
use super::query::{Near, Query};

/// Most words that a correction shows.
const MOST_CORRECTIONS: usize = 5;

/// A product whose words match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) id: ProductId,
    pub(crate) facts: Facts,
    pub(crate) score: i64,
}

/// What is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The products of the page, in order.
    pub(crate) ids: Vec<ProductId>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<Position>,
    /// Products on all pages.
    pub(crate) total: usize,
    pub(crate) facets: Facets,
}

/// The last product of a page: what the order puts behind it comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) rank: i64,
    pub(crate) id: ProductId,
}

/// A word that the shop does not have as written, and what was taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) word: String,
    pub(crate) taken_for: Vec<String>,
}

impl Candidate {
    /// `None` unless the product has all words; without a query every product does.
    pub(crate) fn new(
        id: ProductId,
        facts: Facts,
        lines: &str,
        query: Option<&Query>,
        near: &Near,
    ) -> Option<Self> {
        let score = query.map_or(Some(0), |query| query.score(lines, near))?;
        Some(Self { id, facts, score })
    }
}

/// Filters, counts, sorts and takes a page.
pub(crate) fn answer(
    candidates: &[Candidate],
    filter: &Filter,
    sort: Sort,
    after: Option<Position>,
    limit: usize,
) -> Answer {
    let mut places: Vec<Place> = candidates
        .iter()
        .filter_map(|it| {
            let wanted = filter.pass(&it.facts)?;
            Some(sort.place(it.id, it.score, wanted.lowest_price))
        })
        .collect();
    places.sort_unstable();
    let total = places.len();
    let start = after.map_or(0, |last| {
        places.partition_point(|place| *place <= (last.rank, Reverse(last.id)))
    });
    let rest = places.get(start..).unwrap_or_default();
    let page = rest.get(..limit.min(rest.len())).unwrap_or_default();
    let last = page.last().filter(|_| rest.len() > page.len());
    Answer {
        ids: page.iter().map(|(_, Reverse(id))| *id).collect(),
        next: last.map(|&(rank, Reverse(id))| Position { rank, id }),
        total,
        facets: Facets::count(candidates, filter),
    }
}

/// Which words were taken for which, over the words of all products that match.
pub(crate) fn corrections<'l>(
    query: &Query,
    near: &Near,
    matches: impl Iterator<Item = &'l str>,
) -> Vec<Correction> {
    let mut by_word: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for lines in matches {
        for (at, term) in query.corrected(lines, near) {
            by_word.entry(at).or_default().insert(term);
        }
    }
    let correction = |(at, terms): (usize, BTreeSet<&str>)| {
        let nearest = near.of_word(at);
        let nearest = nearest.into_iter();
        Correction {
            word: query.word(at).to_owned(),
            taken_for: nearest
                .filter(|term| terms.contains(term.as_str()))
                .take(MOST_CORRECTIONS)
                .collect(),
        }
    };
    by_word.into_iter().map(correction).collect()
}

#[cfg(test)]
mod tests;
