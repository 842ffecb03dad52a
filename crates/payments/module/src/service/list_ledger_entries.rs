//! Lists the ledger, newest entry first.

use payments_contract::{PaymentId, PaymentsError};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamError;

use super::{Refusal, Service};
use crate::store;
use crate::store::ledger::Entry;

impl Service {
    pub(crate) async fn ledger_entries(
        &self,
        ctx: &CallCtx,
        payment: Option<PaymentId>,
        page: PageRequest,
    ) -> Result<Page<Entry>, Refusal> {
        let scope = match payment {
            None => "payments.ledger".to_owned(),
            Some(payment) => format!("payments.ledger?payment_id={payment}"),
        };
        let before: Option<i64> = page
            .cursor
            .map(|cursor| self.cursor_key.open(&scope, &cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(PaymentsError::InvalidCursor))?;
        let mut db = self.db.read(ctx);
        let rows = match payment {
            None => store::ledger::list_before(&mut db, before, page.limit).await?,
            Some(payment) => {
                store::ledger::list_of_payment_before(&mut db, payment, before, page.limit).await?
            }
        };
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.position)
        }))
    }
}
