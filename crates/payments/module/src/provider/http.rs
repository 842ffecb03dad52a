//! The adapter to a provider that speaks the payment simulator's API.

use std::time::Duration;

use async_trait::async_trait;
use payments_contract::{AttemptId, DeclineClass};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;

use super::breaker::Breaker;
use super::signature;
use super::{
    Authorize, Capture, Outcome, PaymentProvider, Refund, Refusal, Snapshot, SnapshotState, Void,
    WebhookError, WebhookEvent,
};

/// Largest answer that is read.
const MAX_ANSWER: usize = 64 * 1024;
/// Name of the provider in paths, accounts and events.
const NAME: &str = "simulator";

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
    /// TLS or the resolver cannot be set up.
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
}

/// A provider behind HTTP.
pub struct HttpProvider {
    client: Client,
    base: Url,
    api_key: Option<SecretString>,
    webhook_secret: Option<SecretString>,
    breaker: Breaker,
}

#[derive(Debug, Serialize)]
struct CreateBody<'a> {
    key: String,
    reference: String,
    amount: i64,
    currency: &'a str,
    payment_method: Option<&'a str>,
    return_url: Option<&'a str>,
    capture: &'static str,
}

#[derive(Debug, Serialize)]
struct OperateBody {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct IntentBody {
    id: String,
    reference: String,
    status: String,
    amount: i64,
    currency: String,
    captured: i64,
    refunded: i64,
    revision: i64,
    decline_code: Option<String>,
    next_action: Option<NextActionBody>,
}

#[derive(Debug, Deserialize)]
struct NextActionBody {
    url: String,
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: ErrorCode,
}

#[derive(Debug, Deserialize)]
struct ErrorCode {
    code: String,
}

#[derive(Debug, Deserialize)]
struct EventBody {
    id: String,
    data: IntentBody,
}

impl HttpProvider {
    /// Builds the client: no redirects, no proxies of the environment, timeouts.
    ///
    /// # Errors
    ///
    /// [`HttpProviderError`] naming the setting that cannot work.
    pub fn new(settings: &HttpProviderSettings) -> Result<Self, HttpProviderError> {
        let setting = |key, reason: &str| HttpProviderError::Setting {
            key,
            reason: reason.to_owned(),
        };
        let mut base =
            Url::parse(&settings.url).map_err(|error| setting("url", &error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https")
            || base.host().is_none()
            || base.cannot_be_a_base()
        {
            return Err(setting("url", "expected an http or https URL"));
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(setting(
                "url",
                "credentials and queries do not belong into it",
            ));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        if !(10..=60_000).contains(&settings.timeout_ms) {
            return Err(setting("timeout_ms", "expected 10 to 60000"));
        }
        if !(1..=10_000).contains(&settings.max_in_flight) {
            return Err(setting("max_in_flight", "expected 1 to 10000"));
        }
        let timeout = Duration::from_millis(settings.timeout_ms);
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(2)))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .build()
            .map_err(HttpProviderError::Client)?;
        let pause = Duration::from_millis(settings.breaker_pause_ms);
        Ok(Self {
            client,
            base,
            api_key: settings.api_key.clone(),
            webhook_secret: settings.webhook_secret.clone(),
            breaker: Breaker::new(settings.max_in_flight, settings.breaker_failures, pause),
        })
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("checked when built")
            .pop_if_empty()
            .extend(path);
        let request = self.client.request(method, url);
        match &self.api_key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    async fn operate(
        &self,
        provider_ref: &str,
        operation: &str,
        body: OperateBody,
    ) -> Outcome<Snapshot> {
        self.send(
            self.request(Method::POST, &["intents", provider_ref, operation])
                .json(&body),
        )
        .await
    }

    /// Sends a request. Only an answer in the provider's own words is taken for one.
    async fn send(&self, request: RequestBuilder) -> Outcome<Snapshot> {
        let Some(pass) = self.breaker.enter().await else {
            return Outcome::doubt("the provider is not called now");
        };
        match exchange(request).await {
            Ok((status, body)) => {
                let outcome = understand(status, &body);
                pass.finish(!status.is_server_error());
                outcome
            }
            Err(why) => {
                pass.finish(false);
                Outcome::doubt(why)
            }
        }
    }
}

#[async_trait]
impl PaymentProvider for HttpProvider {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn authorize(&self, request: Authorize) -> Outcome<Snapshot> {
        let currency = request.amount.currency();
        let body = CreateBody {
            key: request.attempt.to_string(),
            reference: request.attempt.to_string(),
            amount: request.amount.minor(),
            currency: currency.code(),
            payment_method: request.payment_method.as_deref(),
            return_url: request.return_url.as_deref(),
            capture: "manual",
        };
        self.send(self.request(Method::POST, &["intents"]).json(&body))
            .await
    }

    async fn find(&self, reference: AttemptId) -> Outcome<Option<Snapshot>> {
        let reference = reference.to_string();
        match self
            .send(self.request(Method::GET, &["intents", "by-reference", &reference]))
            .await
        {
            Outcome::Declined(refusal) if refusal.code == "not_found" => Outcome::Succeeded(None),
            // A question cannot be refused for good.
            Outcome::Declined(refusal) => Outcome::doubt(refusal.code),
            outcome => outcome.map(Some),
        }
    }

    async fn capture(&self, request: Capture) -> Outcome<Snapshot> {
        let body = OperateBody {
            key: request.key.to_string(),
            amount: Some(request.amount.minor()),
        };
        self.operate(&request.provider_ref, "capture", body).await
    }

    async fn void(&self, request: Void) -> Outcome<Snapshot> {
        let body = OperateBody {
            key: format!("void:{}", request.attempt),
            amount: None,
        };
        self.operate(&request.provider_ref, "void", body).await
    }

    async fn refund(&self, request: Refund) -> Outcome<Snapshot> {
        let body = OperateBody {
            key: request.key.to_string(),
            amount: Some(request.amount.minor()),
        };
        self.operate(&request.provider_ref, "refund", body).await
    }

    fn read_webhook(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<WebhookEvent, WebhookError> {
        let secret = self
            .webhook_secret
            .as_ref()
            .ok_or(WebhookError::Signature)?;
        signature::verify(secret.expose_secret().as_bytes(), signature, body, now)?;
        self.parse_webhook(body)
    }

    fn signature_header(&self) -> &'static str {
        "simulator-signature"
    }

    fn parse_webhook(&self, body: &[u8]) -> Result<WebhookEvent, WebhookError> {
        let event: EventBody =
            serde_json::from_slice(body).map_err(|_| WebhookError::Unreadable)?;
        if event.id.is_empty() || event.id.len() > 255 {
            return Err(WebhookError::Unreadable);
        }
        Ok(WebhookEvent {
            event_id: event.id,
            snapshot: event.data.into(),
        })
    }
}

impl From<IntentBody> for Snapshot {
    fn from(intent: IntentBody) -> Self {
        let state = match (intent.status.as_str(), intent.next_action) {
            ("processing", _) => SnapshotState::Processing,
            ("requires_action", Some(action)) => SnapshotState::ActionRequired { url: action.url },
            ("authorized" | "captured" | "partially_refunded" | "refunded", _) => {
                SnapshotState::Authorized
            }
            ("declined", _) => {
                let code = intent.decline_code.unwrap_or_default();
                SnapshotState::Declined {
                    class: decline_class(&code),
                    code,
                }
            }
            ("canceled", _) => SnapshotState::Canceled,
            _ => SnapshotState::Unrecognized(intent.status),
        };
        Self {
            provider_ref: intent.id,
            reference: intent.reference,
            revision: intent.revision,
            state,
            amount: intent.amount,
            currency: intent.currency,
            captured: intent.captured,
            refunded: intent.refunded,
        }
    }
}

fn decline_class(code: &str) -> DeclineClass {
    match code {
        "insufficient_funds" => DeclineClass::InsufficientFunds,
        "authentication_failed" => DeclineClass::AuthenticationFailed,
        "expired_card" => DeclineClass::Expired,
        "abandoned" => DeclineClass::Abandoned,
        "suspected_fraud" => DeclineClass::SuspectedFraud,
        _ => DeclineClass::Declined,
    }
}

/// Sends and reads the answer, at most [`MAX_ANSWER`] bytes of it.
async fn exchange(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), String> {
    let doubt = |error: reqwest::Error| {
        let error = error.without_url();
        if error.is_timeout() {
            "timeout".to_owned()
        } else {
            format!("connection: {error}")
        }
    };
    let mut answer = request.send().await.map_err(doubt)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(doubt)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err("the answer is too long".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    Ok((answer.status(), body))
}

/// Sorts an answer into the three classes. Whatever is not clearly a yes or a no is a doubt.
fn understand(status: StatusCode, body: &[u8]) -> Outcome<Snapshot> {
    if status.is_success() {
        return match serde_json::from_slice::<IntentBody>(body) {
            Ok(intent) => Outcome::Succeeded(intent.into()),
            Err(error) => Outcome::doubt(format!("unreadable answer: {error}")),
        };
    }
    let refused = matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY
    );
    match serde_json::from_slice::<ErrorBody>(body) {
        // They speak of this request, not of the one that had the key or the reference first.
        Ok(body) if matches!(body.error.code.as_str(), "key_reused" | "reference_exists") => {
            Outcome::doubt(body.error.code)
        }
        Ok(body) if refused => Outcome::Declined(Refusal {
            code: body.error.code,
        }),
        _ => Outcome::doubt(format!("status {}", status.as_u16())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_no_is_a_no() {
        let no = br#"{"error":{"code":"already_captured"}}"#;
        assert!(matches!(
            understand(StatusCode::CONFLICT, no),
            Outcome::Declined(_)
        ));
        for (status, body) in [
            (StatusCode::CONFLICT, &b"<html>"[..]),
            (StatusCode::INTERNAL_SERVER_ERROR, no),
            (StatusCode::SERVICE_UNAVAILABLE, no),
            (StatusCode::TOO_MANY_REQUESTS, no),
            (StatusCode::UNAUTHORIZED, no),
            (
                StatusCode::CONFLICT,
                &br#"{"error":{"code":"reference_exists"}}"#[..],
            ),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                &br#"{"error":{"code":"key_reused"}}"#[..],
            ),
            (StatusCode::FOUND, no),
            (StatusCode::OK, &b"{}"[..]),
            (StatusCode::OK, &b""[..]),
        ] {
            assert!(
                matches!(understand(status, body), Outcome::Ambiguous(_)),
                "{status}"
            );
        }
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        for (url, key) in [
            ("ftp://x", "url"),
            ("http://user@x/", "url"),
            ("nonsense", "url"),
            ("http://x/?a=b", "url"),
        ] {
            let settings = HttpProviderSettings {
                url: url.to_owned(),
                ..HttpProviderSettings::default()
            };
            let error = HttpProvider::new(&settings)
                .err()
                .expect("refused")
                .to_string();
            assert!(
                error.contains(&format!("payments.provider.{key}")),
                "{error}"
            );
        }
    }
}
