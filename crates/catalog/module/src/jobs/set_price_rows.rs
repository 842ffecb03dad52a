//! Writes the rows of a price list that were accepted.

use std::time::Duration;

use async_trait::async_trait;
use catalog_contract::{PriceListId, VariantId};
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Operation, OperationId, Receipt, Run};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_web::Problem;

use crate::domain::price_rows::{WantedRow, end_of_chunk};
use crate::service::Service;

/// When to look again while another operation on the list is at work.
const WAIT: Duration = Duration::from_secs(2);

/// One job for each operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SetPriceRows {
    operation_id: OperationId,
    price_list_id: PriceListId,
    /// In the order in which they are written: place in the request, variant, least quantity, amount.
    rows: Vec<(usize, VariantId, i64, Option<i64>)>,
}

impl Job for SetPriceRows {
    const KIND: &'static str = "catalog.set_price_rows";
    const TIMEOUT: Duration = Duration::from_mins(10);
    const CANCELLABLE: bool = true; // its operation tells of it
}

impl SetPriceRows {
    pub(crate) fn new(
        operation_id: OperationId,
        price_list_id: PriceListId,
        rows: &[WantedRow],
    ) -> Self {
        let row = |it: &WantedRow| (it.position, it.variant_id, it.min_quantity, it.amount);
        Self {
            operation_id,
            price_list_id,
            rows: rows.iter().map(row).collect(),
        }
    }

    fn into_rows(self) -> Vec<WantedRow> {
        let row = |(position, variant_id, min_quantity, amount)| WantedRow {
            position,
            variant_id,
            min_quantity,
            amount,
        };
        self.rows.into_iter().map(row).collect()
    }
}

#[async_trait]
impl Run<SetPriceRows> for Service {
    /// Goes on where an earlier attempt stopped; each chunk is a unit of its own.
    async fn run(
        &self,
        ctx: &mut CallCtx,
        job: SetPriceRows,
        receipt: Receipt,
    ) -> Result<(), JobError> {
        let found = Operation::find(&mut self.db().read(ctx), job.operation_id).await?;
        let Some(mut operation) = found.filter(|operation| !operation.is_over()) else {
            return Ok(());
        };
        operation.act(ctx);
        let id = job.price_list_id;
        let rows = job.into_rows();
        while let Some(start) = place(&operation, &rows) {
            let chunk = &rows[start..end_of_chunk(&rows, start)];
            operation = match self.apply_price_rows(ctx, &operation, id, chunk).await {
                Ok(Some(reached)) => reached,
                Ok(None) => {
                    let until = self.db().env().now() + WAIT;
                    return Err(JobError::Snooze { until });
                }
                Err(SeamError::Domain(refusal)) => {
                    let problem = Problem::from_error(&refusal).document();
                    let mut tx = receipt.begin(ctx, "catalog.refuse_price_rows").await?;
                    operation.fail(&mut tx, problem).await?;
                    tx.commit().await?;
                    return Ok(());
                }
                Err(fault) => return Err(fault.into()),
            };
        }
        let mut tx = receipt.begin(ctx, "catalog.finish_price_rows").await?;
        operation.succeed(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Where the next chunk starts; nowhere once all is written.
fn place(operation: &Operation, rows: &[WantedRow]) -> Option<usize> {
    let done = usize::try_from(operation.done).ok()?;
    (done < rows.len()).then_some(done)
}
