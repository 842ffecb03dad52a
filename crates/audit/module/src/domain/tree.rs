//! The Merkle tree over the entries (RFC 9162 §2.1): which hashes a proof has, and how they are joined.
//!
//! Leaf `n` is the entry at place `n + 1` of the chain; its data is that entry's hash, which covers all that it says.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::chain::Hash;

/// Subtrees are stored from 2^8 leaves: one for 128 entries in all, and a proof reads at most 255 leaves at each end.
pub(crate) const LOWEST_STORED: u32 = 8;
/// More leaves than 2^62 have no place in a chain.
const HIGHEST: u32 = 62;

/// A complete subtree: 2^`level` leaves, of which the first is a multiple of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subtree {
    pub(crate) level: u32,
    pub(crate) position: i64,
}

impl Subtree {
    /// The smallest one that is stored, at a place among its like.
    pub(crate) fn lowest(position: i64) -> Self {
        Self {
            level: LOWEST_STORED,
            position,
        }
    }

    /// How many of a level are complete in a tree.
    pub(crate) fn count(level: u32, size: i64) -> i64 {
        size >> level
    }

    /// Its leaves.
    pub(crate) fn leaves(self) -> Range<i64> {
        self.position << self.level..(self.position + 1) << self.level
    }

    /// Its two halves, if they are large enough to be stored.
    pub(crate) fn halves(self) -> Option<[Self; 2]> {
        (self.level > LOWEST_STORED).then(|| {
            let half = |position| Self {
                level: self.level - 1,
                position,
            };
            [half(2 * self.position), half(2 * self.position + 1)]
        })
    }

    /// The one that is complete as soon as this one is, if there is any.
    pub(crate) fn completes(self) -> Option<Self> {
        (self.position % 2 == 1).then(|| Self {
            level: self.level + 1,
            position: self.position / 2,
        })
    }
}

/// A hash of an inclusion path: of which leaves, and on which side of the path they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sibling {
    pub(crate) leaves: Range<i64>,
    is_left: bool,
}

/// Hashes the data of a leaf.
pub(crate) fn hash_leaf(data: &Hash) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(data)
        .finalize()
        .into()
}

/// Joins two subtrees.
pub(crate) fn join(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Computes the root over hashed leaves; there is none over no leaves.
pub(crate) fn root_of(mut hashes: Vec<Hash>) -> Option<Hash> {
    while hashes.len() > 1 {
        // The last one of an odd number waits for a partner further up, as in the definition.
        hashes = hashes
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => join(left, right),
                _ => pair[0],
            })
            .collect();
    }
    hashes.pop()
}

/// Divides a stretch of leaves that a proof names into subtrees that are stored, and leaves behind them.
pub(crate) fn parts(leaves: &Range<i64>) -> (Vec<Subtree>, Range<i64>) {
    let (mut start, mut subtrees) = (leaves.start, Vec::new());
    for level in (LOWEST_STORED..=HIGHEST).rev() {
        if Subtree::count(level, leaves.end - start) > 0 {
            subtrees.push(Subtree {
                level,
                position: start >> level,
            });
            start += 1 << level;
        }
    }
    (subtrees, start..leaves.end)
}

/// Joins the parts of a stretch, from left to right.
pub(crate) fn join_parts(hashes: &[Hash]) -> Option<Hash> {
    let from_the_right = hashes.iter().rev().copied();
    from_the_right.reduce(|right, left| join(&left, &right))
}

/// Lists what proves that a leaf is in the tree of the first `size` leaves, bottom up (RFC 9162 §2.1.3.1).
pub(crate) fn inclusion_path(index: i64, size: i64) -> Vec<Sibling> {
    let (mut within, mut path) = (0..size, Vec::new());
    while let Some(middle) = middle(&within) {
        let (left, right) = (within.start..middle, middle..within.end);
        let is_left = index >= middle;
        let (leaves, rest) = if is_left {
            (left, right)
        } else {
            (right, left)
        };
        path.push(Sibling { leaves, is_left });
        within = rest;
    }
    path.reverse();
    path
}

/// Computes the root that a leaf and the hashes of its inclusion path lead to.
pub(crate) fn root_by_path(leaf: &Hash, path: &[Sibling], hashes: &[Hash]) -> Hash {
    path.iter()
        .zip(hashes)
        .fold(*leaf, |below, (sibling, hash)| {
            if sibling.is_left {
                join(hash, &below)
            } else {
                join(&below, hash)
            }
        })
}

/// Lists what proves that the tree of the first `size` leaves goes on from that of the first `older` ones
/// (RFC 9162 §2.1.4.1).
pub(crate) fn consistency_path(older: i64, size: i64) -> Vec<Range<i64>> {
    let (mut within, mut path) = (0..size, Vec::new());
    while older != within.end
        && let Some(middle) = middle(&within)
    {
        let (left, right) = (within.start..middle, middle..within.end);
        let (leaves, rest) = if older > middle {
            (left, right)
        } else {
            (right, left)
        };
        path.push(leaves);
        within = rest;
    }
    // Who asks has the older root: where it is a whole subtree, it is not sent.
    if within.start > 0 {
        path.push(within);
    }
    path.reverse();
    path
}

/// Where a tree divides: behind the largest power of two that is less than its size. A leaf does not.
fn middle(leaves: &Range<i64>) -> Option<i64> {
    let size = leaves.end - leaves.start;
    (size > 1).then(|| leaves.start + (1 << (size - 1).ilog2()))
}

#[cfg(test)]
mod tests;
