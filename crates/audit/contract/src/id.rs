//! Ids of audit.

use tenon_kernel::{Id, IdKind};

/// Kind of [`EntryId`].
#[derive(Debug)]
pub struct EntryKind;

impl IdKind for EntryKind {
    const PREFIX: &'static str = "aud";
}

/// Names an entry of the audit log.
pub type EntryId = Id<EntryKind>;
