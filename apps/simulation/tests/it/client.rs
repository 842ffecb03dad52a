//! One HTTP request over the simulated network, and its whole answer.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::time::timeout;
use turmoil::net::TcpStream;

/// Longer than any operation may take: what was not answered by then never will be.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) cart_token: Option<String>,
    pub(crate) body: Value,
    pub(crate) bytes: Bytes,
}

impl Answer {
    /// The text of a member; empty if there is none.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_default()
    }

    /// Whether the same request may have another answer later.
    pub(crate) fn is_for_now(&self) -> bool {
        self.status >= 500 || self.status == 429 || self.body["retry"] == "after"
    }
}

/// A request in the making.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Bytes>,
}

impl Ask {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string())
    }

    pub(crate) fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", "application/json")
    }

    /// `POST /v1/checkouts`
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Sends it; `None` if no whole answer came in time.
    pub(crate) async fn send(&self, host: &str, port: u16) -> Option<Answer> {
        self.send_within(host, port, PATIENCE).await
    }

    /// As [`Ask::send`], with less patience.
    pub(crate) async fn send_within(
        &self,
        host: &str,
        port: u16,
        patience: Duration,
    ) -> Option<Answer> {
        timeout(patience, self.exchange(host, port))
            .await
            .ok()?
            .ok()
    }

    async fn exchange(&self, host: &str, port: u16) -> io::Result<Answer> {
        let other = |error: hyper::Error| io::Error::other(error);
        let socket = TcpStream::connect((host, port)).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(socket))
            .await
            .map_err(other)?;
        let _connection = Ends(tokio::spawn(async move {
            let _ended = connection.await;
        }));
        let uri: Uri = self.path.parse().map_err(io::Error::other)?;
        let mut request = Request::builder()
            .method(&self.method)
            .uri(uri)
            .header("host", host);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = Full::new(self.body.clone().unwrap_or_default());
        let request = request.body(body).map_err(io::Error::other)?;
        let answer = sender.send_request(request).await.map_err(other)?;
        let header = |name: &str| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let (etag, cart_token) = (header("etag"), header("cart-token"));
        let status = answer.status().as_u16();
        let bytes = answer
            .into_body()
            .collect()
            .await
            .map_err(other)?
            .to_bytes();
        Ok(Answer {
            status,
            etag,
            cart_token,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
        })
    }
}

/// A task that ends with whoever needs it.
struct Ends(tokio::task::JoinHandle<()>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.abort();
    }
}
