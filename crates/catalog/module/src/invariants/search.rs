//! The search index is what the products make of it.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use catalog_contract::ProductId;
use tenon_kernel::CallCtx;
use tenon_module::{IdRange, Invariant, Stretch, Violation, check_whole};
use tenon_store::{Db, StoreError};

use crate::domain::search::Document;
use crate::store::search_index::{self, Stored};
use crate::store::{invariants, products};

pub(super) struct SearchIsCurrent {
    db: Db,
}

impl SearchIsCurrent {
    pub(super) fn new(db: &Db) -> Self {
        Self { db: db.clone() }
    }
}

#[async_trait]
impl Invariant for SearchIsCurrent {
    fn name(&self) -> &'static str {
        "catalog.search_is_current"
    }

    fn description(&self) -> &'static str {
        "The search index has the words, prices and stock of each product on sale, and of no other."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let mut reader = self.db.read(ctx);
        let range = IdRange::behind(&mut reader, invariants::PRODUCTS, after).await?;
        let before = products::in_range(&mut reader, &range).await?;
        let mut rows: BTreeMap<ProductId, Stored> = search_index::in_range(&mut reader, &range)
            .await?
            .into_iter()
            .collect();
        let mut postings: BTreeMap<ProductId, BTreeMap<String, i64>> = BTreeMap::new();
        for (id, term, weight) in search_index::postings_in_range(&mut reader, &range).await? {
            postings.entry(id).or_default().insert(term, weight);
        }
        let terms: BTreeSet<&str> = postings
            .values()
            .flat_map(|words| words.keys().map(String::as_str))
            .collect();
        let unfiled = search_index::not_filed(&mut reader, terms.into_iter()).await?;
        // These are several moments. A product that is at the same version before and after did not change between them, as
        // the index changes only together with the version.
        let after: BTreeMap<ProductId, i64> = products::in_range(&mut reader, &range)
            .await?
            .into_iter()
            .map(|product| (product.id, product.version))
            .collect();

        let mut violations = Vec::new();
        for product in before {
            if after.get(&product.id) != Some(&product.version) {
                continue;
            }
            let expected = Document::of(&product);
            let words = postings.remove(&product.id).unwrap_or_default();
            let wrong = match (expected, rows.remove(&product.id)) {
                (_, Some(row)) if row.is_outdated() => continue, // the job will write it again
                (None, None) if words.is_empty() => continue,
                (None, _) => ("not found by searches", "in the index"),
                (Some(_), None) => ("in the index", "missing"),
                (Some(document), Some(row)) => {
                    if row.differs(&document).0 {
                        ("indexed as it is", "indexed as it was")
                    } else if words != document.words {
                        ("found by its words", "found by others")
                    } else if unfiled.iter().any(|term| words.contains_key(term)) {
                        ("found in spite of typos", "has words without keys")
                    } else {
                        continue;
                    }
                }
            };
            violations.push(Violation {
                subject: product.id.to_string(),
                expected: wrong.0.to_owned(),
                actual: wrong.1.to_owned(),
            });
        }
        Ok(Stretch {
            violations,
            next: range.next(),
        })
    }
}
