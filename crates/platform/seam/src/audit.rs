//! The fact that someone changed something: what the audit module keeps beside domain events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::invariant::{InvariantRestored, InvariantViolated};

/// A change made by a person or on their behalf. Who, when and how stand in the envelope.
///
/// `before` and `after` hold the changed members only; never a password, token or key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditRecorded {
    /// What was done: `product.updated`, `user.role_assigned`.
    pub action: String,
    /// Id of the thing it was done to.
    pub target: String,
    /// Changed members as they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<serde_json::Value>,
    /// Changed members as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<serde_json::Value>,
}

crate::event!(AuditRecorded, "audit.recorded", 1, target);

/// Events that any module may publish.
pub static EVENTS: &[crate::EventShape] = &[
    crate::EventShape::of::<AuditRecorded>(),
    crate::EventShape::of::<InvariantViolated>(),
    crate::EventShape::of::<InvariantRestored>(),
];
