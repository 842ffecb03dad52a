//! Proves that an entry is in the log, and that the log goes on from what it was.

use std::ops::Range;

use audit_contract::{AuditError, EntryProof, GetEntryProof};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Queryable, StoreError};

use super::{Service, tree};
use crate::domain::{Hash, consistency_path, hash_leaf, hex, inclusion_path, root_by_path};
use crate::store;

impl Service {
    pub(super) async fn prove(
        &self,
        ctx: &CallCtx,
        req: GetEntryProof,
    ) -> SeamResult<EntryProof, AuditError> {
        let mut db = self.db.read(ctx);
        let link = store::find_entry(&mut db, req.id).await?;
        let link = link.ok_or(SeamError::Domain(AuditError::EntryNotFound))?;
        // The head goes last: it has passed the entry, unless somebody put that behind it.
        let (seq, present) = (link.facts.seq, store::find_head(&mut db).await?.seq);
        if seq > present {
            return Err(damaged(seq).into());
        }
        let size = req.tree_size.unwrap_or(present);
        check(&req, seq, size, present)
            .map_err(|errors| SeamError::Domain(AuditError::InvalidRequest { errors }))?;

        let leaf = hash_leaf(&link.hash);
        let path = inclusion_path(seq - 1, size);
        let stretches: Vec<_> = path.iter().map(|sibling| sibling.leaves.clone()).collect();
        let hashes = hashes_of(&mut db, &stretches).await?;
        let consistency = match req.consistent_with {
            Some(older) => Some(hashes_of(&mut db, &consistency_path(older, size)).await?),
            None => None,
        };
        Ok(EntryProof {
            entry_id: link.facts.id,
            leaf_index: seq - 1,
            leaf_hash: hex(&leaf),
            tree_size: size,
            root_hash: hex(&root_by_path(&leaf, &path, &hashes)),
            inclusion_path: in_hex(&hashes),
            consistent_with: req.consistent_with,
            consistency_path: consistency.as_deref().map(in_hex),
        })
    }
}

async fn hashes_of(
    db: &mut dyn Queryable,
    stretches: &[Range<i64>],
) -> Result<Vec<Hash>, StoreError> {
    let mut hashes = Vec::new();
    for leaves in stretches {
        let found = tree::hash_of_stretch(db, leaves).await?;
        hashes.push(found.ok_or_else(|| damaged(leaves.start + 1))?);
    }
    Ok(hashes)
}

/// Nothing is proved over a gap; `audit.chain_verifies` names it.
fn damaged(seq: i64) -> StoreError {
    StoreError::inconsistent(format!("audit_entries: the chain is broken from {seq} on"))
}

fn in_hex(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hex(hash)).collect()
}

fn check(req: &GetEntryProof, seq: i64, size: i64, present: i64) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    if !(seq..=present).contains(&size) {
        let detail = "`tree_size` goes from the entry's `seq` to the number of entries.";
        errors.push(FieldError::new("?tree_size", "out_of_range", detail));
    }
    if req
        .consistent_with
        .is_some_and(|older| !(1..=size.min(present)).contains(&older))
    {
        let detail = "`consistent_with` goes from 1 to the size of the tree that is asked for.";
        errors.push(FieldError::new("?consistent_with", "out_of_range", detail));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
