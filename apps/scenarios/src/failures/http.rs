//! Requests whose answers are looked at, whatever their status.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Method};
use serde_json::Value;

/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request waits because too many were sent.
const WAITS: u32 = 90;

/// Sends requests.
#[derive(Debug, Clone)]
pub(crate) struct Http(Client);

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) etag: Option<String>,
    pub(crate) cart_token: Option<String>,
    raw: Vec<u8>,
    /// `POST http://…`
    asked: String,
}

impl Http {
    pub(crate) fn new() -> Result<Self> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self(client))
    }

    pub(crate) async fn get(&self, url: &str) -> Result<Reply> {
        self.send(Method::GET, url, &[], None).await
    }

    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Reply> {
        self.send(Method::POST, url, headers, Some(body)).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Reply> {
        let text = body.map(Value::to_string);
        self.send_text(method, url, headers, text.as_deref()).await
    }

    /// Sends a body as it stands.
    pub(crate) async fn send_text(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Reply> {
        let asked = format!("{method} {url}");
        for _ in 0..WAITS {
            let mut request = self.0.request(method.clone(), url);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            if let Some(body) = body {
                request = request
                    .header("content-type", "application/json")
                    .body(body.to_owned());
            }
            let response = request.send().await.with_context(|| asked.clone())?;
            let status = response.status().as_u16();
            let header = |name: &str| {
                let value = response.headers().get(name);
                value
                    .and_then(|value| value.to_str().ok())
                    .map(str::to_owned)
            };
            let (etag, cart_token) = (header("etag"), header("cart-token"));
            let raw = response
                .bytes()
                .await
                .with_context(|| asked.clone())?
                .to_vec();
            if status == 429 {
                // A person at a development server: its limits are those of real time.
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            return Ok(Reply {
                status,
                etag,
                cart_token,
                body: serde_json::from_slice(&raw).unwrap_or_default(),
                raw,
                asked,
            });
        }
        bail!("{asked}: too many requests, for {WAITS} s")
    }
}

impl Reply {
    /// Checks the status.
    pub(crate) fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!(
                "{}: expected {status}, saw {}: {}",
                self.asked,
                self.status,
                self.text_body()
            );
        }
        Ok(self)
    }

    /// The text at a JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Result<String> {
        let text = self.body.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned).with_context(|| {
            format!(
                "{}: no text at {pointer} in {}",
                self.asked,
                self.text_body()
            )
        })
    }

    /// The body as text.
    pub(crate) fn text_body(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }
}
