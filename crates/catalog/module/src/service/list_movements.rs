//! The stock ledger, newest first.

use catalog_contract::{CatalogError, MovementId, VariantId};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;
use uuid::Uuid;

use super::Service;
use crate::store::movements::{self, LedgerEntry};

/// Before the first page.
const NEWEST: MovementId = MovementId::from_uuid(Uuid::max());

impl Service {
    /// Lists entries of the ledger; those of one variant if it is named.
    #[tracing::instrument(name = "catalog.list_movements", skip_all)]
    pub(crate) async fn list_movements(
        &self,
        ctx: &CallCtx,
        variant: Option<VariantId>,
        page: PageRequest,
    ) -> SeamResult<Page<LedgerEntry>, CatalogError> {
        let scope = format!("movements {variant:?}");
        let before = self.position(&scope, &page, NEWEST)?;
        let mut reader = self.db.read(ctx);
        let rows = movements::list(&mut reader, variant, before, i64::from(page.limit) + 1).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }
}
