//! Requests and answers as tests read and write them.

use std::fmt;
use std::future::IntoFuture;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde_json::Value;
use tenon_kernel::Role;
use tenon_web::Connection;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::access::TestAccess;

const SHOP: HeaderValue = HeaderValue::from_static("shop.test");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Someone who sends requests.
#[derive(Clone)]
pub struct Client {
    router: Router,
    credential: Credential,
}

#[derive(Clone)]
enum Credential {
    None,
    Token(String),
    User {
        access: Arc<TestAccess>,
        user: Uuid,
        roles: Vec<Role>,
    },
}

/// A request being put together; `.await` sends it.
#[must_use = "a request is sent when it is awaited"]
pub struct TestRequest {
    router: Router,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    from: Option<IpAddr>,
}

/// An answer whose body is read as it comes; to drop it is to hang up.
pub struct TestStream {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    text: String,
}

/// An answer, body already read.
#[derive(Clone)]
pub struct TestReply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Client {
    pub(super) fn anonymous(router: Router) -> Self {
        Self {
            router,
            credential: Credential::None,
        }
    }

    pub(super) fn with_token(router: Router, token: &str) -> Self {
        Self {
            router,
            credential: Credential::Token(token.to_owned()),
        }
    }

    pub(super) fn signed_in(
        router: Router,
        access: Arc<TestAccess>,
        user: Uuid,
        roles: Vec<Role>,
    ) -> Self {
        Self {
            router,
            credential: Credential::User {
                access,
                user,
                roles,
            },
        }
    }

    /// Starts a request.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// Starts a request.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// Starts a request.
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// Starts a request.
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// Starts a request.
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// Starts a request of any method.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let mut headers = HeaderMap::from_iter([(HOST, SHOP)]);
        if let Some(token) = self.credential.token() {
            let bearer =
                HeaderValue::try_from(format!("Bearer {token}")).expect("a token is visible ASCII");
            headers.insert(AUTHORIZATION, bearer);
        }
        TestRequest {
            router: self.router.clone(),
            method,
            path: path.to_owned(),
            headers,
            body: Bytes::new(),
            from: None,
        }
    }
}

impl Credential {
    fn token(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Token(token) => Some(token.clone()),
            Self::User {
                access,
                user,
                roles,
            } => Some(access.token(*user, roles)),
        }
    }
}

impl TestRequest {
    /// Adds a JSON body.
    pub fn json<T: Serialize>(self, body: &T) -> Self {
        let body = serde_json::to_vec(body).expect("the body can be written as JSON");
        self.bytes(JSON.to_str().expect("ASCII"), body)
    }

    /// Adds a body as it is.
    pub fn bytes(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(
            CONTENT_TYPE,
            HeaderValue::try_from(content_type).expect("a content type"),
        );
        self.body = body.into();
        self
    }

    /// Adds `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Adds a header, replacing one of the same name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header's name");
        self.headers.insert(
            name,
            HeaderValue::try_from(value).expect("a header's value"),
        );
        self
    }

    /// Sends it over a connection from there; otherwise it comes from nowhere that is known.
    pub fn sent_from(mut self, address: &str) -> Self {
        self.from = Some(address.parse().expect("an address"));
        self
    }

    /// Takes a header away, for example `Authorization`.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Sends it and leaves the body of the answer to be read as it comes.
    pub async fn open(self) -> TestStream {
        let (parts, body) = self.response().await.into_parts();
        TestStream {
            status: parts.status,
            headers: parts.headers,
            body,
            text: String::new(),
        }
    }

    async fn send(self) -> TestReply {
        let (parts, body) = self.response().await.into_parts();
        let body = body
            .collect()
            .await
            .expect("the body can be read")
            .to_bytes();
        TestReply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn response(self) -> Response {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("a path");
        *request.headers_mut() = self.headers;
        if let Some(address) = self.from {
            let connection = Connection::new((address, 40_000).into(), TaskTracker::new());
            request.extensions_mut().insert(connection);
        }
        match self.router.oneshot(request).await {
            Ok(reply) => reply,
            Err(never) => match never {},
        }
    }
}

impl TestStream {
    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The lines of the next event or comment; `None` once the stream has ended.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let frame = self.body.frame().await?.expect("the body can be read");
            let bytes = frame.into_data().expect("a stream has no trailers");
            self.text
                .push_str(std::str::from_utf8(&bytes).expect("a stream is UTF-8"));
        }
    }

    /// The next event, with its id; `None` if everything there is was told, or the stream has ended.
    pub async fn event(&mut self) -> Option<(String, Value)> {
        let block = self.next().await?;
        let (id, data) = block.strip_prefix("id: ")?.split_once("\ndata: ")?;
        let data = serde_json::from_str(data).expect("the data is JSON");
        Some((id.to_owned(), data))
    }
}

impl IntoFuture for TestRequest {
    type Output = TestReply;
    type IntoFuture = Pin<Box<dyn Future<Output = TestReply> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl TestReply {
    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Checks the status; returns the body, null if there is none. The body is shown if the status differs.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The `code` of a problem document.
    pub fn code(&self) -> String {
        self.json()["code"]
            .as_str()
            .unwrap_or_else(|| panic!("not a problem: {self:?}"))
            .to_owned()
    }
}

impl fmt::Debug for TestReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}
