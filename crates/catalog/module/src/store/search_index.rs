//! The search index, as changes of products write it.

use std::collections::BTreeSet;

use catalog_contract::ProductId;
use tenon_module::IdRange;
use tenon_store::{Json, Queryable, StoreError, Tx};

use super::Texts;
use super::search::StoredFacts;
use crate::domain::search::{Document, FORMAT, Facts, keys_of_term};

/// `$1` is a list of `[term, weight]`.
const INSERT_POSTINGS: Texts = Texts {
    sqlite: "INSERT INTO search_postings (term, weight, product_id)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), $2
               FROM json_each($1)",
    postgres: "INSERT INTO search_postings (term, weight, product_id)
               SELECT value ->> 0, CAST(value ->> 1 AS bigint), CAST($2 AS uuid)
                 FROM jsonb_array_elements($1)",
};

/// `$1` is a list of `[key, term]`: each term with one of its keys, as all of a term's are written together.
const NOT_FILED: Texts = Texts {
    sqlite: "SELECT json_extract(value, '$[1]') AS term
               FROM json_each($1)
              WHERE NOT EXISTS (SELECT 1
                                  FROM search_near n
                                 WHERE n.near_key = json_extract(value, '$[0]')
                                   AND n.term = json_extract(value, '$[1]'))",
    postgres: "SELECT value ->> 1 AS term
                 FROM jsonb_array_elements($1)
                WHERE NOT EXISTS (SELECT 1
                                    FROM search_near n
                                   WHERE n.near_key = value ->> 0 AND n.term = value ->> 1)",
};

/// `$1` is a list of `[key, term]`. In one order, so that two products with the same new words do not wait for each other.
const FILE: Texts = Texts {
    sqlite: "INSERT INTO search_near (near_key, term)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
               FROM json_each($1)
              WHERE true
              ORDER BY 1, 2
             ON CONFLICT (near_key, term) DO NOTHING",
    postgres: "INSERT INTO search_near (near_key, term)
               SELECT value ->> 0, value ->> 1
                 FROM jsonb_array_elements($1)
                ORDER BY 1, 2
               ON CONFLICT (near_key, term) DO NOTHING",
};

/// What the index has of a product.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Stored {
    facts: Json<StoredFacts>,
    words: String,
    format: i64,
}

#[derive(sqlx::FromRow)]
struct StoredRow {
    product_id: ProductId,
    #[sqlx(flatten)]
    stored: Stored,
}

/// Finds what the index has of a product.
pub(crate) async fn find(tx: &mut Tx<'_>, id: ProductId) -> Result<Option<Stored>, StoreError> {
    tx.query("SELECT facts, words, format FROM search_products WHERE product_id = $1")
        .bind(id)
        .fetch_optional()
        .await
}

