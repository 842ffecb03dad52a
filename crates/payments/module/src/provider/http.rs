//! The adapter to a provider that speaks the payment simulator's API.

mod settings;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use payments_contract::AttemptId;
use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use tenon_kernel::Timestamp;
use tenon_outbound::{Courier, Outbound};

pub use self::settings::{HttpProviderError, HttpProviderSettings};

use self::wire::{CreateBody, EventBody, OperateBody, understand};
use super::signature;
use super::{
    Authorize, Capture, Outcome, PaymentProvider, Refund, Snapshot, Void, WebhookError,
    WebhookEvent,
};

/// Name of the provider in paths, accounts and events.
const NAME: &str = "simulator";

/// A provider behind HTTP.
pub struct HttpProvider {
    outbound: Outbound,
    webhook_secret: Option<SecretString>,
}

impl HttpProvider {
    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`HttpProviderError`] naming the setting that cannot work.
    pub fn new(settings: &HttpProviderSettings) -> Result<Self, HttpProviderError> {
        Ok(Self {
            outbound: Outbound::new(&settings.outbound())?,
            webhook_secret: settings.webhook_secret.clone(),
        })
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
        Ok(Self {
            outbound: Outbound::with_courier(&settings.outbound(), courier)?,
            webhook_secret: settings.webhook_secret.clone(),
        })
    }

    async fn operate(
        &self,
        provider_ref: &str,
        operation: &str,
        body: OperateBody,
    ) -> Outcome<Snapshot> {
        let request = self
            .outbound
            .post(&["intents", provider_ref, operation], &body);
        self.send(operation, request).await
    }

    /// Sends a request. Only an answer in the provider's own words is taken for one.
    async fn send(&self, what: &str, request: Request) -> Outcome<Snapshot> {
        match self.outbound.send(what, request).await {
            Ok((status, body)) => understand(status, &body),
            Err(why) => Outcome::doubt(why),
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
        let request = self.outbound.post(&["intents"], &body);
        self.send("authorize", request).await
    }

    async fn find(&self, reference: AttemptId) -> Outcome<Option<Snapshot>> {
        let reference = reference.to_string();
        let request = self
            .outbound
            .request(Method::GET, &["intents", "by-reference", &reference]);
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
