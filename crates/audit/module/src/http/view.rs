//! An entry as administrators see it.

use audit_contract::{Entry, EntryId};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tenon_kernel::{Interface, Timestamp};

/// One thing that happened. It is never changed and never removed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
pub(super) struct EntryView {
    /// Its id.
    id: EntryId,
    /// Its place in the hash chain, gap-free from 1.
    seq: i64,
    /// When it happened.
    occurred_at: Timestamp,
    /// When it was written down.
    recorded_at: Timestamp,
    /// Who did it: a user's id, `service:orders`, or `anonymous`.
    actor: String,
    /// Through which interface.
    interface: Interface,
    /// What was done: `order.placed`, `user.role_assigned`.
    action: String,
    /// Id of the thing it was done to.
    target: String,
    /// The module that said so.
    source: String,
    /// The event it was made from.
    event_id: String,
    /// The `Trace-Id` of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    /// The request or event that everything follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    /// The event that directly caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    causation_id: Option<String>,
    /// Changed members as they were; personal data is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// Changed members as they are; personal data is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
    /// What the event said, if it is not a change by someone; personal data is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    /// Hash of the entry before, 64 hexadecimal digits.
    previous_hash: String,
    /// SHA-256 over the previous hash and this entry, 64 hexadecimal digits.
    hash: String,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            seq: entry.seq,
            occurred_at: entry.occurred_at,
            recorded_at: entry.recorded_at,
            actor: entry.actor,
            interface: entry.interface,
            action: entry.action,
            target: entry.target,
            source: entry.source,
            event_id: entry.event_id,
            trace_id: entry.trace_id,
            correlation_id: entry.correlation_id,
            causation_id: entry.causation_id,
            before: entry.before,
            after: entry.after,
            data: entry.data,
            previous_hash: entry.previous_hash,
            hash: entry.hash,
        }
    }
}
