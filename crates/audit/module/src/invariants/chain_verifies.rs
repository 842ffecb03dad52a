//! The hash chain holds.

use std::sync::Arc;

use async_trait::async_trait;
use audit_contract::ChainFault;
use tenon_kernel::CallCtx;
use tenon_module::{Invariant, Stretch, Violation, check_whole};
use tenon_store::StoreError;

use crate::service::Service;

/// Entries read at a time.
const STEP: u32 = 500;

/// The hash chain holds from its first entry to its head.
pub(super) struct ChainVerifies {
    service: Arc<Service>,
}

impl ChainVerifies {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }
}

#[async_trait]
impl Invariant for ChainVerifies {
    fn name(&self) -> &'static str {
        "audit.chain_verifies"
    }

    fn description(&self) -> &'static str {
        "Every audit entry is what was written, in the place where it was written, and none is missing."
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    /// Names the first fault only: everything behind it hangs on it.
    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let start = after.and_then(|text| text.parse().ok()).unwrap_or(1);
        let report = self.service.verify_stretch(ctx, start, STEP).await?;
        Ok(match report.broken {
            Some(broken) => Stretch {
                violations: vec![Violation {
                    subject: format!("audit entry {}", broken.seq),
                    expected: "the chain holds".to_owned(),
                    actual: in_words(broken.fault).to_owned(),
                }],
                next: None,
            },
            None => Stretch {
                violations: Vec::new(),
                next: report.next.map(|next| next.to_string()),
            },
        })
    }
}

fn in_words(fault: ChainFault) -> &'static str {
    match fault {
        ChainFault::Missing => "there is no entry at this place",
        ChainFault::NotLinked => "it does not follow the entry before it",
        ChainFault::Altered => "it is not what was written",
        ChainFault::Surplus => "it stands behind the end of the chain",
        _ => "the chain is broken here",
    }
}
