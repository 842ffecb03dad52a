//! What buyers look for: products on sale with the words they typed.

use std::collections::BTreeSet;

use catalog_contract::{CatalogError, ProductId};
use tenon_kernel::{CallCtx, Cursor, PageRequest};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Queryable, StoreError};

use super::Service;
use crate::domain::product::Product;
use crate::domain::rules::Rules;
use crate::domain::search::{
    self, Candidate, Correction, Facets, Filter, Near, Position, Query, Sort, keys_of_query,
};
use crate::store::products;
use crate::store::search::{self as store, Indexed};

/// Most products that a search looks at: those in which the rarest word weighs most.
pub(crate) const MOST_CANDIDATES: i64 = 5_000;

/// Most words that the beginning of one stands for.
const MOST_BEGUN: i64 = 100;

/// Most words that are compared with those of a query, letter by letter.
const MOST_NEAR: i64 = 2_000;

/// As of every amount: 2^53 - 1 minor units.
const HIGHEST_PRICE: i64 = 9_007_199_254_740_991;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// Everything on sale without it.
    pub(crate) query: Option<Query>,
    pub(crate) filter: Filter,
    pub(crate) sort: Sort,
}

/// What is found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) products: Vec<Product>,
    pub(crate) next_cursor: Option<Cursor>,
    /// On all pages.
    pub(crate) total: usize,
    /// Whether every product that matches was looked at.
    pub(crate) is_complete: bool,
    pub(crate) corrections: Vec<Correction>,
    pub(crate) facets: Facets,
}

/// Products that match, as the index has them.
struct Matches {
    candidates: Vec<Candidate>,
    corrections: Vec<Correction>,
    forgiving: bool,
    is_complete: bool,
}

impl Service {
    /// Finds products on sale. Reads what was committed: nothing is behind.
    ///
    /// Typos are forgiven if nothing has all words as they are written.
    #[tracing::instrument(name = "catalog.search", skip_all)]
    pub(crate) async fn search(
        &self,
        ctx: &CallCtx,
        wish: Wish,
        page: PageRequest,
    ) -> SeamResult<Found, CatalogError> {
        check(&wish).map_err(SeamError::Domain)?;
        let scope = format!("search {wish:?}");
        let start: Option<(bool, i64, ProductId)> = self.position(&scope, &page, None)?;
        let mut reader = self.db.read(ctx);
        let matches = match (&wish.query, start) {
            (None, _) => newest(&mut reader).await?,
            // A list goes on as it began, also if meanwhile there is something as written.
            (Some(query), Some((true, ..))) => look(&mut reader, query, true).await?,
            (Some(query), start) => {
                let strict = look(&mut reader, query, false).await?;
                let forgive =
                    start.is_none() && strict.candidates.is_empty() && query.may_have_typos();
                if forgive {
                    look(&mut reader, query, true).await?
                } else {
                    strict
                }
            }
        };
        let after = start.map(|(_, rank, id)| Position { rank, id });
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let answer = search::answer(&matches.candidates, &wish.filter, wish.sort, after, limit);
        let products = products::on_sale(&mut reader, &answer.ids).await?;
        let next_cursor = answer.next.map(|next| {
            let position = Some((matches.forgiving, next.rank, next.id));
            self.cursor_key.seal(&scope, &position)
        });
        Ok(Found {
            products,
            next_cursor,
            total: answer.total,
            is_complete: matches.is_complete,
            corrections: matches.corrections,
            facets: answer.facets,
        })
    }
}

fn check(wish: &Wish) -> Result<(), CatalogError> {
    let mut rules = Rules::default();
    let filter = &wish.filter;
    if let Some(category) = &filter.category {
        rules.slug("?category", category);
    }
    if let Some(option) = &filter.option {
        rules.line("?option", option, 1..=200);
    }
    for (pointer, price) in [
        ("?price_min", filter.price_min),
        ("?price_max", filter.price_max),
    ] {
        if let Some(price) = price {
            rules.range(pointer, price, 0..=HIGHEST_PRICE);
        }
    }
    let by_price = matches!(wish.sort, Sort::PriceAscending | Sort::PriceDescending)
        || filter.price_min.is_some()
        || filter.price_max.is_some();
    rules.check(
        !by_price || filter.currency.is_some(),
        "?currency",
        "required",
        "prices are compared in one currency",
    );
    rules.finish()
}

