//! An in-memory audit log for the tests of other modules.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use crate::{
    Audit, AuditError, ChainReport, Entries, Entry, EntryFilter, ListEntries, VerifyChain,
};

/// Answers from a list of entries; its chain always holds.
#[derive(Debug, Default)]
pub struct FakeAudit(Mutex<Vec<Entry>>);

impl FakeAudit {
    /// Adds an entry.
    pub fn put(&self, entry: Entry) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
    }
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
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
}
