//! A new product, with its first variants.

use catalog_contract::{CatalogError, ProductId, ProductPublished, VariantId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{Done, PageRef, Service, audit, conclude, refused, search_index};
use crate::domain::product::{NewProduct, Product, Status};
use crate::store::{categories, prices, products, variants};

pub(crate) const OPERATION: &str = "create_product";

impl Service {
    /// Creates a product; published at once if its status is active.
    ///
    /// Only its id is kept under the idempotency key: a repeat answers with the product as it is then.
    #[tracing::instrument(name = "catalog.create_product", skip_all)]
    pub(crate) async fn create_product(
        &self,
        ctx: &CallCtx,
        new: NewProduct,
    ) -> SeamResult<Product, CatalogError> {
        new.check().map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.create_product").await?;
            match tx.claim_key::<ProductId, CatalogError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Done::quietly).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let outcome = insert(&mut tx, &new).await;
            let resource = outcome.as_ref().ok().map(|done| done.value.to_string());
            conclude(tx, OPERATION, resource, outcome).await
        })
        .await?;
        let id = self.settle(done).await;
        let mut reader = self.db.read(ctx);
        products::find(&mut reader, id)
            .await?
            .ok_or(SeamError::Domain(CatalogError::ProductNotFound))
    }
}

async fn insert(tx: &mut Tx<'_>, new: &NewProduct) -> SeamResult<Done<ProductId>, CatalogError> {
    if let Some(category_id) = new.category_id
        && categories::find_ref(tx, category_id).await?.is_none()
    {
        return refused(CatalogError::invalid(
            "/category_id",
            "not_found",
            "the category does not exist",
        ));
    }
    let id: ProductId = tx.env().new_id();
    let taken = |error: StoreError| match error {
        error if error.is_duplicate("products.slug") => {
            SeamError::Domain(CatalogError::SlugTaken {
                slug: new.slug.clone(),
            })
        }
        error => error.into(),
    };
    products::insert(tx, id, new).await.map_err(taken)?;
    for variant in &new.variants {
        let variant_id: VariantId = tx.env().new_id();
        let inserted = variants::insert(tx, variant_id, id, variant).await;
        inserted.map_err(|error| super::add_variant::sku_taken(error, &variant.sku))?;
        prices::insert(tx, variant_id, &variant.prices).await?;
    }
    let product = products::find(tx, id)
        .await?
        .ok_or_else(|| StoreError::inconsistent("a product just inserted"))?;
    search_index::keep(tx, id).await?;
    if product.status == Status::Active {
        let published = ProductPublished {
            product_id: id,
            version: product.version,
            title: product.title.clone(),
            slug: product.slug.clone(),
        };
        tx.emit(&published).await?;
    }
    audit::created(
        tx,
        "product.created",
        id.to_string(),
        audit::product_members(&product),
    )
    .await?;
    Ok(Done::new(
        id,
        vec![PageRef {
            id,
            slug: product.slug,
        }],
    ))
}
