//! Stores the nodes of the Merkle tree that are complete.

use tenon_kernel::CallCtx;
use tenon_store::{StoreError, retrying};

use super::{Service, tree};
use crate::domain::{Hash, LOWEST_STORED, Subtree};
use crate::store;

/// Subtrees of 256 leaves in one transaction.
const BATCH: i64 = 16;

impl Service {
    /// Goes on behind the last stored subtree until no complete one is left. What is written follows from entries that
    /// never change, so others may do the same meanwhile.
    #[tracing::instrument(name = "audit.grow_tree", skip_all)]
    pub(crate) async fn grow_tree(&self, ctx: &CallCtx) -> Result<(), StoreError> {
        loop {
            let grown = retrying(|| async {
                let mut ctx = ctx.child();
                let (first, hashes) = self.next_subtrees(&ctx).await?;
                if !hashes.is_empty() {
                    self.keep_subtrees(&mut ctx, first, &hashes).await?;
                }
                Ok::<_, StoreError>(hashes.len())
            })
            .await?;
            if grown == 0 {
                return Ok(());
            }
        }
    }

    /// Hashes the next ones. No transaction is open: entries are written meanwhile.
    async fn next_subtrees(&self, ctx: &CallCtx) -> Result<(i64, Vec<Hash>), StoreError> {
        let mut db = self.db.read(ctx);
        let first = store::next_position(&mut db, LOWEST_STORED).await?;
        let size = store::find_head(&mut db).await?.seq;
        let end = Subtree::count(LOWEST_STORED, size).min(first + BATCH);
        let mut hashes = Vec::new();
        for position in first..end {
            let Some(hash) = tree::compute(&mut db, Subtree::lowest(position)).await? else {
                // `audit.chain_verifies` says where; the tree ends before it.
                tracing::warn!(position, "the tree does not grow: an entry is missing");
                break;
            };
            hashes.push(hash);
        }
        Ok((first, hashes))
    }

    /// Stores them in order, each with the larger ones that it completes, so nothing is left out below what is stored.
    async fn keep_subtrees(
        &self,
        ctx: &mut CallCtx,
        first: i64,
        hashes: &[Hash],
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin(ctx, "audit.grow_tree").await?;
        for (position, hash) in (first..).zip(hashes) {
            let mut subtree = Subtree::lowest(position);
            store::insert_node(&mut tx, subtree, hash).await?;
            while let Some(larger) = subtree.completes() {
                let Some(hash) = tree::compute(&mut tx, larger).await? else {
                    break;
                };
                store::insert_node(&mut tx, larger, &hash).await?;
                subtree = larger;
            }
        }
        tx.commit().await
    }
}

#[cfg(test)]
mod tests;
