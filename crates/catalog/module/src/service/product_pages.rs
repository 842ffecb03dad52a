//! Product pages as they are sent, kept for a moment.
//!
//! A page is dropped by every commit of this process that changes it: edits, prices, and a variant selling out or
//! coming back. Other processes see a change after at most the cache's lifetime (one second unless set otherwise).

use std::borrow::Cow;
use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use catalog_contract::{CatalogError, ProductId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use tenon_cache::{Cache, CacheSettings};
use tenon_kernel::ParseIdError;
use tenon_seam::{SeamError, SeamResult};

use crate::domain::product::Status;

/// How a caller names a product: by id, or by its place in URLs as `slug:earl-grey`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum ProductRef {
    Id(ProductId),
    Slug(String),
}

/// A product as it is sent.
#[derive(Debug)]
pub(crate) struct ProductPage {
    pub(crate) status: Status,
    pub(crate) version: i64,
    pub(crate) body: Bytes,
}

/// Both names of a product whose page changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRef {
    pub(crate) id: ProductId,
    pub(crate) slug: String,
}

/// The pages that were asked for lately.
#[derive(Debug, Clone)]
pub(crate) struct ProductPages {
    cache: Cache<ProductRef, Arc<ProductPage>>,
}

impl ProductPages {
    pub(crate) fn new(settings: CacheSettings) -> Self {
        Self {
            cache: Cache::new(settings),
        }
    }

    /// Returns the page, rendered at most once however many ask.
    pub(crate) async fn get_or_render<F, Fut>(
        &self,
        name: ProductRef,
        render: F,
    ) -> SeamResult<Arc<ProductPage>, CatalogError>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = SeamResult<ProductPage, CatalogError>> + Send + 'static,
    {
        let load = || async move { render().await.map(Arc::new) };
        self.cache
            .get_or_load(name, load)
            .await
            .map_err(|error: Arc<SeamError<_>>| SeamError::clone(&error))
    }

    /// Drops pages under both of their names.
    pub(crate) async fn drop_all(&self, pages: &[PageRef]) {
        for page in pages {
            self.cache.invalidate(&ProductRef::Id(page.id)).await;
            self.cache
                .invalidate(&ProductRef::Slug(page.slug.clone()))
                .await;
        }
    }
}

impl FromStr for ProductRef {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.strip_prefix("slug:") {
            Some(slug) => Ok(Self::Slug(slug.to_owned())),
            None => text.parse().map(Self::Id),
        }
    }
}

impl JsonSchema for ProductRef {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ProductRef".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let id = generator.subschema_for::<ProductId>();
        json_schema!({ "anyOf": [id, { "type": "string", "pattern": "^slug:" }] })
    }
}

impl<'de> Deserialize<'de> for ProductRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}
