//! Changes to a variant.

use catalog_contract::{CatalogError, ProductUpdated, VariantId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Tx, retrying};

use super::add_variant::{pick, sku_taken};
use super::{Done, PageRef, Service, audit, refused, search_index};
use crate::domain::product::Product;
use crate::domain::variant::{Variant, VariantPatch};
use crate::store::{products, variants};

impl Service {
    /// Changes the members named in `patch` if the variant is still at `version`.
    ///
    /// # Errors
    ///
    /// [`CatalogError::StaleVariant`] with the version it is at.
    #[tracing::instrument(name = "catalog.update_variant", skip_all, fields(variant.id = %id))]
    pub(crate) async fn update_variant(
        &self,
        ctx: &CallCtx,
        id: VariantId,
        version: i64,
        patch: VariantPatch,
    ) -> SeamResult<Variant, CatalogError> {
        patch.check().map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.update_variant").await?;
            let done = update(&mut tx, id, version, &patch).await?;
            tx.commit().await?;
            Ok::<_, SeamError<CatalogError>>(done)
        })
        .await?;
        Ok(self.settle(done).await)
    }
}

async fn update(
    tx: &mut Tx<'_>,
    id: VariantId,
    version: i64,
    patch: &VariantPatch,
) -> SeamResult<Done<Variant>, CatalogError> {
    let (product, before) = at_version(tx, id, version).await?;
    let mut after = before.clone();
    let VariantPatch { sku, title, status } = patch.clone();
    after.sku = sku.unwrap_or(after.sku);
    after.title = title.unwrap_or(after.title);
    after.status = status.unwrap_or(after.status);
    let (changed, old, new) = audit::difference(
        audit::variant_members(&before),
        audit::variant_members(&after),
    );
    if changed.is_empty() {
        return Ok(Done::quietly(before));
    }
    if !variants::update(tx, &after)
        .await
        .map_err(|error| sku_taken(error, &after.sku))?
    {
        return refused(CatalogError::StaleVariant {
            variant_id: id,
            current: before.version + 1,
        });
    }
    let Some((product_version, _)) = products::touch(tx, product.id).await? else {
        return refused(CatalogError::ProductNotFound);
    };
    if before.sku != after.sku {
        let skus = product
            .variants
            .iter()
            .map(|it| if it.id == id { &after.sku } else { &it.sku });
        products::index(tx, product.id, &Product::search_text(&product.title, skus)).await?;
    }
    search_index::keep(tx, product.id).await?;
    after.version += 1;

    let changed = vec!["variants".to_owned()];
    tx.emit(&ProductUpdated {
        product_id: product.id,
        version: product_version,
        changed,
    })
    .await?;
    audit::changed(tx, "variant.updated", id.to_string(), old, new).await?;
    Ok(Done::new(
        after,
        vec![PageRef {
            id: product.id,
            slug: product.slug,
        }],
    ))
}

/// Finds a variant at the wanted version, with its product.
pub(super) async fn at_version(
    tx: &mut Tx<'_>,
    id: VariantId,
    version: i64,
) -> SeamResult<(Product, Variant), CatalogError> {
    let Some(product_id) = variants::find_product_of(tx, id).await? else {
        return refused(CatalogError::VariantNotFound { variant_id: id });
    };
    let product = products::find(tx, product_id).await?;
    let Some(product) = product else {
        return refused(CatalogError::ProductNotFound);
    };
    let variant = pick(Some(product.clone()), id)?;
    if variant.version != version {
        return refused(CatalogError::StaleVariant {
            variant_id: id,
            current: variant.version,
        });
    }
    Ok((product, variant))
}
