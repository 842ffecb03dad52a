//! Stock levels.

use catalog_contract::{CatalogError, LocationId, VariantId};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;
use uuid::Uuid;

use super::Service;
use crate::domain::stock::Level;
use crate::store::levels;

/// Before the first page.
const FIRST: (VariantId, LocationId) = (
    VariantId::from_uuid(Uuid::nil()),
    LocationId::from_uuid(Uuid::nil()),
);

impl Service {
    /// Lists levels by variant and location; those of one variant if it is named.
    #[tracing::instrument(name = "catalog.list_levels", skip_all)]
    pub(crate) async fn list_levels(
        &self,
        ctx: &CallCtx,
        variant: Option<VariantId>,
        page: PageRequest,
    ) -> SeamResult<Page<Level>, CatalogError> {
        let scope = format!("levels {variant:?}");
        let after = self.position(&scope, &page, FIRST)?;
        let mut reader = self.db.read(ctx);
        let rows = levels::list(&mut reader, variant, after, i64::from(page.limit) + 1).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key
                .seal(&scope, &(last.variant_id, last.location_id))
        }))
    }
}
