//! Hashes of the Merkle tree: stored nodes where they are, the rest from the entries.

use std::ops::Range;
use std::pin::Pin;

use tenon_store::{Queryable, StoreError};

use crate::domain::{Hash, Subtree, hash_leaf, join, join_parts, parts, root_of};
use crate::store;

/// A hash, or nothing where an entry is missing.
type Found = Result<Option<Hash>, StoreError>;

/// The hash over a stretch of leaves that a proof names.
pub(super) async fn hash_of_stretch(db: &mut dyn Queryable, leaves: &Range<i64>) -> Found {
    let (subtrees, rest) = parts(leaves);
    let mut hashes = Vec::with_capacity(subtrees.len() + 1);
    for subtree in subtrees {
        let Some(hash) = hash_of_subtree(db, subtree).await? else {
            return Ok(None);
        };
        hashes.push(hash);
    }
    if !rest.is_empty() {
        let Some(hash) = hash_of_leaves(db, &rest).await? else {
            return Ok(None);
        };
        hashes.push(hash);
    }
    Ok(join_parts(&hashes))
}

/// The hash over a subtree, whether it is stored or not.
async fn hash_of_subtree(db: &mut dyn Queryable, subtree: Subtree) -> Found {
    match store::find_node(db, subtree).await? {
        Some(hash) => Ok(Some(hash)),
        None => compute(db, subtree).await,
    }
}

/// The hash over a subtree by what lies under it, whatever is stored for itself.
pub(crate) fn compute<'q>(
    db: &'q mut dyn Queryable,
    subtree: Subtree,
) -> Pin<Box<dyn Future<Output = Found> + Send + 'q>> {
    Box::pin(async move {
        let Some([left, right]) = subtree.halves() else {
            return hash_of_leaves(db, &subtree.leaves()).await;
        };
        let Some(left) = hash_of_subtree(db, left).await? else {
            return Ok(None);
        };
        let right = hash_of_subtree(db, right).await?;
        Ok(right.map(|right| join(&left, &right)))
    })
}

/// The hash over a few leaves. Leaf 0 is the entry at place 1.
async fn hash_of_leaves(db: &mut dyn Queryable, leaves: &Range<i64>) -> Found {
    let entries = store::list_hashes(db, leaves.start + 1, leaves.end).await?;
    Ok(entries.and_then(|hashes| root_of(hashes.iter().map(hash_leaf).collect())))
}
