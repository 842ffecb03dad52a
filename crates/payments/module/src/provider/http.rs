//! The adapter to a provider that speaks the payment simulator's API.

mod courier;
mod settings;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payments_contract::AttemptId;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tenon_kernel::Timestamp;

pub use self::courier::Courier;
pub use self::settings::{HttpProviderError, HttpProviderSettings};

use self::courier::MachineCourier;
use self::wire::{CreateBody, EventBody, OperateBody, understand};
use super::breaker::Breaker;
use super::signature;
use super::{
    Authorize, Capture, Outcome, PaymentProvider, Refund, Snapshot, Void, WebhookError,
    WebhookEvent,
};

/// Name of the provider in paths, accounts and events.
const NAME: &str = "simulator";

/// A provider behind HTTP.
pub struct HttpProvider {
    courier: Arc<dyn Courier>,
    base: Url,
    authorization: Option<HeaderValue>,
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
        let courier = MachineCourier::new(Duration::from_millis(settings.timeout_ms))?;
        Self::with_courier(settings, Arc::new(courier))
    }

    /// As [`HttpProvider::new`], over another network than the machine's.
    ///
    /// # Errors
    ///
    /// As [`HttpProvider::new`].
    pub fn with_courier(
        settings: &HttpProviderSettings,
        courier: Arc<dyn Courier>,
    ) -> Result<Self, HttpProviderError> {
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
        let authorization = match &settings.api_key {
            Some(key) => {
                let text = format!("Bearer {}", key.expose_secret());
                let mut value = HeaderValue::try_from(text)
                    .map_err(|_| setting("api_key", "cannot stand in a header"))?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        let pause = Duration::from_millis(settings.breaker_pause_ms);
        Ok(Self {
            courier,
            base,
            authorization,
            webhook_secret: settings.webhook_secret.clone(),
            breaker: Breaker::new(settings.max_in_flight, settings.breaker_failures, pause),
        })
    }

    fn request(&self, method: Method, path: &[&str]) -> Request {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("checked when built")
            .pop_if_empty()
            .extend(path);
        let mut request = Request::new(method, url);
        if let Some(authorization) = &self.authorization {
            let headers = request.headers_mut();
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        request
    }

    fn post(&self, path: &[&str], body: &impl Serialize) -> Request {
        let mut request = self.request(Method::POST, path);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        let body = serde_json::to_vec(body).expect("plain strings and numbers encode");
        *request.body_mut() = Some(body.into());
        request
    }

    async fn operate(
        &self,
        provider_ref: &str,
        operation: &str,
        body: OperateBody,
    ) -> Outcome<Snapshot> {
        let request = self.post(&["intents", provider_ref, operation], &body);
        self.send(operation, request).await
    }

    /// Sends a request. Only an answer in the provider's own words is taken for one.
    async fn send(&self, what: &str, request: Request) -> Outcome<Snapshot> {
        let Some(pass) = self.breaker.enter().await else {
            return Outcome::doubt("the provider is not called now");
        };
        let crossing = tenon_chaos::crossing(format_args!("send provider/{what}"));
        match self.courier.carry(request).await {
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
        let request = self.post(&["intents"], &body);
        self.send("authorize", request).await
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
