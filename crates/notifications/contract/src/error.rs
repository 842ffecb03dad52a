//! Failures of the notifications module.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenon_kernel::{ErrorKind, FieldError, ServiceError};

/// Failures of the notifications module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotificationsError {
    /// Members of the request break a rule.
    #[error("the request breaks a rule")]
    InvalidRequest {
        /// Which, and how.
        errors: Vec<FieldError>,
    },
    /// The cursor was not made for this list and filter.
    #[error("the cursor does not belong to this list and filter")]
    InvalidCursor,
    /// No such notification, or not the caller's.
    #[error("there is no such notification")]
    NotificationNotFound,
    /// The version in `If-Match` is not the current one.
    #[error("the notification has changed, its version is now {current}")]
    StaleVersion {
        /// The version it has.
        current: i64,
    },
    /// An error this version does not know.
    #[error("notifications refused the request")]
    #[serde(other)]
    Unknown,
}

impl ServiceError for NotificationsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidRequest { .. } => ErrorKind::Invalid,
            Self::InvalidCursor => ErrorKind::Malformed,
            Self::NotificationNotFound => ErrorKind::NotFound,
            Self::StaleVersion { .. } => ErrorKind::PreconditionFailed,
            Self::Unknown => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "notifications.invalid_request",
            Self::InvalidCursor => "notifications.invalid_cursor",
            Self::NotificationNotFound => "notifications.notification_not_found",
            Self::StaleVersion { .. } => "notifications.stale_version",
            Self::Unknown => "notifications.unknown",
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
            Self::NotificationNotFound | Self::StaleVersion { .. } | Self::Unknown => Vec::new(),
        }
    }

    fn extensions(&self) -> Option<Map<String, Value>> {
        let Self::StaleVersion { current } = self else {
            return None;
        };
        Some(Map::from_iter([(
            "current_etag".to_owned(),
            json!(format!("\"v{current}\"")),
        )]))
    }
}
