//! Changes to a price list, apart from its rows.

use catalog_contract::{CatalogError, PriceListId};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Tx, retrying};

use super::create_price_list::{check_groups, updated};
use super::{Service, audit, refused};
use crate::domain::price_list::{PriceList, PriceListPatch};
use crate::store::price_lists;

impl Service {
    /// Changes the members named in `patch` if the list is still at `version`.
    ///
    /// # Errors
    ///
    /// [`CatalogError::StalePriceList`] with the version it is at.
    #[tracing::instrument(name = "catalog.update_price_list", skip_all, fields(list.id = %id))]
    pub(crate) async fn update_price_list(
        &self,
        ctx: &CallCtx,
        id: PriceListId,
        version: i64,
        patch: PriceListPatch,
    ) -> SeamResult<PriceList, CatalogError> {
        let changed = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.update_price_list").await?;
            let changed = update(&mut tx, id, version, &patch).await?;
            if changed.is_some() {
                tx.commit().await?;
            }
            Ok::<_, SeamError<CatalogError>>(changed)
        })
        .await?;
        match changed {
            Some(list) => Ok(list),
            None => self.get_price_list(ctx, id).await, // the unit that gave it a version was rolled back
        }
    }
}

/// Returns the list as it is now; `None` if nothing changes.
async fn update(
    tx: &mut Tx<'_>,
    id: PriceListId,
    version: i64,
    patch: &PriceListPatch,
) -> SeamResult<Option<PriceList>, CatalogError> {
    let Some(locked) = price_lists::lock(tx, id).await? else {
        return refused(CatalogError::PriceListNotFound { price_list_id: id });
    };
    let current = locked.version - 1;
    if current != version {
        return refused(CatalogError::StalePriceList {
            price_list_id: id,
            current,
        });
    }
    let after = locked.changed(patch).map_err(SeamError::Domain)?;
    check_groups(tx, patch.groups.as_deref().unwrap_or_default()).await?;
    let (changed, old, new) = audit::difference(
        audit::price_list_members(&locked),
        audit::price_list_members(&after),
    );
    if changed.is_empty() {
        return Ok(None);
    }
    price_lists::update(tx, &after).await?;
    tx.emit(&updated(&after, changed)).await?;
    audit::changed(tx, "price_list.updated", id.to_string(), old, new).await?;
    Ok(Some(after))
}
