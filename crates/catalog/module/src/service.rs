//! What the catalog does, one use case a file.

mod accept_price_rows;
pub(crate) mod add_variant;
pub(crate) mod adjust_inventory;
mod apply_price_rows;
mod audit;
pub(crate) mod change_group_member;
mod commit_reservation;
mod contract;
pub(crate) mod create_category;
pub(crate) mod create_customer_group;
pub(crate) mod create_price_list;
pub(crate) mod create_product;
mod expand_variants;
mod extend_reservation;
mod get_product;
mod get_reservations;
mod get_variants;
mod leave_groups;
mod list_categories;
mod list_customer_groups;
mod list_levels;
mod list_movements;
mod list_price_lists;
mod list_price_rows;
mod list_products;
mod list_reservations;
mod product_pages;
mod quote_prices;
mod release;
mod reserve;
mod restock;
mod return_stock;
mod ripples;
pub(crate) mod search;
mod search_index;
mod set_price_rows;
mod set_prices;
mod take;
mod update_price_list;
mod update_product;
mod update_variant;

use catalog_contract::CatalogError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenon_kernel::{CallCtx, CursorKey, PageRequest, Principal, Role};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Db, Tx};

pub(crate) use self::product_pages::{PageRef, ProductPage, ProductPages, ProductRef};
pub use self::search_index::rebuild_search;
pub(crate) use self::take::{Taking, give_back};

/// The use cases of the catalog.
pub(crate) struct Service {
    db: Db,
    cursor_key: CursorKey,
    pages: ProductPages,
}

/// What a unit of work did: its answer, and the product pages it changed.
#[derive(Debug)]
struct Done<T> {
    value: T,
    pages: Vec<PageRef>,
}

impl Service {
    pub(crate) fn new(db: Db, cursor_key: CursorKey, pages: ProductPages) -> Self {
        Self {
            db,
            cursor_key,
            pages,
        }
    }

    /// Drops the pages that a commit made stale.
    ///
    /// A process that ends between commit and here leaves a page that is at most a cache's lifetime too old.
    async fn settle<T>(&self, done: Done<T>) -> T {
        self.pages.drop_all(&done.pages).await;
        done.value
    }

    /// Reads where a page of the list `scope` starts.
    fn position<P: DeserializeOwned>(
        &self,
        scope: &str,
        page: &PageRequest,
        start: P,
    ) -> SeamResult<P, CatalogError> {
        let Some(cursor) = &page.cursor else {
            return Ok(start);
        };
        self.cursor_key
            .open(scope, cursor)
            .map_err(|_| SeamError::Domain(CatalogError::InvalidCursor))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn pages(&self) -> &ProductPages {
        &self.pages
    }
}

impl<T> Done<T> {
    fn new(value: T, pages: Vec<PageRef>) -> Self {
        Self { value, pages }
    }

    /// Nothing that a page shows has changed.
    fn quietly(value: T) -> Self {
        Self::new(value, Vec::new())
    }
}

/// Commits what was done together with its outcome, or keeps the refusal under the key and nothing else.
async fn conclude<T: Serialize>(
    tx: Tx<'_>,
    operation: &'static str,
    resource: Option<String>,
    outcome: SeamResult<Done<T>, CatalogError>,
) -> SeamResult<Done<T>, CatalogError> {
    match outcome {
        Ok(done) => {
            tx.commit_outcome::<&T, CatalogError>(operation, &Ok(&done.value), resource)
                .await?;
            Ok(done)
        }
        Err(SeamError::Domain(refusal)) => Err(SeamError::Domain(
            tx.refuse::<T, _>(operation, refusal).await?,
        )),
        Err(fault) => Err(fault),
    }
}

/// Says whether the caller runs the shop.
fn is_staff(ctx: &CallCtx) -> bool {
    let Principal::User(user) = &ctx.principal else {
        return ctx.principal.has_role(Role::Staff);
    };
    user.roles
        .iter()
        .any(|role| matches!(role, Role::Staff | Role::Admin))
}

fn refused<T>(error: CatalogError) -> SeamResult<T, CatalogError> {
    Err(SeamError::Domain(error))
}
