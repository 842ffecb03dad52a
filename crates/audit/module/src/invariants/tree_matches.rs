//! Stored nodes of the Merkle tree are what the entries say.

use std::sync::Arc;

use async_trait::async_trait;
use tenon_kernel::CallCtx;
use tenon_module::{Invariant, Stretch, Violation, check_whole};
use tenon_store::StoreError;

use crate::domain::Subtree;
use crate::service::Service;

/// Nodes looked at in one go: 256 entries each, or two nodes.
const STEP: u32 = 8;

/// Each stored node joins the two below it, or hashes its entries.
pub(super) struct TreeMatches {
    service: Arc<Service>,
}

impl TreeMatches {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }
}

#[async_trait]
impl Invariant for TreeMatches {
    fn name(&self) -> &'static str {
        "audit.tree_matches"
    }

    fn description(&self) -> &'static str {
        "Every stored node of the tree over the audit entries is what its entries hash to."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let (wrong, last) = self
            .service
            .verify_nodes(ctx, after.and_then(place), STEP)
            .await?;
        let violations = wrong
            .into_iter()
            .map(|Subtree { level, position }| Violation {
                subject: format!("audit tree node {position} of level {level}"),
                expected: "the hash of what lies under it".to_owned(),
                actual: "another one".to_owned(),
            });
        Ok(Stretch {
            violations: violations.collect(),
            next: last.map(|last| format!("{}:{}", last.level, last.position)),
        })
    }
}

fn place(text: &str) -> Option<Subtree> {
    let (level, position) = text.split_once(':')?;
    Some(Subtree {
        level: level.parse().ok()?,
        position: position.parse().ok()?,
    })
}
