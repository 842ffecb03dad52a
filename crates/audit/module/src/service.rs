//! The use cases, one file each.

mod get_entry;
mod get_entry_proof;
mod grow_tree;
mod list_entries;
mod record_event;
mod tree;
mod verify_chain;
mod verify_nodes;
mod view;

use async_trait::async_trait;
use audit_contract::{
    Audit, AuditError, ChainReport, Entries, EntryProof, GetEntryProof, ListEntries, VerifyChain,
};
use tenon_kernel::{CallCtx, CursorKey};
use tenon_seam::SeamResult;
use tenon_store::Db;

use crate::domain::Masking;

/// What the use cases share.
#[derive(Debug)]
pub(crate) struct Service {
    db: Db,
    cursor_key: CursorKey,
    masking: Masking,
}

impl Service {
    pub(crate) fn new(db: Db, cursor_key: CursorKey, masking: Masking) -> Self {
        Self {
            db,
            cursor_key,
            masking,
        }
    }
}

#[async_trait]
impl Audit for Service {
    async fn list_entries(
        &self,
        ctx: &CallCtx,
        req: ListEntries,
    ) -> SeamResult<Entries, AuditError> {
        self.list(ctx, req).await
    }

    async fn verify_chain(
        &self,
        ctx: &CallCtx,
        req: VerifyChain,
    ) -> SeamResult<ChainReport, AuditError> {
        self.verify(ctx, req).await
    }
    async fn get_entry_proof(
        &self,
        ctx: &CallCtx,
        req: GetEntryProof,
    ) -> SeamResult<EntryProof, AuditError> {
        self.prove(ctx, req).await
    }
}
