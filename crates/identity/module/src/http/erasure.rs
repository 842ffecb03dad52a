//! `/v1/me/erasure`: the end of one's own account.

mod cancel_erasure;
mod get_erasure;
mod request_erasure;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::Timestamp;
use tenon_web::Endpoint;

use super::TAG;
use crate::service::Service;
use crate::store::erasures::Erasure;

pub(super) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        request_erasure::endpoint(service),
        get_erasure::endpoint(service),
        cancel_erasure::endpoint(service),
    ]
}

/// An account that is to be erased.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Erasure")]
struct ErasureView {
    /// When its owner asked for it.
    requested_at: Timestamp,
    /// When it happens; until then it can be taken back.
    erase_at: Timestamp,
}

impl From<Erasure> for ErasureView {
    fn from(erasure: Erasure) -> Self {
        Self {
            requested_at: erasure.requested_at,
            erase_at: erasure.erase_at,
        }
    }
}
