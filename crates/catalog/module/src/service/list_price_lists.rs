//! Price lists, newest first, or one of them.

use catalog_contract::{CatalogError, PriceListId};
use tenon_kernel::{CallCtx, Currency, Page, PageRequest};
use tenon_seam::{SeamError, SeamResult};
use uuid::Uuid;

use super::Service;
use crate::domain::price_list::PriceList;
use crate::domain::product::Status;
use crate::store::price_lists;

/// Before the first page.
const NEWEST: PriceListId = PriceListId::from_uuid(Uuid::max());

impl Service {
    /// Lists price lists; those with a status or in a currency, if they are named.
    #[tracing::instrument(name = "catalog.list_price_lists", skip_all)]
    pub(crate) async fn list_price_lists(
        &self,
        ctx: &CallCtx,
        (status, currency): (Option<Status>, Option<Currency>),
        page: PageRequest,
    ) -> SeamResult<Page<PriceList>, CatalogError> {
        let scope = format!("price lists {status:?} {currency:?}");
        let before = self.position(&scope, &page, NEWEST)?;
        let mut reader = self.db.read(ctx);
        let limit = i64::from(page.limit) + 1;
        let rows = price_lists::list(&mut reader, (status, currency), before, limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }

    /// Returns a price list.
    ///
    /// # Errors
    ///
    /// [`CatalogError::PriceListNotFound`].
    #[tracing::instrument(name = "catalog.get_price_list", skip_all, fields(list.id = %id))]
    pub(crate) async fn get_price_list(
        &self,
        ctx: &CallCtx,
        id: PriceListId,
    ) -> SeamResult<PriceList, CatalogError> {
        let found = price_lists::find(&mut self.db.read(ctx), id).await?;
        found.ok_or(SeamError::Domain(CatalogError::PriceListNotFound {
            price_list_id: id,
        }))
    }
}
