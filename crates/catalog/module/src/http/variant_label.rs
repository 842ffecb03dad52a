//! What a variant is called, for people who look at stock.

use catalog_contract::{ProductId, VariantId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::store::labels::VariantLabel;

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
