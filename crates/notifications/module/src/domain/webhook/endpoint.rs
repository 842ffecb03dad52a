//! A receiver of webhooks: what it wants, how fast, and in what order.

use notifications_contract::{DisableReason, NotificationsError, WebhookEndpointId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{FieldError, Timestamp};

use super::secret::{PublicKey, Signature};
use crate::domain::Catalogue;

/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 200;
/// Most types in a list.
const MAX_TYPES: usize = 100;
/// Fastest rate.
const MAX_RATE: u32 = 1_000;

/// In what order a receiver gets events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WebhookMode")]
pub(crate) enum Mode {
    /// As fast as may be: a later event may come before an earlier one.
    Unordered,
    /// Events about one thing come one after another. One that cannot be delivered holds up only those about its own
    /// thing.
    #[default]
    Keyed,
}

/// Whether a receiver is sent anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WebhookEndpointStatus")]
pub(crate) enum EndpointStatus {
    /// It is.
    Enabled,
    /// It is not. Its place in the log stands still.
    Disabled,
}

/// A receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebhookEndpoint {
    pub(crate) id: WebhookEndpointId,
    pub(crate) wish: Wish,
    pub(crate) status: EndpointStatus,
    pub(crate) disabled_reason: Option<DisableReason>,
    /// First of the failed attempts since the last success.
    pub(crate) failing_since: Option<Timestamp>,
    /// When that was published.
    pub(crate) failing_told_at: Option<Timestamp>,
    pub(crate) last_error: Option<String>,
    pub(crate) secret_number: i64,
    /// That of the private key that signs; a secret that both sides have signs where there is none.
    pub(crate) public_key: Option<PublicKey>,
    /// The same of what signed before.
    pub(crate) previous_public_key: Option<PublicKey>,
    pub(crate) previous_until: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What people say about a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) url: String,
    pub(crate) description: String,
    /// All if there is none.
    pub(crate) event_types: Vec<String>,
    pub(crate) mode: Mode,
    pub(crate) max_per_second: u32,
}

/// A receiver that is to be.
#[derive(Debug, Clone)]
pub(crate) struct NewEndpoint {
    pub(crate) wish: Wish,
    pub(crate) signature: Signature,
}

/// What is to change; absent members stay as they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct EndpointPatch {
    pub(crate) url: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) event_types: Option<Vec<String>>,
    pub(crate) mode: Option<Mode>,
    pub(crate) max_per_second: Option<u32>,
    pub(crate) status: Option<EndpointStatus>,
}

impl WebhookEndpoint {
    pub(crate) fn is_enabled(&self) -> bool {
        self.status == EndpointStatus::Enabled
    }

    /// How it is signed.
    pub(crate) fn signature(&self) -> Signature {
        Signature::beside(self.public_key)
    }

    /// The receiver after a change. One that is enabled again begins anew: its failures are forgotten.
    pub(crate) fn patched(&self, patch: EndpointPatch) -> Self {
        let mut after = self.clone();
        let wish = &mut after.wish;
        if let Some(url) = patch.url {
            wish.url = url;
        }
        if let Some(description) = patch.description {
            wish.description = description;
        }
        if let Some(event_types) = patch.event_types {
            wish.event_types = event_types;
        }
        wish.mode = patch.mode.unwrap_or(wish.mode);
        wish.max_per_second = patch.max_per_second.unwrap_or(wish.max_per_second);
        match patch.status {
            Some(EndpointStatus::Enabled) if !self.is_enabled() => {
                after.status = EndpointStatus::Enabled;
                after.disabled_reason = None;
                (after.failing_since, after.failing_told_at) = (None, None);
                after.last_error = None;
            }
            Some(EndpointStatus::Disabled) if self.is_enabled() => {
                after.status = EndpointStatus::Disabled;
                after.disabled_reason = Some(DisableReason::Requested);
            }
            _ => {}
        }
        after
    }
}

impl Wish {
    /// Whether events of a type are wanted.
    pub(crate) fn wants(&self, event_type: &str) -> bool {
        wants(&self.event_types, event_type)
    }

    /// Checks everything but the URL, which the sender knows about.
    pub(crate) fn errors(&self, catalogue: &Catalogue) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let description = &self.description;
        if description.chars().count() > MAX_DESCRIPTION
            || description.chars().any(char::is_control)
        {
            let detail = format!("At most {MAX_DESCRIPTION} characters, on one line.");
            errors.push(FieldError::new("/description", "invalid_value", detail));
        }
        if self.event_types.len() > MAX_TYPES {
            let detail = format!("At most {MAX_TYPES} types; an empty list stands for all.");
            errors.push(FieldError::new("/event_types", "too_many", detail));
        }
        for (position, name) in self.event_types.iter().enumerate().take(MAX_TYPES) {
            if catalogue.find(name).is_none() {
                let detail =
                    "There is no such type of public events; `GET /v1/event-types` lists all.";
                let pointer = format!("/event_types/{position}");
                errors.push(FieldError::new(pointer, "unknown_value", detail));
            }
        }
        if !(1..=MAX_RATE).contains(&self.max_per_second) {
            let detail = format!("`max_per_second` goes from 1 to {MAX_RATE}.");
            errors.push(FieldError::new("/max_per_second", "out_of_range", detail));
        }
        errors
    }

    /// Refuses what cannot be.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`], naming every member.
    pub(crate) fn check(
        &self,
        catalogue: &Catalogue,
        url: Option<String>,
    ) -> Result<(), NotificationsError> {
        let mut errors = self.errors(catalogue);
        if let Some(problem) = url {
            let detail = format!("The URL {problem}.");
            errors.insert(0, FieldError::new("/url", "not_allowed", detail));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(NotificationsError::InvalidRequest { errors })
        }
    }
}

/// Whether a list of types has a type; an empty one has all.
pub(crate) fn wants(event_types: &[String], event_type: &str) -> bool {
    event_types.is_empty() || event_types.iter().any(|wanted| wanted == event_type)
}
