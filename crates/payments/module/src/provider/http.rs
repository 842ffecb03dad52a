//! The adapter to a provider that speaks the payment simulator's API.

mod settings;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use payments_contract::AttemptId;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use tenon_kernel::Timestamp;

pub use self::settings::{HttpProviderError, HttpProviderSettings};

use self::wire::{CreateBody, EventBody, OperateBody, understand};
use super::breaker::Breaker;
use super::signature;
use super::{
    Authorize, Capture, Outcome, PaymentProvider, Refund, Snapshot, Void, WebhookError,
    WebhookEvent,
};

/// Largest answer that is read.
const MAX_ANSWER: usize = 64 * 1024;
/// Name of the provider in paths, accounts and events.
const NAME: &str = "simulator";

/// A provider behind HTTP.
pub struct HttpProvider {
    client: Client,
    base: Url,
    api_key: Option<SecretString>,
    webhook_secret: Option<SecretString>,
    breaker: Breaker,
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
        let request = self.request(Method::POST, &["intents", provider_ref, operation]);
        self.send(operation, request.json(&body)).await
    }

    /// Sends a request. Only an answer in the provider's own words is taken for one.
    async fn send(&self, what: &str, request: RequestBuilder) -> Outcome<Snapshot> {
        let Some(pass) = self.breaker.enter().await else {
            return Outcome::doubt("the provider is not called now");
        };
        let crossing = tenon_chaos::crossing(format_args!("send provider/{what}"));
        match exchange(request).await {
            Ok((status, body)) => {
                crossing.done();
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
        let request = self.request(Method::POST, &["intents"]);
        self.send("authorize", request.json(&body)).await
    }

    async fn find(&self, reference: AttemptId) -> Outcome<Option<Snapshot>> {
        let reference = reference.to_string();
        let request = self.request(Method::GET, &["intents", "by-reference", &reference]);
        match self.send("find", request).await {
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
            key: request.key(),
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

#[cfg(test)]
mod tests {
    use super::*;

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
