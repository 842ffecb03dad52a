//! Rows of a price list, too many to wait for: they are checked whole, and written by a job.

use catalog_contract::{CatalogError, PriceListId};
use tenon_jobs::{BeginOperation as _, NewOperation, Operation};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{StoreError, retrying};

use super::set_price_rows::compare;
use super::{Service, refused};
use crate::domain::price_rows::{MAX_ERRORS, WantedRow, by_variant, check_rows, end_of_chunk};
use crate::jobs::SetPriceRows;

/// The operation id of the command.
const KIND: &str = "set_price_list_prices";

impl Service {
    /// Checks rows as if they were written now, and begins the operation that writes them.
    ///
    /// # Errors
    ///
    /// As [`Service::set_price_rows`], naming the first 1,000 wrong members: then nothing is begun.
    #[tracing::instrument(name = "catalog.accept_price_rows", skip_all, fields(list.id = %id, rows = rows.len()))]
    pub(crate) async fn accept_price_rows(
        &self,
        ctx: &CallCtx,
        id: PriceListId,
        rows: Vec<WantedRow>,
    ) -> SeamResult<Operation, CatalogError> {
        let list = self.get_price_list(ctx, id).await?;
        if let Err(refusal) = check_rows(list.currency, &rows) {
            return refused(first_errors(refusal));
        }
        let rows = by_variant(rows);
        self.check_against_list(ctx, id, &rows).await?;
        let begun = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.accept_price_rows").await?;
            let new = NewOperation {
                kind: KIND,
                location: format!("/v1/price-lists/{id}"),
                total: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            };
            let begun =
                tx.begin_operation(new, |operation| SetPriceRows::new(operation, id, &rows));
            let operation = begun.await?;
            tx.commit().await?;
            Ok::<_, StoreError>(operation)
        })
        .await?;
        Ok(begun)
    }

    /// Reads as much at once as is written at once.
    async fn check_against_list(
        &self,
        ctx: &CallCtx,
        id: PriceListId,
        rows: &[WantedRow],
    ) -> SeamResult<(), CatalogError> {
        let (mut start, mut wrong) = (0, Vec::<FieldError>::new());
        while start < rows.len() {
            let end = end_of_chunk(rows, start);
            match compare(&mut self.db.read(ctx), id, &rows[start..end]).await {
                Err(SeamError::Domain(CatalogError::Invalid { errors })) => wrong.extend(errors),
                compared => {
                    compared?;
                }
            }
            start = end;
        }
        if wrong.is_empty() {
            return Ok(());
        }
        refused(first_errors(CatalogError::Invalid { errors: wrong }))
    }
}

/// Names no more than somebody reads.
fn first_errors(mut refusal: CatalogError) -> CatalogError {
    if let CatalogError::Invalid { errors } = &mut refusal {
        errors.truncate(MAX_ERRORS);
    }
    refusal
}
