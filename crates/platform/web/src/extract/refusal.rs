//! What serde says about bad input, in the words of the API.

use tenon_kernel::{ErrorKind, FieldError};

use super::invalid_request;
use crate::Problem;
use crate::problem::sentence;

/// Longest part of a caller's own input that is repeated.
const MAX_ECHO: usize = 200;

/// A member that was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The member itself, where the error belongs to its parent: unknown, missing, duplicate.
    pub(super) member: Option<String>,
    pub(super) code: &'static str,
    pub(super) detail: String,
}

impl Refusal {
    /// Reads the message of a deserialization error.
    pub(super) fn from_message(message: &str) -> Self {
        if let Some(rest) = message.strip_prefix("unknown field `") {
            let name = rest
                .rfind("`, expected")
                .or_else(|| rest.rfind("`, there are no fields"))
                .map(|at| &rest[..at]);
            let detail = "The operation has no such member.".to_owned();
            return Self {
                member: name.map(str::to_owned),
                code: "unknown_member",
                detail,
            };
        }
        if let Some(rest) = message.strip_prefix("missing field `") {
            let name = rest.trim_end_matches('`').to_owned();
            return Self {
                member: Some(name),
                code: "missing_member",
                detail: "The member is required.".to_owned(),
            };
        }
        if let Some(rest) = message.strip_prefix("duplicate field `") {
            let name = rest.trim_end_matches('`').to_owned();
            return Self {
                member: Some(name),
                code: "duplicate_member",
                detail: "The member is there twice.".to_owned(),
            };
        }
        if let Some(detail) = wrong_type(message) {
            return Self {
                member: None,
                code: "wrong_type",
                detail,
            };
        }
        let code = if message.starts_with("unknown variant `") {
            "unknown_value"
        } else if message.starts_with("expected an id that starts with `") {
            "wrong_id_type"
        } else if message.starts_with("expected `")
            && message.ends_with("characters of Crockford base 32")
        {
            "malformed_id"
        } else {
            "invalid_value"
        };
        Self {
            member: None,
            code,
            detail: sentence(&message[..message.floor_char_boundary(MAX_ECHO)]),
        }
    }

    /// The problem for a member at `pointer`. An id of another kind is a problem of its own everywhere.
    pub(super) fn at(self, pointer: String) -> Problem {
        let problem = if self.code == "wrong_id_type" {
            Problem::new(
                ErrorKind::Malformed,
                "wrong_id_type",
                "An id of another kind was sent; `errors` names it.",
            )
        } else {
            invalid_request()
        };
        problem.with_fields(vec![FieldError::new(pointer, self.code, self.detail)])
    }
}

/// `invalid type: sequence, expected struct Line` in the words of JSON: callers know no structs.
fn wrong_type(message: &str) -> Option<String> {
    let (found, wanted) = message
        .strip_prefix("invalid type: ")?
        .split_once(", expected ")?;
    let in_json = |word: &str| match word {
        "sequence" | "a sequence" => Some("a list"),
        "map" | "a map" => Some("an object"),
        "null" | "unit value" => Some("null"),
        "u8" | "u16" | "u32" | "u64" | "usize" => Some("a whole number from 0 on"),
        "i8" | "i16" | "i32" | "i64" | "isize" => Some("a whole number"),
        _ if word.starts_with("struct ") || word.contains("tagged enum") => Some("an object"),
        _ => None,
    };
    let found = &found[..found.floor_char_boundary(MAX_ECHO)];
    Some(format!(
        "Expected {}, not {}.",
        in_json(wanted).unwrap_or(wanted),
        in_json(found).unwrap_or(found)
    ))
}

#[cfg(test)]
mod tests {
    use tenon_kernel::{Id, IdKind};

    use super::*;

    struct Order;
    impl IdKind for Order {
        const PREFIX: &'static str = "ord";
    }

    #[test]
    fn a_name_with_quotes_of_its_own_is_read_whole() {
        let refusal = Refusal::from_message("unknown field `a`, expected `b`, expected `c`");
        assert_eq!(refusal.member.as_deref(), Some("a`, expected `b"));
    }

    #[test]
    fn types_are_named_as_in_json() {
        for (message, detail) in [
            (
                "invalid type: sequence, expected struct Line",
                "Expected an object, not a list.",
            ),
            (
                "invalid type: map, expected a sequence",
                "Expected a list, not an object.",
            ),
            (
                "invalid type: integer `1`, expected a string",
                "Expected a string, not integer `1`.",
            ),
            (
                "invalid type: null, expected u32",
                "Expected a whole number from 0 on, not null.",
            ),
        ] {
            let refusal = Refusal::from_message(message);
            assert_eq!(
                (refusal.code, refusal.detail.as_str()),
                ("wrong_type", detail)
            );
        }
    }

    #[test]
    fn id_errors_of_the_kernel_are_recognised() {
        let wrong = "pay_00000000000000000000000000"
            .parse::<Id<Order>>()
            .expect_err("another kind")
            .to_string();
        assert_eq!(Refusal::from_message(&wrong).code, "wrong_id_type");
        let malformed = "nonsense"
            .parse::<Id<Order>>()
            .expect_err("no id")
            .to_string();
        assert_eq!(Refusal::from_message(&malformed).code, "malformed_id");
    }
}
