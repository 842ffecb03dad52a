//! A request of the script.

use reqwest::Method;
use serde_json::Value;

use super::people::Person;

/// A request to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    /// The length of a body that is declared and never sent.
    pub(crate) declares: Option<usize>,
    /// What stands in the recording for `authorization`.
    pub(crate) who: Option<&'static str>,
    pub(crate) keeps: Keeps,
}

/// How much of the answer's body is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// All of it, normalised.
    Everything,
    /// Its length and a digest: large and equal in every run.
    Digest,
}

/// The answers that are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// This one.
    Status(u16),
    /// Any 4xx.
    Refusal,
}

impl From<u16> for Expected {
    fn from(status: u16) -> Self {
        Self::Status(status)
    }
}

impl Expected {
    pub(crate) fn holds(self, status: u16) -> bool {
        match self {
            Self::Status(expected) => status == expected,
            Self::Refusal => (400..500).contains(&status),
        }
    }
}

impl Ask {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            declares: None,
            who: None,
            keeps: Keeps::Everything,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn head(path: impl Into<String>) -> Self {
        Self::new(Method::HEAD, path)
    }

    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub(crate) fn patch(path: impl Into<String>, etag: &str, body: &Value) -> Self {
        Self::new(Method::PATCH, path)
            .with("if-match", etag)
            .json(body)
    }

    pub(crate) fn put(path: impl Into<String>, etag: &str, body: &Value) -> Self {
        Self::new(Method::PUT, path)
            .with("if-match", etag)
            .json(body)
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Signed in as someone.
    pub(crate) fn by(mut self, person: &Person) -> Self {
        self.who = Some(person.name);
        self.with("authorization", format!("Bearer {}", person.token))
    }

    /// With the secret of a guest's cart.
    pub(crate) fn with_cart(self, token: &str) -> Self {
        self.with("cart-token", token)
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.with("idempotency-key", key)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.with("content-type", "application/json")
            .raw(body.to_string())
    }

    pub(crate) fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Declares a body of this length and sends none.
    pub(crate) fn declaring(mut self, length: usize) -> Self {
        self.declares = Some(length);
        self
    }

    /// Records the body's digest only.
    pub(crate) fn digest(mut self) -> Self {
        self.keeps = Keeps::Digest;
        self
    }
}
