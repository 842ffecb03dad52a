//! Rows of a price list, by variant and quantity.

use catalog_contract::{CatalogError, PriceListId, VariantId};
use tenon_kernel::{CallCtx, Currency, Page, PageRequest};
use tenon_seam::SeamResult;
use uuid::Uuid;

use super::Service;
use crate::domain::price_rows::PriceRow;
use crate::store::price_rows;

/// Before the first page.
const FIRST: (VariantId, i64) = (VariantId::from_uuid(Uuid::nil()), 0);

impl Service {
    /// Lists rows of a list; those of one variant if it is named. Says what they are in, too.
    ///
    /// # Errors
    ///
    /// [`CatalogError::PriceListNotFound`].
    #[tracing::instrument(name = "catalog.list_price_rows", skip_all, fields(list.id = %id))]
    pub(crate) async fn list_price_rows(
        &self,
        ctx: &CallCtx,
        id: PriceListId,
        variant: Option<VariantId>,
        page: PageRequest,
    ) -> SeamResult<(Currency, Page<PriceRow>), CatalogError> {
        let scope = format!("prices of {id} {variant:?}");
        let after = self.position(&scope, &page, FIRST)?;
        let list = self.get_price_list(ctx, id).await?;
        let mut reader = self.db.read(ctx);
        let limit = i64::from(page.limit) + 1;
        let rows = price_rows::list(&mut reader, id, variant, after, limit).await?;
        let page = Page::from_rows(rows, page.limit, |last| {
            self.cursor_key
                .seal(&scope, &(last.variant_id, last.min_quantity))
        });
        Ok((list.currency, page))
    }
}
