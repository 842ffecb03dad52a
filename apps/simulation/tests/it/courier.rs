//! Between payments and their provider, over the simulated network: requests one way, webhooks the other.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use payment_simulator::{SIGNATURE_HEADER, SignedWebhook, WebhookSink};
use payments::Courier;
use reqwest::{Request, StatusCode};
use serde_json::Value;
use tenon_testkit::Dice;

use crate::client::Ask;
use crate::template::GATEWAY;

/// The provider's host.
pub(crate) const PROVIDER: &str = "provider";
pub(crate) const PROVIDER_PORT: u16 = 4242;
/// How long a call to the provider may take.
pub(crate) const CALL: Duration = Duration::from_secs(2);
/// How long the provider waits for a webhook to be taken.
const WEBHOOK: Duration = Duration::from_secs(5);
const WEBHOOKS: &str = "/v1/provider-webhooks/simulator";

/// One answer of the provider in so many gets lost on its way back: it was done, and payments does not know.
const LOST: usize = 10;

/// Carries requests of payments.
pub(crate) struct SimulatedCourier {
    pub(crate) losses: Mutex<Dice>,
    /// A bug on purpose: the provider takes every repeat for something new, because it never gets the same key twice.
    pub(crate) forgets_keys: bool,
    pub(crate) forgotten: Mutex<u64>,
}

#[async_trait]
impl Courier for SimulatedCourier {
    async fn carry(&self, request: Request) -> Result<(StatusCode, Vec<u8>), String> {
        let mut ask = Ask::new(request.method().clone(), request.url().path());
        if let Some(body) = request.body().and_then(reqwest::Body::as_bytes) {
            ask = ask.bytes(self.as_sent(body));
        }
        let answer = ask.send_within(PROVIDER, PROVIDER_PORT, CALL).await;
        let is_lost = self
            .losses
            .lock()
            .expect("nobody panics holding it")
            .roll(LOST)
            == 0;
        let answer = answer.filter(|_| !is_lost).ok_or("no answer")?;
        let status = StatusCode::from_u16(answer.status).map_err(|error| error.to_string())?;
        Ok((status, answer.bytes.to_vec()))
    }
}

impl SimulatedCourier {
    fn as_sent(&self, body: &[u8]) -> Vec<u8> {
        let parsed: Option<Value> = serde_json::from_slice(body).ok();
        match parsed {
            Some(mut parsed) if self.forgets_keys => {
                let mut number = self.forgotten.lock().expect("nobody panics holding it");
                *number += 1;
                let now = turmoil::sim_elapsed().unwrap_or_default().as_micros();
                parsed["key"] = format!("forgotten-{now}-{number}").into();
                parsed.to_string().into_bytes()
            }
            _ => body.to_vec(),
        }
    }
}

/// Carries webhooks of the provider; some of them twice.
pub(crate) struct Webhooks(pub(crate) Arc<Mutex<Dice>>);

#[async_trait]
impl WebhookSink for Webhooks {
    async fn deliver(&self, webhook: SignedWebhook) -> bool {
        let copies = {
            let mut dice = self.0.lock().expect("nobody panics holding it");
            if dice.roll(4) == 0 { 2 } else { 1 }
        };
        let mut taken = false;
        for _ in 0..copies {
            let ask = Ask::post(WEBHOOKS)
                .header(SIGNATURE_HEADER, &webhook.signature)
                .bytes(webhook.body.clone());
            let answer = ask.send_within(GATEWAY, 8080, WEBHOOK).await;
            taken |= answer.is_some_and(|answer| answer.status == 200);
        }
        taken
    }
}
