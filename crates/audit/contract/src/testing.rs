//! An in-memory audit log for the tests of other modules.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use crate::{
    Audit, AuditError, ChainReport, Entries, Entry, EntryFilter, EntryProof, GetEntryProof,
    ListEntries, VerifyChain,
};

/// Answers from lists of entries and of proofs; its chain always holds.
#[derive(Debug, Default)]
pub struct FakeAudit {
    entries: Mutex<Vec<Entry>>,
    proofs: Mutex<Vec<EntryProof>>,
}

impl FakeAudit {
    /// Adds an entry.
    pub fn put(&self, entry: Entry) {
        locked(&self.entries).push(entry);
    }

    /// Adds what it answers to whoever wants that entry proved.
    pub fn put_proof(&self, proof: EntryProof) {
        locked(&self.proofs).push(proof);
    }
}

fn locked<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

impl EntryFilter {
    fn matches(&self, entry: &Entry) -> bool {
        self.actor
            .as_ref()
            .is_none_or(|actor| *actor == entry.actor)
            && self
                .action
                .as_ref()
                .is_none_or(|action| *action == entry.action)
            && self
                .target
                .as_ref()
                .is_none_or(|target| *target == entry.target)
            && self.since.is_none_or(|since| entry.occurred_at >= since)
            && self.until.is_none_or(|until| entry.occurred_at < until)
    }
}

#[async_trait]
impl Audit for FakeAudit {
    async fn list_entries(&self, _: &CallCtx, req: ListEntries) -> SeamResult<Entries, AuditError> {
        let known = locked(&self.entries);
        let matching = known.iter().rev().filter(|entry| req.filter.matches(entry));
        Ok(Entries {
            data: matching.take(req.page.limit as usize).cloned().collect(),
            next_cursor: None,
        })
    }

    async fn verify_chain(
        &self,
        _: &CallCtx,
        _: VerifyChain,
    ) -> SeamResult<ChainReport, AuditError> {
        let known = locked(&self.entries);
        let count = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let head_hash = known
            .last()
            .map(|entry| entry.hash.clone())
            .unwrap_or_default();
        Ok(ChainReport {
            verified: count,
            next: None,
            broken: None,
            head_seq: i64::from(count),
            head_hash,
        })
    }

    async fn get_entry_proof(
        &self,
        _: &CallCtx,
        req: GetEntryProof,
    ) -> SeamResult<EntryProof, AuditError> {
        let known = locked(&self.proofs);
        let found = known.iter().find(|proof| {
            proof.entry_id == req.id
                && req.tree_size.is_none_or(|size| size == proof.tree_size)
                && req.consistent_with == proof.consistent_with
        });
        found
            .cloned()
            .ok_or(SeamError::Domain(AuditError::EntryNotFound))
    }
}
