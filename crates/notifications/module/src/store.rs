//! All SQL of this module.

pub(crate) mod contact_points;
pub(crate) mod contents;
pub(crate) mod digests;
pub(crate) mod erased_users;
pub(crate) mod event_log;
pub(crate) mod inbox;
pub(crate) mod messages;
pub(crate) mod preferences;
pub(crate) mod stuck;
pub(crate) mod suppressions;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhook_endpoints;
pub(crate) mod webhook_gaps;
pub(crate) mod webhook_places;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tenon_store::StoreError;

/// How a word of the contract is stored: as on the wire.
fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        other => unreachable!("a word of the contract is a JSON string, not {other:?}"),
    }
}

/// Reads a stored word.
fn from_word<T: DeserializeOwned>(word: String, column: &str) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(word))
        .map_err(|error| StoreError::inconsistent(format!("{column}: {error}")))
}
