//! All SQL of this module.

mod entries;
mod head;

pub(crate) use self::entries::{
    EntryPosition, find_entry, find_hash, insert_entry, last_seq, list_entries, list_links,
};
pub(crate) use self::head::{find_head, lock_head, move_head};
