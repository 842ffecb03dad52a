//! What an entry is, how entries are chained, and what is never kept.

mod chain;
mod draft;
mod masking;

pub(crate) use self::chain::{Facts, GENESIS, Hash, Head, Link, check_link, hash_of, hex};
pub(crate) use self::draft::Draft;
pub(crate) use self::masking::Masking;
