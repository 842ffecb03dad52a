//! What the index keeps of a product: its words and what filters ask.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::words::words;
use crate::domain::product::{Product, Status};

/// Raised when the same product makes another document: rows of lower formats are written again by a job.
pub(crate) const FORMAT: i64 = 1;

/// Most words of a product; those of long descriptions end there.
const MOST_WORDS: usize = 500;

/// What a word weighs where it stands.
const TITLE: i64 = 8;
const SKU: i64 = 6;
const CATEGORY: i64 = 4;
const VARIANT: i64 = 3;
const DESCRIPTION: i64 = 1;

/// A product as the index keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) facts: Facts,
    pub(crate) words: BTreeMap<String, i64>,
}

/// What filters and facets ask of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Slug of its category.
    pub(crate) category: Option<String>,
    /// Its active variants.
    pub(crate) variants: Vec<VariantFacts>,
}

/// What filters and facets ask of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantFacts {
    pub(crate) title: String,
    pub(crate) in_stock: bool,
    /// Minor units by currency.
    pub(crate) prices: BTreeMap<String, i64>,
}

impl Document {
    /// Makes the document of a product; `None` if it is not on sale.
    pub(crate) fn of(product: &Product) -> Option<Self> {
        if product.status != Status::Active {
            return None;
        }
        let active = || {
            product
                .variants
                .iter()
                .filter(|variant| variant.status == Status::Active)
        };
        let mut collected = Collected::default();
        collected.add(&product.title, TITLE);
        active().for_each(|variant| collected.add(&variant.sku, SKU));
        if let Some(category) = &product.category {
            collected.add(&category.title, CATEGORY);
            collected.add(&category.slug, CATEGORY);
        }
        active().for_each(|variant| collected.add(&variant.title, VARIANT));
        collected.add(&product.description, DESCRIPTION);
        let variants = active().map(|variant| VariantFacts {
            title: variant.title.clone(),
            in_stock: variant.available > 0,
            prices: variant
                .prices
                .iter()
                .map(|price| (price.currency().code().to_owned(), price.minor()))
                .collect(),
        });
        Some(Self {
            facts: Facts {
                category: product.category.as_ref().map(|it| it.slug.clone()),
                variants: variants.collect(),
            },
            words: collected.words,
        })
    }

    /// Its words as they are stored, a line each.
    pub(crate) fn lines(&self) -> String {
        let mut lines = String::new();
        for (word, weight) in &self.words {
            let _ = writeln!(lines, "{word} {weight}");
        }
        lines
    }
}

/// Reads words as they are stored.
pub(super) fn read_lines(lines: &str) -> impl Iterator<Item = (&str, i64)> {
    lines.lines().filter_map(|line| {
        let (word, weight) = line.split_once(' ')?;
        Some((word, weight.parse().ok()?))
    })
}

#[derive(Default)]
struct Collected {
    words: BTreeMap<String, i64>,
}

impl Collected {
    /// Adds the words of a text; one that is there already keeps what it weighs, as heavier texts come first.
    fn add(&mut self, text: &str, weight: i64) {
        for word in words(text) {
            for form in word.forms() {
                if self.words.len() >= MOST_WORDS {
                    return;
                }
                if !self.words.contains_key(form) {
                    self.words.insert(form.to_owned(), weight);
                }
            }
        }
    }
}
