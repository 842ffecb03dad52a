//! A small shop to try things with: tea, coffee and what goes with them.

mod goods;
mod picture;

use std::sync::Arc;

use catalog_contract::{CatalogError, CategoryId, VariantId};
use tenon_kernel::{CallCtx, IdempotencyScope, Money, PageRequest};
use tenon_seam::{SeamError, SeamResult};

use self::goods::{DemoProduct, DemoVariant, Goods};
use crate::domain::category::NewCategory;
use crate::domain::product::{NewProduct, Product, Status};
use crate::domain::stock::{Adjustment, AdjustmentReason, MAIN_LOCATION};
use crate::domain::variant::NewVariant;
use crate::service::Service;

/// Fills an empty shop with something to buy, through the same use cases that people use.
#[derive(Clone)]
pub struct DemoShop {
    service: Arc<Service>,
}

/// What was added; all zero when everything was there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seeded {
    /// Categories added.
    pub categories: u32,
    /// Products added.
    pub products: u32,
    /// Variants that got their first stock.
    pub stocked: u32,
}

impl DemoShop {
    pub(crate) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }

    /// Adds what is missing, found by slug; what is there stays as people changed it. Safe to run again at any point.
    ///
    /// # Errors
    ///
    /// Whatever the store says; what was added until then stays.
    pub async fn seed(&self, ctx: &CallCtx) -> SeamResult<Seeded, CatalogError> {
        let goods = goods::load();
        let mut seeded = Seeded::default();
        for category in &goods.categories {
            let new = NewCategory {
                slug: category.slug.clone(),
                title: category.title.clone(),
                description: category.description.clone(),
                position: category.position,
            };
            seeded.categories += added(self.service.create_category(&ctx.child(), new).await)?;
        }
        // Lists show the newest first: added from the end, they read like the file.
        for product in goods.products.iter().rev() {
            seeded.products += self.add(ctx, &goods, product).await?;
            seeded.stocked += self.stock(ctx, product).await?;
        }
        Ok(seeded)
    }

    async fn add(
        &self,
        ctx: &CallCtx,
        goods: &Goods,
        demo: &DemoProduct,
    ) -> SeamResult<u32, CatalogError> {
        debug_assert!(
            goods
                .categories
                .iter()
                .any(|category| category.slug == demo.category),
            "{}",
            demo.slug
        );
        let category_id = self
            .service
            .find_category(ctx, &demo.category)
            .await?
            .map(|category| category.id);
        let new = new_product(demo, category_id);
        added(self.service.create_product(&ctx.child(), new).await)
    }

    /// Receives the first stock of variants that never had any.
    async fn stock(&self, ctx: &CallCtx, demo: &DemoProduct) -> SeamResult<u32, CatalogError> {
        let Some(product) = self.service.find_product(ctx, &demo.slug).await? else {
            return Ok(0);
        };
        let mut stocked = 0;
        for variant in &demo.variants {
            let Some(id) = variant_id(&product, &variant.sku) else {
                continue;
            };
            let levels = self
                .service
                .list_levels(ctx, Some(id), PageRequest::first(1))
                .await?;
            if levels.data.is_empty() {
                let keyed = ctx.child().with_idempotency(first_stock(variant));
                self.service
                    .adjust_inventory(&keyed, &delivery(id, variant.stock))
                    .await?;
                stocked += 1;
            }
        }
        Ok(stocked)
    }
}

fn new_product(demo: &DemoProduct, category_id: Option<CategoryId>) -> NewProduct {
    let variant = |it: &DemoVariant| NewVariant {
        sku: it.sku.clone(),
        title: it.title.clone(),
        prices: [("EUR", it.eur), ("USD", it.usd)].map(price).to_vec(),
    };
    NewProduct {
        slug: demo.slug.clone(),
        title: demo.title.clone(),
        description: demo.description.clone(),
        image: picture::draw(&demo.picture.shape, &demo.picture.color),
        category_id,
        status: Status::Active,
        variants: demo.variants.iter().map(variant).collect(),
    }
}

fn price((currency, minor): (&str, i64)) -> Money {
    let currency = currency.parse().expect("EUR and USD are known");
    Money::new(minor, currency).expect("demo prices are small")
}

fn variant_id(product: &Product, sku: &str) -> Option<VariantId> {
    product
        .variants
        .iter()
        .find(|variant| variant.sku == sku)
        .map(|variant| variant.id)
}

fn delivery(variant_id: VariantId, pieces: i64) -> Adjustment {
    Adjustment {
        variant_id,
        location_id: MAIN_LOCATION,
        delta: pieces,
        reason: AdjustmentReason::Received,
        note: Some("Opening stock of the demo shop".to_owned()),
    }
}

/// Two processes that seed at once stock a variant once.
fn first_stock(variant: &DemoVariant) -> IdempotencyScope {
    let mut fingerprint = [0; 32];
    fingerprint[..8].copy_from_slice(&variant.stock.to_be_bytes());
    IdempotencyScope {
        key: format!("demo-stock:{}", variant.sku),
        subject: "catalog.demo".to_owned(),
        fingerprint,
    }
}

/// Counts what was added; what is there already is no failure.
fn added<T>(outcome: SeamResult<T, CatalogError>) -> SeamResult<u32, CatalogError> {
    match outcome {
        Ok(_) => Ok(1),
        Err(SeamError::Domain(CatalogError::SlugTaken { .. } | CatalogError::SkuTaken { .. })) => {
            Ok(0)
        }
        Err(error) => Err(error),
    }
}
