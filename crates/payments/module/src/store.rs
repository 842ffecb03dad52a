//! All SQL of the payments module.

pub(crate) mod attempts;
pub(crate) mod captures;
pub(crate) mod ledger;
pub(crate) mod payments;
mod progress;
pub(crate) mod provider_events;
pub(crate) mod refund_lists;
pub(crate) mod refunds;
pub(crate) mod sweep;
pub(crate) mod verify;
pub(crate) mod voids;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};
use tenon_kernel::{Currency, Money};
use tenon_store::StoreError;

/// The stored form of a word of the contract: the same as over the seam.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("words of the contract are unit variants, not {other:?}"),
    }
}

/// Reads a stored word of the contract.
fn from_word<T: DeserializeOwned>(word: &str, what: &str) -> Result<T, StoreError> {
    let deserializer: StrDeserializer<'_, Error> = word.into_deserializer();
    T::deserialize(deserializer).map_err(|_| inconsistent(format!("{what} = {word}")))
}

/// Reads a stored amount.
fn money(minor: i64, currency: &str, what: &str) -> Result<Money, StoreError> {
    let currency: Currency = currency
        .parse()
        .map_err(|_| inconsistent(format!("{what}: currency {currency}")))?;
    Money::new(minor, currency).map_err(|_| inconsistent(format!("{what}: amount {minor}")))
}

/// Reads a stored counter.
fn counter(value: i64, what: &str) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| inconsistent(format!("{what} = {value}")))
}

fn inconsistent(what: impl Into<String>) -> StoreError {
    StoreError::Inconsistent { what: what.into() }
}

/// Says that a guarded write found the row it was meant for.
fn expect_one(changed: u64, what: &str) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(inconsistent(format!("{what}: {changed} rows changed")))
    }
}