/// Takes a product out of the index.
#[tracing::instrument(name = "db.catalog.unindex_product", skip_all, fields(product.id = %id), err(level = "debug"))]
pub(crate) async fn remove(tx: &mut Tx<'_>, id: ProductId) -> Result<(), StoreError> {
    remove_postings(tx, id).await?;
    tx.query("DELETE FROM search_products WHERE product_id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Writes a product's row of the index.
#[tracing::instrument(name = "db.catalog.index_facts", skip_all, fields(product.id = %id), err(level = "debug"))]
pub(crate) async fn write_row(
    tx: &mut Tx<'_>,
    id: ProductId,
    document: &Document,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO search_products (product_id, facts, words, format)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (product_id) DO UPDATE SET facts = excluded.facts, words = excluded.words, format = excluded.format",
    )
    .bind(id)
    .bind(Json(StoredFacts::from(&document.facts)))
    .bind(document.lines())
    .bind(FORMAT)
    .execute()
    .await?;
    Ok(())
}

/// Writes where a product's words lead, and files words that the shop did not have.
#[tracing::instrument(name = "db.catalog.index_words", skip_all, fields(product.id = %id), err(level = "debug"))]
pub(crate) async fn write_postings(
    tx: &mut Tx<'_>,
    id: ProductId,
    document: &Document,
) -> Result<(), StoreError> {
    remove_postings(tx, id).await?;
    let postings: Vec<(&str, i64)> = document.words.iter().map(|(it, &w)| (&**it, w)).collect();
    let text = INSERT_POSTINGS.text(tx.engine());
    tx.query(text)
        .bind(Json(postings))
        .bind(id)
        .execute()
        .await?;

    let unfiled = not_filed(tx, document.words.keys().map(String::as_str)).await?;
    if unfiled.is_empty() {
        return Ok(());
    }
    let keys: BTreeSet<(String, &str)> = unfiled
        .iter()
        .flat_map(|term| keys_of_term(term).into_iter().map(|key| (key, &**term)))
        .collect();
    let text = FILE.text(tx.engine());
    tx.query(text).bind(Json(keys)).execute().await?;
    Ok(())
}

/// Returns those of the words that typos should lead to and do not.
pub(crate) async fn not_filed(
    db: &mut dyn Queryable,
    terms: impl Iterator<Item = &str> + Send,
) -> Result<Vec<String>, StoreError> {
    let first_keys: Vec<(String, &str)> = terms
        .filter_map(|term| Some((keys_of_term(term).pop_first()?, term)))
        .collect();
    let text = NOT_FILED.text(db.engine());
    let rows: Vec<(String,)> = db.query(text).bind(Json(first_keys)).fetch_all().await?;
    Ok(rows.into_iter().map(|(term,)| term).collect())
}

/// Returns the index's rows of a stretch of products.
pub(crate) async fn in_range(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<(ProductId, Stored)>, StoreError> {
    let rows: Vec<StoredRow> = db
        .query(
            "SELECT product_id, facts, words, format
               FROM search_products
              WHERE product_id > $1 AND product_id <= $2",
        )
        .bind(range.after)
        .bind(range.until)
        .fetch_all()
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.product_id, row.stored))
        .collect())
}

/// Returns the words that lead to the products of a stretch.
pub(crate) async fn postings_in_range(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<(ProductId, String, i64)>, StoreError> {
    db.query(
        "SELECT product_id, term, weight
           FROM search_postings
          WHERE product_id > $1 AND product_id <= $2",
    )
    .bind(range.after)
    .bind(range.until)
    .fetch_all()
    .await
}

/// Products whose rows were made in another way, or are to be made again.
pub(crate) async fn outdated(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ProductId>, StoreError> {
    let rows: Vec<(ProductId,)> = tx
        .query(
            "SELECT product_id FROM search_products WHERE format < $1 ORDER BY format, product_id LIMIT $2",
        )
        .bind(FORMAT)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Locks a product until the commit, so that nobody changes it while it is indexed.
pub(crate) async fn lock_product(tx: &mut Tx<'_>, id: ProductId) -> Result<(), StoreError> {
    // The same on both engines, where one has row locks and the other needs none.
    tx.query("UPDATE products SET version = version WHERE id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Has every product on sale, and whatever is in the index, indexed again. Returns how many there are.
#[tracing::instrument(name = "db.catalog.outdate_index", skip_all, err(level = "debug"))]
pub(crate) async fn outdate_all(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    let known = tx
        .query("UPDATE search_products SET format = 0")
        .execute()
        .await?;
    let missing = tx
        .query(
            "INSERT INTO search_products (product_id, facts, words, format)
             SELECT p.id, '{}', '', 0
               FROM products p
              WHERE p.status = 'active'
                AND NOT EXISTS (SELECT 1 FROM search_products s WHERE s.product_id = p.id)
             ON CONFLICT (product_id) DO NOTHING",
        )
        .execute()
        .await?;
    Ok(known + missing)
}

async fn remove_postings(tx: &mut Tx<'_>, id: ProductId) -> Result<(), StoreError> {
    tx.query("DELETE FROM search_postings WHERE product_id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

impl Stored {
    /// Whether the row waits to be made again.
    pub(crate) fn is_outdated(&self) -> bool {
        self.format < FORMAT
    }

    /// Which parts of a document are not as stored: the row, the postings.
    pub(crate) fn differs(self, document: &Document) -> (bool, bool) {
        let words = self.format != FORMAT || self.words != document.lines();
        let facts = Facts::from(self.facts.0) != document.facts;
        (words || facts, words)
    }
}
