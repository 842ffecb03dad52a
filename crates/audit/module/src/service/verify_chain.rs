//! Recomputes stretches of the hash chain.

use audit_contract::{AuditError, BrokenEntry, ChainFault, ChainReport, MAX_VERIFY, VerifyChain};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::StoreError;

use super::Service;
use crate::domain::{GENESIS, Hash, Head, check_link, hex};
use crate::store;

impl Service {
    pub(super) async fn verify(
        &self,
        ctx: &CallCtx,
        req: VerifyChain,
    ) -> SeamResult<ChainReport, AuditError> {
        check(&req).map_err(|errors| SeamError::Domain(AuditError::InvalidRequest { errors }))?;
        Ok(self.verify_stretch(ctx, req.from, req.limit).await?)
    }

    /// Walks at most `limit` entries from the place `from`.
    pub(crate) async fn verify_stretch(
        &self,
        ctx: &CallCtx,
        from: i64,
        limit: u32,
    ) -> Result<ChainReport, StoreError> {
        let mut db = self.db.read(ctx);
        // The head goes first: entries that are added meanwhile stand behind it and are not looked at.
        let head = store::find_head(&mut db).await?;
        let report = |verified, next, broken| ChainReport {
            verified,
            next,
            broken,
            head_seq: head.seq,
            head_hash: hex(&head.hash),
        };
        let broken = |seq, fault| Some(BrokenEntry { seq, fault });

        let before = if from == 1 {
            Some(GENESIS)
        } else {
            store::find_hash(&mut db, from - 1).await?
        };
        let Some(mut previous) = before else {
            return Ok(report(0, None, broken(from - 1, ChainFault::Missing)));
        };
        let (mut expected, mut verified) = (from, 0);
        for link in store::list_links(&mut db, from, head.seq, limit).await? {
            if let Some(fault) = check_link(expected, &previous, &link) {
                return Ok(report(verified, None, broken(expected, fault)));
            }
            previous = link.hash;
            expected += 1;
            verified += 1;
        }
        if expected <= head.seq && verified == limit {
            return Ok(report(verified, Some(expected), None));
        }
        let fault = self.check_end(ctx, expected, &previous, head).await?;
        Ok(report(verified, None, fault))
    }

    /// Compares the last entry with the head, and looks for entries behind it.
    async fn check_end(
        &self,
        ctx: &CallCtx,
        expected: i64,
        last: &Hash,
        head: Head,
    ) -> Result<Option<BrokenEntry>, StoreError> {
        if expected <= head.seq {
            return Ok(Some(BrokenEntry {
                seq: expected,
                fault: ChainFault::Missing,
            }));
        }
        if expected == head.seq + 1 && *last != head.hash {
            return Ok(Some(BrokenEntry {
                seq: head.seq,
                fault: ChainFault::NotLinked,
            }));
        }
        // An entry and the head's move over it commit together: a head read after the entry has passed it.
        let mut db = self.db.read(ctx);
        let last_seq = store::last_seq(&mut db).await?;
        let head = store::find_head(&mut db).await?;
        let surplus = last_seq > head.seq;
        Ok(surplus.then_some(BrokenEntry {
            seq: last_seq,
            fault: ChainFault::Surplus,
        }))
    }
}

fn check(req: &VerifyChain) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    if req.from < 1 {
        errors.push(FieldError::new(
            "/from",
            "out_of_range",
            "`from` starts at 1.",
        ));
    }
    if !(1..=MAX_VERIFY).contains(&req.limit) {
        errors.push(FieldError::new(
            "/limit",
            "out_of_range",
            format!("`limit` goes from 1 to {MAX_VERIFY}."),
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
