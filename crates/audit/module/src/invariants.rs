//! What must always be true of the audit log.

mod chain_verifies;
mod tree_matches;

use std::sync::Arc;

use tenon_module::Invariant;

use self::chain_verifies::ChainVerifies;
use self::tree_matches::TreeMatches;
use crate::service::Service;

/// All rules.
pub(crate) fn invariants(service: &Arc<Service>) -> Vec<Arc<dyn Invariant>> {
    vec![
        Arc::new(ChainVerifies::new(Arc::clone(service))),
        Arc::new(TreeMatches::new(Arc::clone(service))),
    ]
}
