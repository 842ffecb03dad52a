//! What an entry is, how entries are chained, and what is never kept.

mod chain;
mod draft;
mod masking;
mod tree;

pub(crate) use self::chain::{Facts, GENESIS, Hash, Head, Link, check_link, hash_of, hex};
pub(crate) use self::draft::Draft;
pub(crate) use self::masking::Masking;
pub(crate) use self::tree::{
    LOWEST_STORED, Subtree, consistency_path, hash_leaf, inclusion_path, join, join_parts, parts,
    root_by_path, root_of,
};
