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
    /// No such event in the log: it is not public, or no longer kept.
    #[error("there is no such event in the log")]
    EventNotFound,
    /// Events after the reader's place are no longer kept, or the log was restored to before it.
    #[error("the log no longer has all events after this place")]
    EventsGone {
        /// All events after this position are there.
        kept_after: i64,
    },
    /// No such receiver of webhooks.
    #[error("there is no such webhook endpoint")]
    WebhookEndpointNotFound,
    /// There are as many receivers of webhooks as there may be.
    #[error("there are {limit} webhook endpoints, and there can be no more")]
    TooManyWebhookEndpoints {
        /// How many there may be.
        limit: u32,
    },
    /// No such delivery, or no longer kept.
    #[error("there is no such webhook delivery")]
    WebhookDeliveryNotFound,
    /// No such telephone or device, or not the caller's.
    #[error("there is no such contact point")]
    ContactPointNotFound,
    /// The caller has as many telephones and devices as they may have.
    #[error("there are {limit} contact points, and there can be no more")]
    TooManyContactPoints {
        /// How many there may be.
        limit: u32,
    },
    /// This installation sends nothing over the channel.
    #[error("nothing is sent over this channel here")]
    ChannelUnavailable,
    /// As many codes were sent within a day as may be.
    #[error("{limit} codes were sent within a day; try again tomorrow")]
    TooManyCodes {
        /// How many there may be.
        limit: u32,
    },
    /// Not the code that was sent.
    #[error("this is not the code that was sent")]
    WrongCode {
        /// Guesses that are left.
        tries_left: i64,
    },
    /// The code has expired or was guessed at too often, or none was sent.
    #[error("no code is waited for")]
    NoCodeExpected,
    /// No such suppression: the id is wrong, or it was removed.
    #[error("there is no such suppression")]
    SuppressionNotFound,
    /// No such message.
    #[error("there is no such message")]
    MessageNotFound,
    /// The message does not wait for a time any more, so it cannot be cancelled.
    #[error("the message is no longer scheduled")]
    MessageNotScheduled,
    /// The reader has no telephone or device that was proved.
    #[error("this person has nothing to be reached at over this channel")]
    NotReachable,
    /// The version in `If-Match` is not the current one.
    #[error("it has changed, its version is now {current}")]
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
            Self::InvalidRequest { .. } | Self::WrongCode { .. } => ErrorKind::Invalid,
            Self::InvalidCursor => ErrorKind::Malformed,
            Self::NotificationNotFound
            | Self::EventNotFound
            | Self::WebhookEndpointNotFound
            | Self::WebhookDeliveryNotFound
            | Self::ContactPointNotFound
            | Self::MessageNotFound
            | Self::SuppressionNotFound => ErrorKind::NotFound,
            Self::TooManyWebhookEndpoints { .. }
            | Self::TooManyContactPoints { .. }
            | Self::TooManyCodes { .. }
            | Self::NoCodeExpected
            | Self::MessageNotScheduled
            | Self::NotReachable
            | Self::ChannelUnavailable => ErrorKind::Conflict,
            Self::EventsGone { .. } => ErrorKind::Gone,
            Self::StaleVersion { .. } => ErrorKind::PreconditionFailed,
            Self::Unknown => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "notifications.invalid_request",
            Self::InvalidCursor => "notifications.invalid_cursor",
            Self::NotificationNotFound => "notifications.notification_not_found",
            Self::EventNotFound => "notifications.event_not_found",
            Self::EventsGone { .. } => "notifications.events_gone",
            Self::WebhookEndpointNotFound => "notifications.webhook_endpoint_not_found",
            Self::TooManyWebhookEndpoints { .. } => "notifications.too_many_webhook_endpoints",
            Self::WebhookDeliveryNotFound => "notifications.webhook_delivery_not_found",
            Self::ContactPointNotFound => "notifications.contact_point_not_found",
            Self::TooManyContactPoints { .. } => "notifications.too_many_contact_points",
            Self::ChannelUnavailable => "notifications.channel_unavailable",
            Self::TooManyCodes { .. } => "notifications.too_many_codes",
            Self::WrongCode { .. } => "notifications.wrong_code",
            Self::NoCodeExpected => "notifications.no_code_expected",
            Self::SuppressionNotFound => "notifications.suppression_not_found",
            Self::MessageNotFound => "notifications.message_not_found",
            Self::MessageNotScheduled => "notifications.message_not_scheduled",
            Self::NotReachable => "notifications.not_reachable",
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
            Self::WrongCode { tries_left } => {
                let detail = format!("Guesses left: {tries_left}.");
                vec![FieldError::new("/code", "wrong_code", detail)]
            }
            Self::NotificationNotFound
            | Self::EventNotFound
            | Self::EventsGone { .. }
            | Self::WebhookEndpointNotFound
            | Self::TooManyWebhookEndpoints { .. }
            | Self::WebhookDeliveryNotFound
            | Self::SuppressionNotFound
            | Self::ContactPointNotFound
            | Self::TooManyContactPoints { .. }
            | Self::ChannelUnavailable
            | Self::TooManyCodes { .. }
            | Self::NoCodeExpected
            | Self::MessageNotFound
            | Self::MessageNotScheduled
            | Self::NotReachable
            | Self::StaleVersion { .. }
            | Self::Unknown => Vec::new(),
        }
    }

    fn extensions(&self) -> Option<Map<String, Value>> {
        let (name, value) = match self {
            Self::StaleVersion { current } => ("current_etag", json!(format!("\"v{current}\""))),
            Self::EventsGone { kept_after } => ("kept_after", json!(format!("{kept_after:019}"))),
            _ => return None,
        };
        Some(Map::from_iter([(name.to_owned(), value)]))
    }
}
