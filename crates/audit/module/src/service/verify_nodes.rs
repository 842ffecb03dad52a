//! Recomputes stored nodes of the Merkle tree.

use tenon_kernel::CallCtx;
use tenon_store::StoreError;

use super::{Service, tree};
use crate::domain::Subtree;
use crate::store;

impl Service {
    /// Looks at the next `limit` nodes, small ones first. Returns those that are not what lies under them, and the last
    /// one if there are more behind it.
    pub(crate) async fn verify_nodes(
        &self,
        ctx: &CallCtx,
        after: Option<Subtree>,
        limit: u32,
    ) -> Result<(Vec<Subtree>, Option<Subtree>), StoreError> {
        let mut db = self.db.read(ctx);
        let nodes = store::list_nodes(&mut db, after, limit).await?;
        // The head goes last: it has passed all that was complete when a node was stored.
        let size = store::find_head(&mut db).await?.seq;
        let mut wrong = Vec::new();
        for (subtree, hash) in &nodes {
            let is_complete = subtree.position < Subtree::count(subtree.level, size);
            if !is_complete || tree::compute(&mut db, *subtree).await? != Some(*hash) {
                wrong.push(*subtree);
            }
        }
        let more = nodes.len() == limit as usize;
        let last = nodes.last().map(|(subtree, _)| *subtree);
        Ok((wrong, last.filter(|_| more)))
    }
}
