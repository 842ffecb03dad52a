//! All SQL of this module.

mod entries;
mod head;
mod tree_nodes;

pub(crate) use self::entries::{
    EntryPosition, find_entry, find_hash, insert_entry, last_seq, list_entries, list_hashes,
    list_links,
};
pub(crate) use self::head::{find_head, lock_head, move_head};
pub(crate) use self::tree_nodes::{find_node, insert_node, list_nodes, next_position};
