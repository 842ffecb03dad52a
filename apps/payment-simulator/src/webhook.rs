//! Webhooks: signed, sent at once, and again while the merchant does not take them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use tenon_kernel::{Env, Timestamp};

use crate::clock::Moves;

/// Carries `t=<unix seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">`.
pub const SIGNATURE_HEADER: &str = "simulator-signature";

/// Pauses between deliveries of a webhook that the merchant does not take.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(25),
    Duration::from_mins(2),
];

/// A webhook as it goes over the wire.
#[derive(Debug, Clone)]
pub struct SignedWebhook {
    /// Its id: the same over all deliveries.
    pub event_id: String,
    /// Value of [`SIGNATURE_HEADER`].
    pub signature: String,
    /// JSON.
    pub body: String,
}

/// Takes webhooks in place of an HTTP endpoint.
#[async_trait]
pub trait WebhookSink: Send + Sync + 'static {
    /// Returns whether it was taken.
    async fn deliver(&self, webhook: SignedWebhook) -> bool;
}

/// Sends webhooks to a URL.
pub(crate) struct HttpSink {
    client: reqwest::Client,
    url: String,
}

impl HttpSink {
    pub(crate) fn new(url: String) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { client, url })
    }
}

#[async_trait]
impl WebhookSink for HttpSink {
    async fn deliver(&self, webhook: SignedWebhook) -> bool {
        let answer = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header(SIGNATURE_HEADER, webhook.signature)
            .body(webhook.body)
            .send()
            .await;
        match answer {
            Ok(answer) if answer.status().is_success() => true,
            Ok(answer) => {
                tracing::warn!(
                    event = webhook.event_id,
                    status = answer.status().as_u16(),
                    "webhook was not taken"
                );
                false
            }
            Err(error) => {
                tracing::warn!(event = webhook.event_id, %error, "webhook could not be sent");
                false
            }
        }
    }
}

/// Signs a body as of `now`.
pub fn sign(secret: &str, body: &str, now: Timestamp) -> String {
    let time = now.as_unix_seconds();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{time}.{body}").as_bytes());
    format!("t={time},v1={}", hex(tag.as_ref()))
}

/// Delivers until taken, at most five times; `again` makes a fresh signature for each delivery.
pub(crate) async fn deliver(
    sink: Arc<dyn WebhookSink>,
    again: impl Fn() -> SignedWebhook + Send,
    moves: Moves,
    env: Env,
) -> bool {
    for pause in PAUSES.into_iter().map(Some).chain([None]) {
        let sent = env.now();
        if sink.deliver(again()).await {
            return true;
        }
        match pause {
            Some(pause) => moves.until(sent + pause, &env).await,
            None => break,
        }
    }
    tracing::error!(event = again().event_id, "webhook given up");
    false
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string succeeds");
            text
        })
}
