//! Keeps the search index equal to the products, in the transaction that changes them.

use catalog_contract::ProductId;
use tenon_kernel::CallCtx;
use tenon_store::{Db, StoreError, Tx, retrying};

use super::Service;
use crate::domain::search::Document;
use crate::store::{products, search_index};

/// Products in one transaction of a rebuild: writers wait for so many.
const BATCH: i64 = 20;

/// Writes what the index has of a product again, as far as it changed. The product's row must be locked: what is read here
/// is then what the commit leaves.
pub(super) async fn keep(tx: &mut Tx<'_>, id: ProductId) -> Result<(), StoreError> {
    let product = products::find(tx, id).await?;
    let document = product.as_ref().and_then(Document::of);
    let stored = search_index::find(tx, id).await?;
    let Some(document) = document else {
        if stored.is_some() {
            search_index::remove(tx, id).await?;
        }
        return Ok(());
    };
    let (row, words) = stored.map_or((true, true), |it| it.differs(&document));
    if row {
        search_index::write_row(tx, id, &document).await?;
    }
    if words {
        search_index::write_postings(tx, id, &document).await?;
    }
    Ok(())
}

impl Service {
    /// Indexes products whose rows were made in another way, until there are none.
    #[tracing::instrument(name = "catalog.refresh_search", skip_all)]
    pub(crate) async fn refresh_search(&self, ctx: &CallCtx) -> Result<(), StoreError> {
        loop {
            let done = retrying(|| async {
                let mut ctx = ctx.child();
                let mut tx = self.db.begin(&mut ctx, "catalog.refresh_search").await?;
                let outdated = search_index::outdated(&mut tx, BATCH).await?;
                for &id in &outdated {
                    search_index::lock_product(&mut tx, id).await?;
                    keep(&mut tx, id).await?;
                }
                tx.commit().await?;
                Ok::<_, StoreError>(outdated.len())
            })
            .await?;
            if done == 0 {
                return Ok(());
            }
        }
    }
}

/// Has the whole search index written again; the workers of a running server do it within minutes, and searches go on
/// meanwhile. Returns the number of products.
///
/// # Errors
///
/// Whatever the store says; then nothing was changed.
pub async fn rebuild_search(db: &Db, ctx: &CallCtx) -> Result<u64, StoreError> {
    retrying(|| async {
        let mut ctx = ctx.child();
        let mut tx = db.begin(&mut ctx, "catalog.rebuild_search").await?;
        let products = search_index::outdate_all(&mut tx).await?;
        tx.commit().await?;
        Ok(products)
    })
    .await
}
