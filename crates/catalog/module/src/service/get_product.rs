//! One product's page.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use catalog_contract::CatalogError;
use tenon_kernel::{CallCtx, Interface};
use tenon_seam::{SeamError, SeamResult};

use super::{ProductPage, ProductRef, Service, is_staff, refused};
use crate::domain::product::{Product, Status};
use crate::store::products;

/// A page is loaded for all who wait for it, so none of their deadlines counts, but this one.
const LOAD_TIMEOUT: Duration = Duration::from_secs(5);

impl Service {
    /// Returns a page rendered by `render`, from the cache if it is there.
    ///
    /// # Errors
    ///
    /// [`CatalogError::ProductNotFound`], also for drafts unless the caller runs the shop.
    // At debug level: a page from the cache takes less time than a span that is kept.
    #[tracing::instrument(name = "catalog.get_product", level = "debug", skip_all)]
    pub(crate) async fn get_product(
        self: &Arc<Self>,
        ctx: &CallCtx,
        name: ProductRef,
        render: fn(&Product) -> Bytes,
    ) -> SeamResult<Arc<ProductPage>, CatalogError> {
        let (service, wanted) = (Arc::clone(self), name.clone());
        let page = self
            .pages()
            .get_or_render(name, move || async move {
                let product = service.load_product(&wanted).await?;
                Ok(ProductPage {
                    status: product.status,
                    version: product.version,
                    body: render(&product),
                })
            })
            .await?;
        if page.status == Status::Draft && !is_staff(ctx) {
            return refused(CatalogError::ProductNotFound);
        }
        Ok(page)
    }

    /// Finds a product by its place in URLs, as it is now.
    pub(crate) async fn find_product(
        &self,
        ctx: &CallCtx,
        slug: &str,
    ) -> SeamResult<Option<Product>, CatalogError> {
        let mut reader = self.db.read(ctx);
        Ok(products::find_by_slug(&mut reader, slug).await?)
    }

    async fn load_product(&self, name: &ProductRef) -> SeamResult<Product, CatalogError> {
        let ctx =
            CallCtx::service(self.db.env(), Interface::Rest, "catalog").with_timeout(LOAD_TIMEOUT);
        let mut reader = self.db.read(&ctx);
        let found = match name {
            ProductRef::Id(id) => products::find(&mut reader, *id).await?,
            ProductRef::Slug(slug) => products::find_by_slug(&mut reader, slug).await?,
        };
        found.ok_or(SeamError::Domain(CatalogError::ProductNotFound))
    }
}
