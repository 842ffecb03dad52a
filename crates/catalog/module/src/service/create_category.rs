//! A new category.

use catalog_contract::{CatalogError, CategoryId};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{Done, Service, audit, conclude};
use crate::domain::category::{Category, NewCategory};
use crate::store::categories;

pub(crate) const OPERATION: &str = "create_category";

impl Service {
    /// Creates a category.
    ///
    /// # Errors
    ///
    /// [`CatalogError::SlugTaken`].
    #[tracing::instrument(name = "catalog.create_category", skip_all)]
    pub(crate) async fn create_category(
        &self,
        ctx: &CallCtx,
        new: NewCategory,
    ) -> SeamResult<Category, CatalogError> {
        new.check().map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.create_category").await?;
            match tx.claim_key::<CategoryId, CatalogError>(OPERATION).await? {
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
        self.settle(done).await;
        let mut reader = self.db.read(ctx);
        let found = categories::find_by_slug(&mut reader, &new.slug).await?;
        found.ok_or_else(|| StoreError::inconsistent("a category just inserted").into())
    }
}

async fn insert(tx: &mut Tx<'_>, new: &NewCategory) -> SeamResult<Done<CategoryId>, CatalogError> {
    let id: CategoryId = tx.env().new_id();
    categories::insert(tx, id, new)
        .await
        .map_err(|error| match error {
            error if error.is_duplicate("categories.slug") => {
                SeamError::Domain(CatalogError::SlugTaken {
                    slug: new.slug.clone(),
                })
            }
            error => error.into(),
        })?;
    let members = audit::members([
        ("slug", new.slug.clone().into()),
        ("title", new.title.clone().into()),
    ]);
    audit::created(tx, "category.created", id.to_string(), members).await?;
    Ok(Done::quietly(id))
}
