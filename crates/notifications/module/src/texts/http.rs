//! A provider behind HTTP: one request for each message, described in `docs/notifications.md`.

use async_trait::async_trait;
use http::HeaderValue;
use serde::Serialize;
use tenon_outbound::{Outbound, OutboundConfig, OutboundError};
use tokio::time::timeout;

use super::{Text, TextSender};
use crate::mail::MailError;
use crate::settings::TextSettings;

/// Sends each message as one `POST`.
pub struct HttpTextSender {
    outbound: Outbound,
    patience: std::time::Duration,
}

/// What is sent.
#[derive(Serialize)]
struct Body<'a> {
    id: String,
    channel: notifications_contract::Channel,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    title: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
}

impl HttpTextSender {
    /// Builds the client; `None` if no provider is set. `name` stands in logs.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] naming the setting that cannot work.
    pub fn new(name: &'static str, settings: &TextSettings) -> Result<Option<Self>, OutboundError> {
        if settings.url.is_empty() {
            return Ok(None);
        }
        let config = OutboundConfig {
            name,
            url: settings.url.clone(),
            api_key: settings.api_key(),
            timeout_ms: settings.timeout_ms,
            max_in_flight: settings.max_in_flight,
            breaker_failures: 10,
            breaker_pause_ms: 5_000,
        };
        Ok(Some(Self {
            outbound: Outbound::new(&config)?,
            patience: std::time::Duration::from_millis(settings.timeout_ms),
        }))
    }
}

#[async_trait]
impl TextSender for HttpTextSender {
    #[tracing::instrument(name = "texts.send", skip_all, fields(message.id = %text.id))]
    async fn send(&self, text: &Text) -> Result<(), MailError> {
        let id = text.id.to_string();
        let key = HeaderValue::try_from(id.as_str()).expect("an id is header text");
        let body = Body {
            id,
            channel: text.channel,
            to: &text.to,
            platform: text.platform.as_deref(),
            title: &text.title,
            text: &text.body,
            link: text.link.as_deref(),
        };
        let mut request = self.outbound.post(&["messages"], &body);
        request.headers_mut().insert("idempotency-key", key);
        // The client's own limit is for the network; waiting for a place counts too.
        let sent = timeout(self.patience * 2, self.outbound.send("message", request));
        match sent.await {
            Ok(Ok((status, _))) => outcome(status.as_u16()),
            // It may have taken the message: the next attempt has the same key.
            Ok(Err(why)) => {
                tracing::warn!(why, "the provider did not answer");
                Err(MailError::Unknown)
            }
            Err(_elapsed) => Err(MailError::Unknown),
        }
    }
}

/// What an answer means. Nothing of its body is read.
fn outcome(code: u16) -> Result<(), MailError> {
    match code {
        200..=299 => Ok(()),
        400 | 404 | 410 | 413 | 422 => Err(MailError::Refused { code }),
        // Our key, their load, their trouble: the message is as good as before.
        _ => Err(MailError::Deferred { code }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_means_something() {
        for good in [200, 201, 202] {
            assert_eq!(outcome(good), Ok(()));
        }
        for code in [400, 404, 410, 413, 422] {
            assert_eq!(outcome(code), Err(MailError::Refused { code }));
        }
        for code in [301, 401, 403, 409, 429, 500, 503] {
            assert_eq!(outcome(code), Err(MailError::Deferred { code }));
        }
        assert!(MailError::Refused { code: 410 }.is_about_the_address());
        assert!(!MailError::Refused { code: 422 }.is_about_the_address());
    }
}
