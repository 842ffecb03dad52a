//! Categories in the order of shelves.

use catalog_contract::{CatalogError, CategoryId};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;
use uuid::Uuid;

use super::Service;
use crate::domain::category::Category;
use crate::store::categories;

const SCOPE: &str = "categories";
/// Before the first page.
const FIRST: (i64, CategoryId) = (-1, CategoryId::from_uuid(Uuid::nil()));

impl Service {
    /// Lists categories by position.
    #[tracing::instrument(name = "catalog.list_categories", skip_all)]
    pub(crate) async fn list_categories(
        &self,
        ctx: &CallCtx,
        page: PageRequest,
    ) -> SeamResult<Page<Category>, CatalogError> {
        let after = self.position(SCOPE, &page, FIRST)?;
        let mut reader = self.db.read(ctx);
        let rows = categories::list(&mut reader, after, i64::from(page.limit) + 1).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(SCOPE, &(last.position, last.id))
        }))
    }

    /// Finds a category by its place in URLs.
    pub(crate) async fn find_category(
        &self,
        ctx: &CallCtx,
        slug: &str,
    ) -> SeamResult<Option<Category>, CatalogError> {
        let mut reader = self.db.read(ctx);
        Ok(categories::find_by_slug(&mut reader, slug).await?)
    }
}
