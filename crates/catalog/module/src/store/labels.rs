//! What variants are called, many at once, for sale or not.

use catalog_contract::{ProductId, VariantId};
use tenon_store::{Queryable, StoreError};

use super::{Texts, by_ids, id_list};

const LABELS: Texts = by_ids!(
    "SELECT v.id, v.product_id, p.title AS product_title, v.title, v.sku
       FROM variants v
       JOIN products p ON p.id = v.product_id
      WHERE v.id",
    ""
);

/// What a variant is called.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct VariantLabel {
    pub(crate) id: VariantId,
    pub(crate) product_id: ProductId,
    pub(crate) product_title: String,
    pub(crate) title: String,
    pub(crate) sku: String,
}

/// Returns the labels of those of the variants that exist.
#[tracing::instrument(name = "db.catalog.get_labels", skip_all, fields(variants = ids.len()), err(level = "debug"))]
pub(crate) async fn get(
    db: &mut dyn Queryable,
    ids: &[VariantId],
) -> Result<Vec<VariantLabel>, StoreError> {
    let text = LABELS.text(db.engine());
    db.query(text).bind(id_list(ids)).fetch_all().await
}
