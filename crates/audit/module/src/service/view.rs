//! Entries as the contract shows them.

use audit_contract::Entry;
use serde_json::Value;
use tenon_kernel::Interface;
use tenon_store::StoreError;

use crate::domain::{Link, hex};

/// Translates a stored entry.
pub(super) fn entry(link: Link) -> Result<Entry, StoreError> {
    let (previous_hash, hash) = (hex(&link.previous), hex(&link.hash));
    let facts = link.facts;
    let seq = facts.seq;
    Ok(Entry {
        id: facts.id,
        seq,
        occurred_at: facts.occurred_at,
        recorded_at: facts.recorded_at,
        actor: facts.actor,
        interface: interface(facts.interface, seq)?,
        action: facts.action,
        target: facts.target,
        source: facts.source,
        event_id: facts.event_id.to_string(),
        trace_id: facts.trace_id,
        correlation_id: facts.correlation_id,
        causation_id: facts.causation_id,
        before: json(facts.before, seq, "state_before")?,
        after: json(facts.after, seq, "state_after")?,
        data: json(facts.data, seq, "data")?,
        previous_hash,
        hash,
    })
}

fn interface(text: String, seq: i64) -> Result<Interface, StoreError> {
    serde_json::from_value(Value::String(text)).map_err(|error| {
        StoreError::inconsistent(format!("audit_entries.interface of {seq}: {error}"))
    })
}

fn json(text: Option<String>, seq: i64, column: &str) -> Result<Option<Value>, StoreError> {
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| {
            StoreError::inconsistent(format!("audit_entries.{column} of {seq}: {error}"))
        })
}
