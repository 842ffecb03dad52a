//! Lists refunds, newest first.

use payments_contract::PaymentsError;
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamError;

use super::{Refusal, Service};
use crate::domain::operation::Refund;
use crate::store;
use crate::store::refund_lists::{Place, RefundFilter};

impl Service {
    pub(crate) async fn list_refunds(
        &self,
        ctx: &CallCtx,
        filter: RefundFilter,
        page: PageRequest,
    ) -> Result<Page<Refund>, Refusal> {
        let RefundFilter { payment, stage } = filter;
        let scope = format!("payments.refunds?payment_id={payment:?}&stage={stage:?}");
        let before: Option<Place> = page
            .cursor
            .map(|cursor| self.cursor_key.open(&scope, &cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(PaymentsError::InvalidCursor))?;
        let mut db = self.db.read(ctx);
        let rows = store::refund_lists::list(&mut db, filter, before, page.limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &(last.created_at, last.id))
        }))
    }
}
