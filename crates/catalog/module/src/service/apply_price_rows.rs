//! Rows of a price list that were accepted: written chunk by chunk, each with how far that brings the operation.

use catalog_contract::{CatalogError, PriceListId};
use tenon_jobs::Operation;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::Service;
use super::set_price_rows::{RowsSet, set};
use crate::domain::price_rows::WantedRow;

impl Service {
    /// Writes a chunk and tells so in the operation, in one unit: a chunk that was written is not written again. Returns
    /// the operation as far as it is then; `None`, and nothing was written, if another one on the list comes first.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Invalid`] if a row is no longer good, because others have changed the list. Fails with
    /// [`tenon_store::StoreError::LeaseLost`] if the operation is further than it was here.
    #[tracing::instrument(name = "catalog.apply_price_rows", skip_all, fields(list.id = %id, rows = rows.len()))]
    pub(crate) async fn apply_price_rows(
        &self,
        ctx: &CallCtx,
        operation: &Operation,
        id: PriceListId,
        rows: &[WantedRow],
    ) -> SeamResult<Option<Operation>, CatalogError> {
        retrying(|| async {
            let (mut ctx, mut second) = (ctx.child(), ctx.child());
            let mut operation = operation.clone();
            let mut tx = self.db.begin(&mut ctx, "catalog.apply_price_rows").await?;
            let done = set(&mut tx, id, rows).await?;
            if operation.has_to_wait(&mut tx).await? {
                tx.rollback().await?;
                return Ok(None);
            }
            if done.written + done.removed == 0 {
                // The list keeps its version.
                tx.rollback().await?;
                tx = self
                    .db
                    .begin(&mut second, "catalog.apply_price_rows")
                    .await?;
            }
            let before: Option<RowsSet> = operation.result()?;
            let step = i64::try_from(rows.len()).unwrap_or(i64::MAX);
            let reached = operation.done + step;
            operation
                .advance(&mut tx, reached, &done.after(before))
                .await?;
            tx.commit().await?;
            Ok::<_, SeamError<CatalogError>>(Some(operation))
        })
        .await
    }
}

impl RowsSet {
    /// What was done, with what had been done before.
    fn after(self, before: Option<Self>) -> Self {
        let Some(before) = before else {
            return self;
        };
        Self {
            version: self.version,
            written: before.written + self.written,
            removed: before.removed + self.removed,
            unchanged: before.unchanged + self.unchanged,
        }
    }
}
