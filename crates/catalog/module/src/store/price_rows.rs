//! `price_list_prices`, as people write and read them.

use catalog_contract::{PriceListId, ProductId, VariantId};
use tenon_store::{Json, Queryable, StoreError, Tx};

use super::{Texts, by_ids, id_list};
use crate::domain::price_rows::{PriceRow, RowChange};

const OF_VARIANTS: Texts = by_ids!(
    "SELECT price_list_id, variant_id, min_quantity, amount
       FROM price_list_prices
      WHERE price_list_id = $2 AND variant_id",
    ""
);

const PRODUCTS: Texts = by_ids!("SELECT id, product_id FROM variants WHERE id", "");

/// `$1` is a list of `[variant, quantity, amount]`.
const WRITE: Texts = Texts {
    sqlite: "INSERT INTO price_list_prices (price_list_id, variant_id, min_quantity, amount, updated_at)
             SELECT $2, unhex(json_extract(value, '$[0]')), json_extract(value, '$[1]'), json_extract(value, '$[2]'), $3
               FROM json_each($1)
              WHERE true
             ON CONFLICT (price_list_id, variant_id, min_quantity)
             DO UPDATE SET amount = excluded.amount, updated_at = excluded.updated_at",
    postgres: "INSERT INTO price_list_prices (price_list_id, variant_id, min_quantity, amount, updated_at)
               SELECT CAST($2 AS uuid), CAST(value ->> 0 AS uuid), CAST(value ->> 1 AS bigint),
                      CAST(value ->> 2 AS bigint), CAST($3 AS timestamptz)
                 FROM jsonb_array_elements($1)
               ON CONFLICT (price_list_id, variant_id, min_quantity)
               DO UPDATE SET amount = excluded.amount, updated_at = excluded.updated_at",
};

/// `$1` is a list of `[variant, quantity, null]`.
const REMOVE: Texts = Texts {
    sqlite: "DELETE FROM price_list_prices
              WHERE price_list_id = $2
                AND (variant_id, min_quantity) IN (SELECT unhex(json_extract(value, '$[0]')), json_extract(value, '$[1]')
                                                     FROM json_each($1))",
    postgres: "DELETE FROM price_list_prices
                WHERE price_list_id = $2
                  AND (variant_id, min_quantity) IN (SELECT CAST(value ->> 0 AS uuid), CAST(value ->> 1 AS bigint)
                                                       FROM jsonb_array_elements($1))",
};

#[derive(sqlx::FromRow)]
struct Row {
    price_list_id: PriceListId,
    variant_id: VariantId,
    min_quantity: i64,
    amount: i64,
}

/// Returns the rows of a list about these variants.
#[tracing::instrument(name = "db.catalog.price_rows_of", skip_all, fields(list.id = %list, variants = variants.len()), err(level = "debug"))]
pub(crate) async fn of_variants(
    db: &mut dyn Queryable,
    list: PriceListId,
    variants: &[VariantId],
) -> Result<Vec<PriceRow>, StoreError> {
    let text = OF_VARIANTS.text(db.engine());
    let rows: Vec<Row> = db
        .query(text)
        .bind(id_list(variants))
        .bind(list)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(PriceRow::from).collect())
}

/// Returns the products of those of the variants that exist.
#[tracing::instrument(name = "db.catalog.products_of", skip_all, fields(variants = variants.len()), err(level = "debug"))]
pub(crate) async fn products_of(
    db: &mut dyn Queryable,
    variants: &[VariantId],
) -> Result<Vec<(VariantId, ProductId)>, StoreError> {
    let text = PRODUCTS.text(db.engine());
    db.query(text).bind(id_list(variants)).fetch_all().await
}

/// Writes and removes rows of a locked list.
#[tracing::instrument(name = "db.catalog.change_price_rows", skip_all, fields(list.id = %list, rows = changes.len()), err(level = "debug"))]
pub(crate) async fn change(
    tx: &mut Tx<'_>,
    list: PriceListId,
    changes: &[RowChange],
) -> Result<(), StoreError> {
    let (written, removed): (Vec<_>, Vec<_>) = changes.iter().partition(|it| it.new.is_some());
    let now = tx.now();
    if !written.is_empty() {
        let text = WRITE.text(tx.engine());
        tx.query(text)
            .bind(bound(&written))
            .bind(list)
            .bind(now)
            .execute()
            .await?;
    }
    if !removed.is_empty() {
        let text = REMOVE.text(tx.engine());
        tx.query(text)
            .bind(bound(&removed))
            .bind(list)
            .execute()
            .await?;
    }
    Ok(())
}

/// Lists rows of a price list behind a place, by variant and quantity; those of one variant if it is named.
#[tracing::instrument(name = "db.catalog.list_price_rows", skip_all, fields(list.id = %list), err(level = "debug"))]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    list: PriceListId,
    variant: Option<VariantId>,
    after: (VariantId, i64),
    limit: i64,
) -> Result<Vec<PriceRow>, StoreError> {
    let rows: Vec<Row> = match variant {
        None => {
            db.query(
                "SELECT price_list_id, variant_id, min_quantity, amount
                   FROM price_list_prices
                  WHERE price_list_id = $1 AND (variant_id, min_quantity) > ($2, $3)
                  ORDER BY variant_id, min_quantity
                  LIMIT $4",
            )
            .bind(list)
            .bind(after.0)
            .bind(after.1)
            .bind(limit)
            .fetch_all()
            .await?
        }
        Some(variant) => {
            db.query(
                "SELECT price_list_id, variant_id, min_quantity, amount
                   FROM price_list_prices
                  WHERE price_list_id = $1 AND variant_id = $5 AND (variant_id, min_quantity) > ($2, $3)
                  ORDER BY variant_id, min_quantity
                  LIMIT $4",
            )
            .bind(list)
            .bind(after.0)
            .bind(after.1)
            .bind(limit)
            .bind(variant)
            .fetch_all()
            .await?
        }
    };
    Ok(rows.into_iter().map(PriceRow::from).collect())
}

/// Changes as both engines read them.
fn bound(changes: &[&RowChange]) -> Json<Vec<(String, i64, Option<i64>)>> {
    Json(
        changes
            .iter()
            .map(|it| {
                let variant = it.variant_id.uuid().simple().to_string();
                (variant, it.min_quantity, it.new)
            })
            .collect(),
    )
}

impl From<Row> for PriceRow {
    fn from(row: Row) -> Self {
        Self {
            price_list_id: row.price_list_id,
            variant_id: row.variant_id,
            min_quantity: row.min_quantity,
            amount: row.amount,
        }
    }
}
