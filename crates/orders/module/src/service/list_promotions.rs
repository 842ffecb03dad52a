//! Lists promotions, newest first.

use orders_contract::PromotionId;
use tenon_kernel::{CallCtx, Page, PageRequest};

use super::list_orders::invalid_cursor;
use super::{Outcome, Service};
use crate::domain::promotion::{Promotion, PromotionStatus, normal_code};
use crate::store;

impl Service {
    /// Lists promotions: all, those in a state, or the one with a code in any letter case.
    #[tracing::instrument(name = "orders.list_promotions", skip_all)]
    pub(crate) async fn list_promotions(
        &self,
        ctx: &CallCtx,
        code: Option<String>,
        status: Option<PromotionStatus>,
        page: PageRequest,
    ) -> Outcome<Page<Promotion>> {
        // What cannot be a code finds what no promotion has.
        let code = code.map(|code| normal_code(&code).unwrap_or_default());
        let scope = format!("promotions?code={code:?}&status={status:?}");
        let before: Option<PromotionId> = match &page.cursor {
            None => None,
            Some(cursor) => Some(
                self.cursor_key
                    .open(&scope, cursor)
                    .map_err(|_| invalid_cursor())?,
            ),
        };
        let mut reader = self.db.read(ctx);
        let found = store::promotions::list(&mut reader, code, status, before, page.limit).await?;
        Ok(Page::from_rows(found, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }
}
