//! The payment simulator as the lab steers it.

use anyhow::{Result, bail};
use reqwest::Method;
use serde_json::{Value, json};

use super::http::Http;

/// The provider's control API.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    http: Http,
    base: String,
}

impl Provider {
    pub(crate) fn new(http: Http, base: &str) -> Self {
        Self {
            http,
            base: format!("{}/control", base.trim_end_matches('/')),
        }
    }

    /// Works as it should again, and delivers what it held.
    pub(crate) async fn mend(&self) -> Result<()> {
        self.post("faults/clear", &json!({})).await?;
        self.rates("normal", &json!({})).await?;
        self.mode("normal", "deliver").await?;
        self.release(false).await.map(drop)
    }

    /// How calls are answered and webhooks sent.
    pub(crate) async fn mode(&self, api: &str, webhooks: &str) -> Result<()> {
        let body = json!({ "api": api, "webhooks": webhooks });
        self.post("mode", &body).await.map(drop)
    }

    /// How the provider of rates behaves, and what it says.
    pub(crate) async fn rates(&self, mode: &str, answer: &Value) -> Result<()> {
        let body = json!({ "mode": mode, "answer": answer });
        self.post("rates", &body).await.map(drop)
    }

    /// The next calls of a kind go wrong.
    pub(crate) async fn inject(&self, operation: &str, fault: &str, times: u32) -> Result<()> {
        let body = json!({ "operation": operation, "fault": fault, "times": times });
        self.post("faults", &body).await.map(drop)
    }

    /// Does what a buyer, or the bank, does; returns the intent.
    pub(crate) async fn choose(&self, reference: &str, choice: &str) -> Result<Value> {
        let path = format!("intents/{reference}/choice");
        self.post(&path, &json!({ "choice": choice })).await
    }

    /// Sends the last webhook of an intent again.
    pub(crate) async fn resend(&self, reference: &str, copies: u32) -> Result<()> {
        let path = format!("intents/{reference}/webhooks");
        self.post(&path, &json!({ "copies": copies }))
            .await
            .map(drop)
    }

    /// Sends what was held; returns how many.
    pub(crate) async fn release(&self, reversed: bool) -> Result<u64> {
        let released = self
            .post("webhooks/release", &json!({ "reversed": reversed }))
            .await?;
        Ok(released["released"].as_u64().unwrap_or_default())
    }

    /// Webhooks that nobody was sent.
    pub(crate) async fn held(&self) -> Result<u64> {
        Ok(self.get("mode").await?["held"].as_u64().unwrap_or_default())
    }

    /// Calls that are taken and not answered.
    pub(crate) async fn held_calls(&self) -> Result<u64> {
        let mode = self.get("mode").await?;
        Ok(mode["held_calls"].as_u64().unwrap_or_default())
    }

    /// The signature under a body of one's own.
    pub(crate) async fn sign(&self, body: &str) -> Result<String> {
        let signed = self.post("signatures", &json!({ "body": body })).await?;
        Ok(signed["signature"].as_str().unwrap_or_default().to_owned())
    }

    /// An intent by the merchant's reference; null if there is none.
    pub(crate) async fn intent(&self, reference: &str) -> Result<Value> {
        let reply = self
            .http
            .get(&format!("{}/intents/{reference}", self.base))
            .await?;
        if reply.status == 404 {
            return Ok(Value::Null);
        }
        Ok(reply.expect(200)?.body)
    }

    /// How many intents there are.
    pub(crate) async fn intents(&self) -> Result<usize> {
        let all = self.get("intents").await?;
        Ok(all["intents"].as_array().map_or(0, Vec::len))
    }

    pub(crate) async fn advance(&self, body: &Value) -> Result<()> {
        self.post("clock", body).await.map(drop)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let reply = self.http.get(&format!("{}/{path}", self.base)).await?;
        Ok(reply.expect(200)?.body)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}/{path}", self.base);
        let reply = self.http.send(Method::POST, &url, &[], Some(body)).await?;
        if !(200..300).contains(&reply.status) {
            bail!("POST {url}: saw {}: {}", reply.status, reply.text_body());
        }
        Ok(reply.body)
    }
}
