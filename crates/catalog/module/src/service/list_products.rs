//! Products, newest first.

use catalog_contract::{CatalogError, ProductId};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::{SeamError, SeamResult};
use uuid::Uuid;

use super::{Service, is_staff};
use crate::domain::product::{Product, Status};
use crate::domain::rules::Rules;
use crate::store::products::{self, ProductFilter};

/// Before the first page.
const NEWEST: ProductId = ProductId::from_uuid(Uuid::max());

impl Service {
    /// Lists products; others than active ones only for those who run the shop.
    #[tracing::instrument(name = "catalog.list_products", skip_all)]
    pub(crate) async fn list_products(
        &self,
        ctx: &CallCtx,
        filter: ProductFilter,
        page: PageRequest,
    ) -> SeamResult<Page<Product>, CatalogError> {
        check(&filter).map_err(SeamError::Domain)?;
        if filter.status != Status::Active && !is_staff(ctx) {
            return Ok(Page {
                data: Vec::new(),
                next_cursor: None,
            });
        }
        let scope = scope(&filter);
        let before = self.position(&scope, &page, NEWEST)?;
        let mut reader = self.db.read(ctx);
        let rows = products::list(&mut reader, &filter, before, i64::from(page.limit) + 1).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }
}

fn check(filter: &ProductFilter) -> Result<(), CatalogError> {
    let mut rules = Rules::default();
    if let Some(text) = &filter.text {
        rules.line("?q", text, 1..=100);
    }
    if let Some(category) = &filter.category {
        rules.slug("?category", category);
    }
    rules.finish()
}

/// Spells the filter out, so that a cursor fits only the list it was made for.
fn scope(filter: &ProductFilter) -> String {
    let ProductFilter {
        status,
        category,
        text,
    } = filter;
    format!("products {} {category:?} {text:?}", status.as_str())
}
