//! How a product looks to the outside.

use bytes::Bytes;
use catalog_contract::{CategoryId, ProductId, VariantId};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Money, Timestamp};

use super::members::ProductStatus;
use crate::domain::product::{CategoryRef, Product};
use crate::domain::variant::Variant;

/// A product with its variants.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Product")]
pub(super) struct ProductView<'a> {
    id: ProductId,
    /// Its place in URLs; `GET /v1/products/slug:<slug>` finds it.
    slug: &'a str,
    title: &'a str,
    /// Plain text.
    description: &'a str,
    /// An `https:` URL, or a small picture as a `data:` URL.
    image: Option<&'a str>,
    category: Option<CategoryRefView<'a>>,
    status: ProductStatus,
    /// Also the `ETag`. Grows with every change, and when a variant sells out or comes back.
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// In the order of the shop.
    variants: Vec<VariantView<'a>>,
}

/// The category of a product.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CategoryRef")]
struct CategoryRefView<'a> {
    id: CategoryId,
    slug: &'a str,
}

/// What is bought.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Variant")]
pub(super) struct VariantView<'a> {
    id: VariantId,
    product_id: ProductId,
    /// Stock keeping unit.
    sku: &'a str,
    /// Tells variants of a product apart: `100 g`.
    title: &'a str,
    status: VariantStatus,
    /// Send it as `If-Match: "v<version>"` to change this variant.
    version: i64,
    /// One for each currency it is sold in.
    prices: &'a [Money],
    /// Whether there is a piece that nobody has reserved.
    in_stock: bool,
}

/// Whether a variant of an active product can be bought.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum VariantStatus {
    Active,
    Archived,
}

impl<'a> ProductView<'a> {
    pub(super) fn of(product: &'a Product) -> Self {
        let category = |it: &'a CategoryRef| CategoryRefView {
            id: it.id,
            slug: &it.slug,
        };
        Self {
            id: product.id,
            slug: &product.slug,
            title: &product.title,
            description: &product.description,
            image: product.image.as_deref(),
            category: product.category.as_ref().map(category),
            status: product.status.into(),
            version: product.version,
            created_at: product.created_at,
            updated_at: product.updated_at,
            variants: product.variants.iter().map(VariantView::of).collect(),
        }
    }

    /// Writes the page as it is sent.
    pub(super) fn bytes(product: &Product) -> Bytes {
        serde_json::to_vec(&ProductView::of(product))
            .map(Bytes::from)
            .expect("views are plain data")
    }
}

impl<'a> VariantView<'a> {
    pub(super) fn of(variant: &'a Variant) -> Self {
        let archived = variant.status == crate::domain::product::Status::Archived;
        Self {
            id: variant.id,
            product_id: variant.product_id,
            sku: &variant.sku,
            title: &variant.title,
            status: if archived {
                VariantStatus::Archived
            } else {
                VariantStatus::Active
            },
            version: variant.version,
            prices: &variant.prices,
            in_stock: variant.available > 0,
        }
    }
}
