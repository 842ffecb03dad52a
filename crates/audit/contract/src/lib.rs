//! Contract of the audit module: all that other modules may know about it.
//!
//! **Architecture invariant:** no IO here, and no dependency except `tenon-kernel` and `tenon-seam`.
//! Nothing can be written through this contract: entries come from the events of the other modules.
//! Checked by `cargo xtask check boundaries`.

mod error;
mod id;
mod model;
#[cfg(feature = "testing")]
pub mod testing;

use tenon_kernel::CallCtx;
use tenon_seam::{SeamResult, contract};

pub use self::error::AuditError;
pub use self::id::{EntryId, EntryKind};
pub use self::model::{
    BrokenEntry, ChainFault, ChainReport, Entries, Entry, EntryFilter, EntryProof, GetEntryProof,
    ListEntries, MAX_PAGE, MAX_VERIFY, VerifyChain,
};

/// What other modules may ask of the audit log.
#[contract(module = "audit", version = 1)]
pub trait Audit: Send + Sync + 'static {
    /// Lists entries, latest first.
    ///
    /// # Errors
    ///
    /// [`AuditError::InvalidRequest`] for a limit outside 1 to [`MAX_PAGE`] or a filter over 200 bytes,
    /// [`AuditError::InvalidCursor`] for a cursor of another list or filter.
    #[query(timeout = "1s")]
    async fn list_entries(
        &self,
        ctx: &CallCtx,
        req: ListEntries,
    ) -> SeamResult<Entries, AuditError>;

    /// Recomputes a stretch of the hash chain; start again from `next` until it is absent.
    ///
    /// # Errors
    ///
    /// [`AuditError::InvalidRequest`] for a start below 1 or a limit outside 1 to [`MAX_VERIFY`].
    #[query(timeout = "5s")]
    async fn verify_chain(
        &self,
        ctx: &CallCtx,
        req: VerifyChain,
    ) -> SeamResult<ChainReport, AuditError>;

    /// Proves that an entry is in the Merkle tree over the log (RFC 9162 §2.1), and that the tree goes on from an older one.
    ///
    /// # Errors
    ///
    /// [`AuditError::EntryNotFound`], or [`AuditError::InvalidRequest`] for a size that has not come or has no such entry.
    #[query(timeout = "5s")]
    async fn get_entry_proof(
        &self,
        ctx: &CallCtx,
        req: GetEntryProof,
    ) -> SeamResult<EntryProof, AuditError>;
}
