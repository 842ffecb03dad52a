//! Members of JSON objects that others wrote.

use serde_json::{Map, Value};
use tenon_kernel::Timestamp;

use super::NotBelieved;

/// The last second of the year 9999.
const LAST: i64 = 253_402_300_799;

pub(super) type Members = Map<String, Value>;

pub(super) fn object(bytes: &[u8], what: &'static str) -> Result<Members, NotBelieved> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(NotBelieved(what)),
    }
}

pub(super) fn text<'m>(members: &'m Members, name: &str) -> Option<&'m str> {
    members.get(name).and_then(Value::as_str)
}

/// A number of seconds (RFC 7519 §2); fractions are cut off.
pub(super) fn time(members: &Members, name: &str) -> Option<Timestamp> {
    let number = members.get(name)?.as_number()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "fractions are cut off, and what is out of range stays out of range"
    )]
    let seconds = number
        .as_i64()
        .or_else(|| number.as_f64().map(|seconds| seconds as i64))?;
    (0..=LAST)
        .contains(&seconds)
        .then(|| Timestamp::from_unix_seconds(seconds))
}

/// Some providers write `"true"`.
pub(super) fn is_true(members: &Members, name: &str) -> bool {
    match members.get(name) {
        Some(Value::Bool(is_true)) => *is_true,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

pub(super) fn has_word(members: &Members, name: &str, word: &str) -> bool {
    let list = members.get(name).and_then(Value::as_array);
    list.is_some_and(|list| list.iter().any(|item| item == word))
}
