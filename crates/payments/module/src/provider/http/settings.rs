//! `[payments.provider]`

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use tenon_outbound::{OutboundConfig, OutboundError};

/// `[payments.provider]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HttpProviderSettings {
    /// Where the provider's API is.
    pub url: String,
    /// Sent as `Authorization: Bearer`.
    #[schemars(with = "Option<String>")]
    pub api_key: Option<SecretString>,
    /// Checks webhooks; without it every webhook is refused, and only polling finds out.
    #[schemars(with = "Option<String>")]
    pub webhook_secret: Option<SecretString>,
    /// How long one call may take.
    pub timeout_ms: u64,
    /// Most calls at once.
    pub max_in_flight: usize,
    /// Failures in a row after which no call goes out for `breaker_pause_ms`.
    pub breaker_failures: u32,
    /// How long no call goes out.
    pub breaker_pause_ms: u64,
}

impl Default for HttpProviderSettings {
    fn default() -> Self {
        Self {
            url: "http://127.0.0.1:4242".to_owned(),
            api_key: None,
            webhook_secret: None,
            timeout_ms: 5_000,
            max_in_flight: 64,
            breaker_failures: 5,
            breaker_pause_ms: 5_000,
        }
    }
}

impl HttpProviderSettings {
    /// What the client is made of.
    pub(super) fn outbound(&self) -> OutboundConfig {
        OutboundConfig {
            name: "provider",
            url: self.url.clone(),
            api_key: self.api_key.clone(),
            timeout_ms: self.timeout_ms,
            max_in_flight: self.max_in_flight,
            breaker_failures: self.breaker_failures,
            breaker_pause_ms: self.breaker_pause_ms,
        }
    }
}

/// The settings cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpProviderError {
    /// A setting is out of range.
    #[error("payments.provider.{key}: {reason}")]
    Setting {
        /// Which.
        key: &'static str,
        /// Why.
        reason: String,
    },
    /// There is no client to call with.
    #[error("the payment provider cannot be called")]
    Client(#[source] OutboundError),
}

impl From<OutboundError> for HttpProviderError {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::Setting { key, reason } => Self::Setting { key, reason },
            error => Self::Client(error),
        }
    }
}
