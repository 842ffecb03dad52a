//! A REST client that prints what it does and stops at the first answer it did not expect.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::accounts::Account;

/// Sends requests, with an access token if it has one.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// An answer that was expected.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Value,
    pub(crate) etag: Option<String>,
}

impl Client {
    /// A client that is not signed in.
    pub(crate) fn new(base: &str) -> Result<Self> {
        Ok(Self {
            http: http_client()?,
            base: base.trim_end_matches('/').to_owned(),
            token: None,
        })
    }

    /// The same client, signed in.
    pub(crate) async fn signed_in(&self, account: &Account) -> Result<Self> {
        let body = json!({ "email": account.email, "password": account.password });
        let session = self.post("/v1/auth/sessions", None, &body, 201).await?;
        let token = text(&session.body, "/access_token")?;
        Ok(Self {
            token: Some(token),
            ..self.clone()
        })
    }

    /// The access token; empty if not signed in.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    pub(crate) async fn get(&self, path: &str, expected: u16) -> Result<Answer> {
        self.send(Method::GET, path, &[], None, expected).await
    }

    /// Reads without a word: for things that are looked for again and again.
    pub(crate) async fn get_quietly(&self, path: &str) -> Result<Value> {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&response.bytes().await?)?)
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        key: Option<&str>,
        body: &Value,
        expected: u16,
    ) -> Result<Answer> {
        let headers: Vec<(&'static str, &str)> = key
            .map(|key| ("idempotency-key", key))
            .into_iter()
            .collect();
        self.send(Method::POST, path, &headers, Some(body), expected)
            .await
    }

    pub(crate) async fn patch(
        &self,
        path: &str,
        etag: &str,
        body: &Value,
        expected: u16,
    ) -> Result<Answer> {
        self.send(
            Method::PATCH,
            path,
            &[("if-match", etag)],
            Some(body),
            expected,
        )
        .await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Option<&Value>,
        expected: u16,
    ) -> Result<Answer> {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request
            .send()
            .await
            .with_context(|| format!("{method} {path}"))?;
        let status = response.status().as_u16();
        let etag = response
            .headers()
            .get(header::ETAG)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status != expected {
            bail!(
                "{method} {path}: expected {expected}, got {status}: {}",
                String::from_utf8_lossy(&bytes)
            );
        }
        println!("    {method} {path} -> {status}");
        Ok(Answer { body, etag })
    }
}

/// What requests go out by: straight, and as they are answered.
pub(crate) fn http_client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .timeout(Duration::from_secs(20))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?)
}

/// The text at a JSON pointer.
pub(crate) fn text(body: &Value, pointer: &str) -> Result<String> {
    let value = body.pointer(pointer).and_then(Value::as_str);
    value
        .map(str::to_owned)
        .with_context(|| format!("no text at {pointer} in {body}"))
}

/// The whole number at a JSON pointer.
pub(crate) fn number(body: &Value, pointer: &str) -> Result<i64> {
    body.pointer(pointer)
        .and_then(Value::as_i64)
        .with_context(|| format!("no number at {pointer} in {body}"))
}