/// Everything on sale.
async fn newest(db: &mut dyn Queryable) -> Result<Matches, StoreError> {
    let mut rows = store::newest(db, MOST_CANDIDATES + 1).await?;
    let most = usize::try_from(MOST_CANDIDATES).unwrap_or(usize::MAX);
    let is_complete = rows.len() <= most;
    rows.truncate(most);
    let near = Near::default();
    let candidate = |mut row: Indexed| {
        Candidate::new(row.product_id, row.take_facts(), &row.words, None, &near)
    };
    Ok(Matches {
        candidates: rows.into_iter().filter_map(candidate).collect(),
        corrections: Vec::new(),
        forgiving: false,
        is_complete,
    })
}

/// Products with all words of a query. Those with its rarest word are read, and looked through for the others.
async fn look(
    db: &mut dyn Queryable,
    query: &Query,
    forgiving: bool,
) -> Result<Matches, StoreError> {
    let near = if forgiving {
        let keys: BTreeSet<String> = query
            .forms()
            .flatten()
            .flat_map(|form| keys_of_query(&form))
            .collect();
        let keys: Vec<String> = keys.into_iter().collect();
        query.near(&store::near(db, &keys, MOST_NEAR).await?)
    } else {
        Near::default()
    };
    let (rows, is_complete) = with_rarest(db, query, &near).await?;
    let mut matched = Vec::new();
    let mut candidates = Vec::new();
    for mut row in rows {
        let facts = row.take_facts();
        let id = row.product_id;
        if let Some(candidate) = Candidate::new(id, facts, &row.words, Some(query), &near) {
            candidates.push(candidate);
            matched.push(row.words);
        }
    }
    let corrections = if forgiving {
        search::corrections(query, &near, matched.iter().map(String::as_str))
    } else {
        Vec::new()
    };
    Ok(Matches {
        candidates,
        corrections,
        forgiving,
        is_complete,
    })
}

/// Products with the word that fewest have; and whether these are all of them.
async fn with_rarest(
    db: &mut dyn Queryable,
    query: &Query,
    near: &Near,
) -> Result<(Vec<Indexed>, bool), StoreError> {
    let mut by_word: Vec<Vec<String>> = query.forms().collect();
    for (at, terms) in by_word.iter_mut().enumerate() {
        terms.extend(near.of_word(at));
    }
    let mut all_begun = true;
    if let (Some(beginning), Some(last)) = (query.beginning(), by_word.last_mut()) {
        let begun = store::beginning_with(db, beginning, MOST_BEGUN).await?;
        all_begun = i64::try_from(begun.len()).unwrap_or(i64::MAX) < MOST_BEGUN;
        for term in begun {
            if !last.contains(&term) {
                last.push(term);
            }
        }
    }
    let Some(rarest) = rarest(db, by_word).await? else {
        return Ok((Vec::new(), true));
    };
    let (mut terms, mut left, mut common) = (Vec::new(), MOST_CANDIDATES, None);
    for (term, products) in rarest.terms {
        if products > left {
            common = Some((term, left));
            break;
        }
        left -= products;
        terms.push(term);
    }
    let is_complete = common.is_none() && (all_begun || !rarest.is_last);
    let common = common.as_ref().map(|(term, limit)| (&**term, *limit));
    Ok((store::with_words(db, &terms, common).await?, is_complete))
}

/// A word of a query: the words that stand for it, the best first, and how many products have each.
struct Rarest {
    terms: Vec<(String, i64)>,
    is_last: bool,
}

/// The word that fewest products have; none if no product has one of them.
async fn rarest(
    db: &mut dyn Queryable,
    by_word: Vec<Vec<String>>,
) -> Result<Option<Rarest>, StoreError> {
    let all: BTreeSet<&String> = by_word.iter().flatten().collect();
    let all: Vec<String> = all.into_iter().cloned().collect();
    let frequencies = store::frequencies(db, &all, MOST_CANDIDATES + 1).await?;
    let of = |term: &String| {
        frequencies
            .iter()
            .find(|it| it.term == *term)
            .map_or(0, |it| it.products)
    };
    let last = by_word.len().saturating_sub(1);
    let mut rarest: Option<(i64, Rarest)> = None;
    for (at, terms) in by_word.into_iter().enumerate() {
        let terms: Vec<(String, i64)> = terms
            .into_iter()
            .map(|term| {
                let products = of(&term);
                (term, products)
            })
            .collect();
        let products: i64 = terms.iter().map(|(_, products)| products).sum();
        if products == 0 {
            return Ok(None);
        }
        if rarest.as_ref().is_none_or(|(fewest, _)| products < *fewest) {
            let is_last = at == last;
            rarest = Some((products, Rarest { terms, is_last }));
        }
    }
    Ok(rarest.map(|(_, rarest)| rarest))
}
