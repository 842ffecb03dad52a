//! Changes to a product.

use catalog_contract::{
    CatalogError, ProductArchived, ProductId, ProductPublished, ProductUpdated,
};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{StoreError, Tx, retrying};

use super::{Done, PageRef, Service, audit, refused, search_index};
use crate::domain::patch::Patch;
use crate::domain::product::{Product, ProductPatch, Status};
use crate::store::{categories, products};

impl Service {
    /// Changes the members named in `patch` if the product is still at `version`.
    ///
    /// # Errors
    ///
    /// [`CatalogError::StaleProduct`] with the version it is at.
    #[tracing::instrument(name = "catalog.update_product", skip_all, fields(product.id = %id))]
    pub(crate) async fn update_product(
        &self,
        ctx: &CallCtx,
        id: ProductId,
        version: i64,
        patch: ProductPatch,
    ) -> SeamResult<Product, CatalogError> {
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.update_product").await?;
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
    id: ProductId,
    version: i64,
    patch: &ProductPatch,
) -> SeamResult<Done<Product>, CatalogError> {
    let Some(before) = products::find(tx, id).await? else {
        return refused(CatalogError::ProductNotFound);
    };
    if before.version != version {
        return refused(CatalogError::StaleProduct {
            product_id: id,
            current: before.version,
        });
    }
    patch.check(&before).map_err(SeamError::Domain)?;
    let mut after = apply(tx, &before, patch).await?;

    let (changed, old, new) = audit::difference(
        audit::product_members(&before),
        audit::product_members(&after),
    );
    if changed.is_empty() {
        return Ok(Done::quietly(before));
    }
    let written = products::update(tx, &after)
        .await
        .map_err(|error| match error {
            error if error.is_duplicate("products.slug") => {
                SeamError::Domain(CatalogError::SlugTaken {
                    slug: after.slug.clone(),
                })
            }
            error => error.into(),
        })?;
    if !written {
        let current = products::find(tx, id)
            .await?
            .map_or(version, |product| product.version);
        return refused(CatalogError::StaleProduct {
            product_id: id,
            current,
        });
    }
    search_index::keep(tx, id).await?;
    after.version += 1;
    after.updated_at = tx.now();
    announce(tx, &before, &after, changed).await?;
    audit::changed(tx, "product.updated", id.to_string(), old, new).await?;

    let pages = [before.slug, after.slug.clone()].map(|slug| PageRef { id, slug });
    Ok(Done::new(after, pages.to_vec()))
}

/// Makes the product as it is to be.
async fn apply(
    tx: &mut Tx<'_>,
    before: &Product,
    patch: &ProductPatch,
) -> SeamResult<Product, CatalogError> {
    let mut after = before.clone();
    let ProductPatch {
        slug,
        title,
        description,
        image,
        category_id,
        status,
    } = patch.clone();
    after.category = match category_id {
        Patch::Keep => after.category,
        Patch::Clear => None,
        Patch::Set(category_id) => match categories::find_ref(tx, category_id).await? {
            None => {
                return refused(CatalogError::invalid(
                    "/category_id",
                    "not_found",
                    "the category does not exist",
                ));
            }
            found => found,
        },
    };
    after.slug = slug.unwrap_or(after.slug);
    after.title = title.unwrap_or(after.title);
    after.description = description.unwrap_or(after.description);
    after.image = image.apply(after.image);
    after.status = status.unwrap_or(after.status);
    Ok(after)
}

async fn announce(
    tx: &mut Tx<'_>,
    before: &Product,
    after: &Product,
    changed: Vec<String>,
) -> Result<(), StoreError> {
    let (product_id, version) = (after.id, after.version);
    if before.status != after.status {
        match after.status {
            Status::Active => {
                let (title, slug) = (after.title.clone(), after.slug.clone());
                tx.emit(&ProductPublished {
                    product_id,
                    version,
                    title,
                    slug,
                })
                .await?;
            }
            Status::Archived => {
                tx.emit(&ProductArchived {
                    product_id,
                    version,
                })
                .await?;
            }
            Status::Draft => {}
        }
    }
    if changed.iter().any(|name| name != "status") {
        tx.emit(&ProductUpdated {
            product_id,
            version,
            changed,
        })
        .await?;
    }
    Ok(())
}
