//! The goods of the demo shop, as data.

use serde::Deserialize;

/// Everything in the demo shop.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Goods {
    pub(super) categories: Vec<DemoCategory>,
    pub(super) products: Vec<DemoProduct>,
}

/// A shelf.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoCategory {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) position: i64,
}

/// A product with its variants.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoProduct {
    pub(super) slug: String,
    pub(super) title: String,
    /// Slug of its category.
    pub(super) category: String,
    pub(super) description: String,
    pub(super) picture: DemoPicture,
    pub(super) variants: Vec<DemoVariant>,
}

/// What to draw.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoPicture {
    pub(super) shape: String,
    /// `#rrggbb`
    pub(super) color: String,
}

/// A variant; prices in cents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoVariant {
    pub(super) sku: String,
    pub(super) title: String,
    pub(super) eur: i64,
    pub(super) usd: i64,
    pub(super) stock: i64,
}

/// Reads the goods.
pub(super) fn load() -> Goods {
    serde_json::from_str(include_str!("goods.json")).expect("a test reads the same file")
}

#[cfg(test)]
mod tests {
    use super::super::{new_product, picture};
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_product_of_the_demo_shop_is_one_that_the_shop_accepts() {
        let goods = load();
        assert!(goods.products.len() >= 50);
        let shelves: HashSet<&str> = goods
            .categories
            .iter()
            .map(|category| category.slug.as_str())
            .collect();
        let mut skus = HashSet::new();
        for product in &goods.products {
            let slug = &product.slug;
            new_product(product, None).check().expect(slug);
            assert!(shelves.contains(product.category.as_str()), "{slug}");
            assert!(
                picture::draw(&product.picture.shape, &product.picture.color).is_some(),
                "{slug}"
            );
            assert!((1..=4).contains(&product.variants.len()), "{slug}");
            assert!(product.description.len() > 40, "{slug}");
            for variant in &product.variants {
                assert!(skus.insert(&variant.sku), "{}", variant.sku);
                assert!(
                    variant.eur > 0 && variant.usd > 0 && variant.stock > 0,
                    "{}",
                    variant.sku
                );
            }
        }
    }
}
