//! What a variant is called, for people who look at stock.

use std::collections::BTreeMap;

use catalog_contract::{CatalogError, ProductId, VariantId};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_web::Expand;

use crate::service::Service;
use crate::store::labels::VariantLabel;

/// What lists of stock take in `?expand=`.
pub(super) const VARIANT: &str = "variant";

/// What a variant is called.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "VariantLabel")]
pub(super) struct VariantLabelView {
    id: VariantId,
    product_id: ProductId,
    product_title: String,
    /// Tells variants of a product apart.
    title: String,
    /// Stock keeping unit.
    sku: String,
}

impl From<&VariantLabel> for VariantLabelView {
    fn from(label: &VariantLabel) -> Self {
        Self {
            id: label.id,
            product_id: label.product_id,
            product_title: label.product_title.clone(),
            title: label.title.clone(),
            sku: label.sku.clone(),
        }
    }
}

/// The labels of variants, if the caller wants them.
pub(super) async fn wanted(
    service: &Service,
    ctx: &CallCtx,
    expand: &Expand,
    ids: impl Iterator<Item = VariantId>,
) -> SeamResult<BTreeMap<VariantId, VariantLabelView>, CatalogError> {
    if !expand.has(VARIANT) {
        return Ok(BTreeMap::new());
    }
    let labels = service.expand_variants(ctx, ids.collect()).await?;
    let view = |(id, label): (VariantId, VariantLabel)| (id, VariantLabelView::from(&label));
    Ok(labels.into_iter().map(view).collect())
}
