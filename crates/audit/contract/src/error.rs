//! Failures of the audit module.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{ErrorKind, FieldError, ServiceError};

/// Failures of the audit module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditError {
    /// Members of the request break a rule.
    #[error("the request breaks a rule")]
    InvalidRequest {
        /// Which, and how.
        errors: Vec<FieldError>,
    },
    /// The cursor was not made for this list and filter.
    #[error("the cursor does not belong to this list and filter")]
    InvalidCursor,
    /// No such entry.
    #[error("there is no such audit entry")]
    EntryNotFound,
    /// An error this version does not know.
    #[error("audit refused the request")]
    #[serde(other)]
    Unknown,
}

impl ServiceError for AuditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidRequest { .. } => ErrorKind::Invalid,
            Self::InvalidCursor => ErrorKind::Malformed,
            Self::EntryNotFound => ErrorKind::NotFound,
            Self::Unknown => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "audit.invalid_request",
            Self::InvalidCursor => "audit.invalid_cursor",
            Self::EntryNotFound => "audit.entry_not_found",
            Self::Unknown => "audit.unknown",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::InvalidRequest { errors } => errors.clone(),
            Self::InvalidCursor => {
                vec![FieldError::new(
                    "?cursor",
                    "invalid_cursor",
                    "Start again without a cursor.",
                )]
            }
            Self::EntryNotFound | Self::Unknown => Vec::new(),
        }
    }
}
