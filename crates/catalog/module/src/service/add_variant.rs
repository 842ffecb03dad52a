//! A further variant of a product.

use catalog_contract::{CatalogError, ProductId, ProductUpdated, VariantId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{Done, PageRef, Service, audit, conclude, refused, search_index};
use crate::domain::product::{MAX_VARIANTS, Product};
use crate::domain::rules::Rules;
use crate::domain::variant::{NewVariant, Variant};
use crate::store::{prices, products, variants};

pub(crate) const OPERATION: &str = "add_variant";

impl Service {
    /// Adds a variant behind those that the product has.
    ///
    /// Only its id is kept under the idempotency key: a repeat answers with the variant as it is then.
    #[tracing::instrument(name = "catalog.add_variant", skip_all, fields(product.id = %product_id))]
    pub(crate) async fn add_variant(
        &self,
        ctx: &CallCtx,
        product_id: ProductId,
        new: NewVariant,
    ) -> SeamResult<Variant, CatalogError> {
        let mut rules = Rules::default();
        new.check(&mut rules, "");
        rules.finish().map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.add_variant").await?;
            match tx.claim_key::<VariantId, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = insert(&mut tx, product_id, &new).await;
            let resource = outcome.as_ref().ok().map(|done| done.value.to_string());
            conclude(tx, OPERATION, resource, outcome).await
        })
        .await?;
        let variant_id = self.settle(done).await;
        let mut reader = self.db.read(ctx);
        let product = products::find(&mut reader, product_id).await?;
        pick(product, variant_id)
    }
}

async fn insert(
    tx: &mut Tx<'_>,
    product_id: ProductId,
    new: &NewVariant,
) -> SeamResult<Done<VariantId>, CatalogError> {
    // First the product's row: it is locked until the commit, so positions and the bound below hold.
    let Some((version, _)) = products::touch(tx, product_id).await? else {
        return refused(CatalogError::ProductNotFound);
    };
    let Some(product) = products::find(tx, product_id).await? else {
        return refused(CatalogError::ProductNotFound);
    };
    if product.variants.len() >= MAX_VARIANTS {
        return refused(CatalogError::invalid(
            "",
            "too_many",
            "a product has at most 100 variants",
        ));
    }
    let id: VariantId = tx.env().new_id();
    variants::insert(tx, id, product_id, new)
        .await
        .map_err(|error| sku_taken(error, &new.sku))?;
    prices::insert(tx, id, &new.prices).await?;
    let skus = product
        .variants
        .iter()
        .map(|variant| &variant.sku)
        .chain([&new.sku]);
    products::index(tx, product_id, &Product::search_text(&product.title, skus)).await?;
    search_index::keep(tx, product_id).await?;

    let changed = vec!["variants".to_owned()];
    tx.emit(&ProductUpdated {
        product_id,
        version,
        changed,
    })
    .await?;
    let members = audit::members([
        ("product_id", product_id.to_string().into()),
        ("sku", new.sku.clone().into()),
        ("title", new.title.clone().into()),
    ]);
    audit::created(tx, "variant.created", id.to_string(), members).await?;
    Ok(Done::new(
        id,
        vec![PageRef {
            id: product_id,
            slug: product.slug,
        }],
    ))
}

/// Takes one variant out of its product.
pub(super) fn pick(
    product: Option<Product>,
    variant_id: VariantId,
) -> SeamResult<Variant, CatalogError> {
    let found = product.and_then(|product| {
        product
            .variants
            .into_iter()
            .find(|variant| variant.id == variant_id)
    });
    found.ok_or(SeamError::Domain(CatalogError::VariantNotFound {
        variant_id,
    }))
}

/// Tells a SKU that another variant has from other failures.
pub(super) fn sku_taken(error: StoreError, sku: &str) -> SeamError<CatalogError> {
    if error.is_duplicate("variants.sku") {
        return SeamError::Domain(CatalogError::SkuTaken {
            sku: sku.to_owned(),
        });
    }
    error.into()
}
