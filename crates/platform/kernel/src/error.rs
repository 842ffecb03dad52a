//! What every error of a contract can say about itself, in words that no transport owns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The closed set of reasons a request fails; `tenon-web` maps each to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request cannot be read: 400.
    Malformed,
    /// Nobody is signed in, or the credential is no longer good: 401.
    Unauthenticated,
    /// The caller is known and may not: 403. For things of other owners use [`ErrorKind::NotFound`].
    Forbidden,
    /// It does not exist, or not for this caller: 404.
    NotFound,
    /// The state of things forbids it: 409.
    Conflict,
    /// It existed and is over: 410.
    Gone,
    /// A version named by the caller is stale: 412.
    PreconditionFailed,
    /// The request can be read, but its values break a rule: 422.
    Invalid,
    /// Too much, too fast: 429.
    RateLimited,
    /// Our fault: 500. The caller learns an incident id and nothing else.
    Internal,
    /// Not now: 503.
    Unavailable,
}

/// What a caller should do with a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Sending it again gives the same answer.
    Never,
    /// Send it again unchanged, with the same idempotency key.
    SameKey,
    /// The attempt is closed; a new attempt needs a new idempotency key.
    NewKey,
    /// Send it again after `retry_after_ms`, with the same idempotency key.
    After,
}

/// One member of a request that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, `?name` for a query member, or `Name:` for a header.
    pub pointer: String,
    /// Stable code, for example `out_of_range`.
    pub code: String,
    /// One sentence for people.
    pub detail: String,
}

impl FieldError {
    /// Names one wrong member.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}

/// An error that a caller of a module may meet and act on.
pub trait ServiceError: std::error::Error {
    /// The reason, from the closed set.
    fn kind(&self) -> ErrorKind;

    /// The stable public code, `orders.out_of_stock`; it has a page in `docs/errors/`.
    fn code(&self) -> &'static str;

    /// What the caller should do next.
    fn retry(&self) -> Retry {
        match self.kind() {
            ErrorKind::Unavailable | ErrorKind::RateLimited => Retry::After,
            ErrorKind::Internal => Retry::SameKey,
            ErrorKind::Malformed
            | ErrorKind::Unauthenticated
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Gone
            | ErrorKind::PreconditionFailed
            | ErrorKind::Invalid => Retry::Never,
        }
    }

    /// The wrong members, if the error is about members.
    fn fields(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// Further public members of the problem document, such as `available`; `None` for most.
    fn extensions(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        None
    }
}
