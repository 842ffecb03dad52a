//! Rows of price lists that may decide what a buyer pays, of many variants at once.

use std::collections::BTreeMap;

use catalog_contract::{BuyerId, PriceListId, VariantId};
use tenon_kernel::{Currency, Timestamp};
use tenon_store::{Queryable, StoreError};

use super::{Texts, by_ids, id_list, status};
use crate::domain::resolution::{Candidate, Listing};

/// The lists that count for a buyer come first: there are few, however many others hold rows about a variant.
const LIVE: Texts = by_ids!(
    "WITH live AS (
         SELECT l.id, l.name, l.priority, l.status, l.valid_from, l.valid_until
           FROM price_lists l
          WHERE l.currency = $2 AND l.status = 'active' AND l.for_everyone
            AND (l.valid_from IS NULL OR l.valid_from <= $4)
            AND (l.valid_until IS NULL OR l.valid_until > $4)
          UNION
         SELECT l.id, l.name, l.priority, l.status, l.valid_from, l.valid_until
           FROM customer_group_members m
           JOIN price_list_groups g ON g.group_id = m.group_id
           JOIN price_lists l ON l.id = g.price_list_id
          WHERE m.user_id = $3 AND l.currency = $2 AND l.status = 'active'
            AND (l.valid_from IS NULL OR l.valid_from <= $4)
            AND (l.valid_until IS NULL OR l.valid_until > $4)
     )
     SELECT r.variant_id, r.min_quantity, r.amount, l.id AS list_id, l.name, l.priority, l.status, l.valid_from,
            l.valid_until, CAST(1 AS bigint) AS for_buyer
       FROM live l
       JOIN price_list_prices r ON r.price_list_id = l.id
      WHERE r.variant_id",
    ""
);

const ALL: Texts = by_ids!(
    "SELECT r.variant_id, r.min_quantity, r.amount, l.id AS list_id, l.name, l.priority, l.status, l.valid_from,
            l.valid_until,
            CAST(CASE WHEN l.for_everyone OR EXISTS (SELECT 1
                                                       FROM price_list_groups g
                                                       JOIN customer_group_members m ON m.group_id = g.group_id
                                                      WHERE g.price_list_id = l.id AND m.user_id = $3)
                 THEN 1 ELSE 0 END AS bigint) AS for_buyer
       FROM price_list_prices r
       JOIN price_lists l ON l.id = r.price_list_id
      WHERE l.currency = $2 AND r.variant_id",
    ""
);

#[derive(sqlx::FromRow)]
struct CandidateRow {
    variant_id: VariantId,
    min_quantity: i64,
    amount: i64,
    list_id: PriceListId,
    name: String,
    priority: i64,
    status: String,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    for_buyer: i64,
}

/// Candidates by variant.
pub(crate) type Candidates = BTreeMap<VariantId, Vec<Candidate>>;

/// Returns the rows of lists that count for a buyer at a moment, of each of the variants.
#[tracing::instrument(name = "db.catalog.live_prices", skip_all, fields(variants = variants.len()), err(level = "debug"))]
pub(crate) async fn live(
    db: &mut dyn Queryable,
    variants: &[VariantId],
    currency: Currency,
    buyer: Option<BuyerId>,
    at: Timestamp,
) -> Result<Candidates, StoreError> {
    let text = LIVE.text(db.engine());
    let rows = db
        .query(text)
        .bind(id_list(variants))
        .bind(currency.code())
        .bind(buyer)
        .bind(at)
        .fetch_all()
        .await?;
    by_variant(rows)
}

/// Returns the rows of all lists, whatever speaks against them, of each of the variants.
#[tracing::instrument(name = "db.catalog.all_prices", skip_all, fields(variants = variants.len()), err(level = "debug"))]
pub(crate) async fn all(
    db: &mut dyn Queryable,
    variants: &[VariantId],
    currency: Currency,
    buyer: Option<BuyerId>,
) -> Result<Candidates, StoreError> {
    let text = ALL.text(db.engine());
    let rows = db
        .query(text)
        .bind(id_list(variants))
        .bind(currency.code())
        .bind(buyer)
        .fetch_all()
        .await?;
    by_variant(rows)
}

fn by_variant(rows: Vec<CandidateRow>) -> Result<Candidates, StoreError> {
    let mut found = Candidates::new();
    for row in rows {
        let list = Listing {
            id: row.list_id,
            name: row.name,
            priority: row.priority,
            status: status(&row.status)?,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            is_for_buyer: row.for_buyer == 1,
        };
        found.entry(row.variant_id).or_default().push(Candidate {
            list: Some(list),
            min_quantity: row.min_quantity,
            amount: row.amount,
        });
    }
    Ok(found)
}
