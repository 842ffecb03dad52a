//! The search index, as searches read it: every statement reads a bounded number of rows.

use std::collections::BTreeMap;

use catalog_contract::ProductId;
use serde::{Deserialize, Serialize};
use tenon_store::{Json, Queryable, StoreError};

use super::Texts;
use crate::domain::search::{Facts, VariantFacts};

/// Words that begin with `$1`, each found by one look at the index behind the one before.
const BEGINNING_WITH: &str = "
    WITH RECURSIVE known AS (
        SELECT MIN(term) AS term FROM search_postings WHERE term >= $1 AND term < $2
         UNION ALL
        SELECT (SELECT MIN(p.term) FROM search_postings p WHERE p.term > known.term AND p.term < $2)
          FROM known
         WHERE known.term IS NOT NULL)
    SELECT term FROM known WHERE term IS NOT NULL LIMIT $3";

/// Words filed under a key that are still somewhere.
const NEAR: Texts = Texts {
    sqlite: "SELECT DISTINCT n.term
               FROM search_near n
              WHERE n.near_key IN (SELECT value FROM json_each($1))
                AND EXISTS (SELECT 1 FROM search_postings p WHERE p.term = n.term)
              ORDER BY n.term
              LIMIT $2",
    postgres: "SELECT DISTINCT n.term
                 FROM search_near n
                WHERE n.near_key IN (SELECT value FROM jsonb_array_elements_text($1))
                  AND EXISTS (SELECT 1 FROM search_postings p WHERE p.term = n.term)
                ORDER BY n.term
                LIMIT $2",
};

/// How many products have each word; counting ends at `$2`.
const FREQUENCIES: Texts = Texts {
    sqlite: "SELECT t.value AS term,
                    (SELECT COUNT(*)
                       FROM (SELECT 1 FROM search_postings p WHERE p.term = t.value LIMIT $2)) AS products
               FROM json_each($1) t",
    postgres: "SELECT t.value AS term,
                      (SELECT COUNT(*)
                         FROM (SELECT 1 FROM search_postings p WHERE p.term = t.value LIMIT $2) AS few) AS products
                 FROM jsonb_array_elements_text($1) AS t (value)",
};

/// Products with any of the words `$1`, and the `$3` in which `$2` weighs most.
const WITH_WORDS: Texts = Texts {
    sqlite: "SELECT s.product_id, s.facts, s.words
               FROM search_products s
              WHERE s.product_id IN (
                    SELECT p.product_id
                      FROM search_postings p
                     WHERE p.term IN (SELECT value FROM json_each($1))
                     UNION
                    SELECT common.product_id
                      FROM (SELECT p.product_id
                              FROM search_postings p
                             WHERE p.term = $2
                             ORDER BY p.weight DESC, p.product_id DESC
                             LIMIT $3) AS common)",
    postgres: "SELECT s.product_id, s.facts, s.words
                 FROM search_products s
                WHERE s.product_id IN (
                      SELECT p.product_id
                        FROM search_postings p
                       WHERE p.term IN (SELECT value FROM jsonb_array_elements_text($1))
                       UNION
                      SELECT common.product_id
                        FROM (SELECT p.product_id
                                FROM search_postings p
                               WHERE p.term = $2
                               ORDER BY p.weight DESC, p.product_id DESC
                               LIMIT $3) AS common)",
};

const NEWEST: &str = "
    SELECT product_id, facts, words FROM search_products ORDER BY product_id DESC LIMIT $1";

/// A product of the index.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Indexed {
    pub(crate) product_id: ProductId,
    facts: Json<StoredFacts>,
    /// A line for each word.
    pub(crate) words: String,
}

/// How many products have a word.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Frequency {
    pub(crate) term: String,
    pub(crate) products: i64,
}

/// `search_products.facts`
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredFacts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(default)]
    variants: Vec<StoredVariant>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredVariant {
    title: String,
    in_stock: bool,
    prices: BTreeMap<String, i64>,
}

/// Returns words of the shop that begin with `beginning`, in their order.
#[tracing::instrument(
    name = "db.catalog.words_beginning_with",
    skip_all,
    err(level = "debug")
)]
pub(crate) async fn beginning_with(
    db: &mut dyn Queryable,
    beginning: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    // Behind every text that begins so: no word has this character.
    let end = format!("{beginning}{}", char::MAX);
    let rows: Vec<(String,)> = db
        .query(BEGINNING_WITH)
        .bind(beginning)
        .bind(end)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(term,)| term).collect())
}

/// Returns words of the shop filed under one of the keys.
#[tracing::instrument(name = "db.catalog.words_near", skip_all, err(level = "debug"))]
pub(crate) async fn near(
    db: &mut dyn Queryable,
    keys: &[String],
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let text = NEAR.text(db.engine());
    let rows: Vec<(String,)> = db
        .query(text)
        .bind(Json(keys))
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(term,)| term).collect())
}

/// Counts the products of each word, up to `limit`.
#[tracing::instrument(name = "db.catalog.word_frequencies", skip_all, err(level = "debug"))]
pub(crate) async fn frequencies(
    db: &mut dyn Queryable,
    terms: &[String],
    limit: i64,
) -> Result<Vec<Frequency>, StoreError> {
    let text = FREQUENCIES.text(db.engine());
    db.query(text)
        .bind(Json(terms))
        .bind(limit)
        .fetch_all()
        .await
}

/// Returns the products with any of `terms`, and so many of those with `common` in which it weighs most.
#[tracing::instrument(
    name = "db.catalog.products_with_words",
    skip_all,
    err(level = "debug")
)]
pub(crate) async fn with_words(
    db: &mut dyn Queryable,
    terms: &[String],
    common: Option<(&str, i64)>,
) -> Result<Vec<Indexed>, StoreError> {
    let text = WITH_WORDS.text(db.engine());
    let (term, limit) = common.unwrap_or_default();
    db.query(text)
        .bind(Json(terms))
        .bind(term)
        .bind(limit)
        .fetch_all()
        .await
}

/// Returns the newest products.
#[tracing::instrument(name = "db.catalog.newest_indexed", skip_all, err(level = "debug"))]
pub(crate) async fn newest(db: &mut dyn Queryable, limit: i64) -> Result<Vec<Indexed>, StoreError> {
    db.query(NEWEST).bind(limit).fetch_all().await
}

impl Indexed {
    /// Takes what filters ask.
    pub(crate) fn take_facts(&mut self) -> Facts {
        let empty = StoredFacts {
            category: None,
            variants: Vec::new(),
        };
        std::mem::replace(&mut self.facts.0, empty).into()
    }
}

impl From<StoredFacts> for Facts {
    fn from(stored: StoredFacts) -> Self {
        let variants = stored.variants.into_iter().map(|it| VariantFacts {
            title: it.title,
            in_stock: it.in_stock,
            prices: it.prices,
        });
        Self {
            category: stored.category,
            variants: variants.collect(),
        }
    }
}

impl From<&Facts> for StoredFacts {
    fn from(facts: &Facts) -> Self {
        let variants = facts.variants.iter().map(|it| StoredVariant {
            title: it.title.clone(),
            in_stock: it.in_stock,
            prices: it.prices.clone(),
        });
        Self {
            category: facts.category.clone(),
            variants: variants.collect(),
        }
    }
}

#[cfg(test)]
mod tests;
