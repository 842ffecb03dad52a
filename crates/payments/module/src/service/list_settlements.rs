//! Lists what became of every payment's money.

use payments_contract::{PaymentId, PaymentsError, Settlements};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamError;

use super::{Refusal, Service};
use crate::store;

const SCOPE: &str = "payments.settlements";

impl Service {
    pub(crate) async fn settlements(
        &self,
        ctx: &CallCtx,
        page: PageRequest,
    ) -> Result<Settlements, Refusal> {
        let after: Option<PaymentId> = page
            .cursor
            .map(|cursor| self.cursor_key.open(SCOPE, &cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(PaymentsError::InvalidCursor))?;
        let limit = page.limit.clamp(1, 200);
        let rows = store::payments::list_after(&mut self.db.read(ctx), after, limit).await?;
        let page = Page::from_rows(rows, limit, |last| self.cursor_key.seal(SCOPE, &last.id));
        let page = page.map(|payment| payment.settlement());
        Ok(Settlements {
            settlements: page.data,
            next_cursor: page.next_cursor,
        })
    }
}
