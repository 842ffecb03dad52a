//! `variants`.

use catalog_contract::{ProductId, VariantId};
use tenon_store::{Queryable as _, StoreError, Tx};

use crate::domain::variant::{NewVariant, Variant};

/// Inserts a variant behind those that its product has; it starts active at version 1.
#[tracing::instrument(name = "db.catalog.insert_variant", skip_all, fields(variant.id = %id), err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: VariantId,
    product_id: ProductId,
    new: &NewVariant,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO variants (id, product_id, sku, title, position, status, version, created_at, updated_at)
         SELECT $1, $2, $3, $4, COALESCE(MAX(position) + 1, 0), 'active', 1, $5, $5
           FROM variants
          WHERE product_id = $2",
    )
    .bind(id)
    .bind(product_id)
    .bind(&new.sku)
    .bind(&new.title)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Returns the product that a variant belongs to.
#[tracing::instrument(name = "db.catalog.find_product_of", skip_all, fields(variant.id = %id), err(level = "debug"))]
pub(crate) async fn find_product_of(
    tx: &mut Tx<'_>,
    id: VariantId,
) -> Result<Option<ProductId>, StoreError> {
    tx.query("SELECT product_id FROM variants WHERE id = $1")
        .bind(id)
        .fetch_scalar()
        .await
}

/// Writes a changed variant, its version raised by one; returns `false` if somebody else was faster.
#[tracing::instrument(name = "db.catalog.update_variant", skip_all, fields(variant.id = %variant.id), err(level = "debug"))]
pub(crate) async fn update(tx: &mut Tx<'_>, variant: &Variant) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE variants
                SET sku = $3, title = $4, status = $5, version = version + 1, updated_at = $6
              WHERE id = $1 AND version = $2",
        )
        .bind(variant.id)
        .bind(variant.version)
        .bind(&variant.sku)
        .bind(&variant.title)
        .bind(variant.status.as_str())
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}
