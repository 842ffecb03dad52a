//! What operators may set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::Masking;

/// `[audit]`
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditSettings {
    /// Names of further members whose values are never kept, besides those that every installation masks.
    pub mask_members: Vec<String>,
}

impl AuditSettings {
    pub(crate) fn masking(&self) -> Masking {
        Masking::with_members(&self.mask_members)
    }
}
