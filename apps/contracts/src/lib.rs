//! The documents of contracts and events, made from the same tables that serve the calls.

mod document;
mod published;

pub use self::document::{contract, events};
pub use self::published::{CONTRACTS, EVENTS, EventSet, MethodTable, all};
