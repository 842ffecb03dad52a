//! The REST surface of a module that runs elsewhere: the gateway admits a request and sends it on, the module's
//! process runs the handler and sends its answer back.
//!
//! Everything that all endpoints share happens once, at the gateway: token, limits, CORS, 304, compression, the
//! headers of security. What crosses is the admitted request and the handler's whole answer, so a client gets the
//! same bytes as from one process.

mod frame;
mod host;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, FORWARDED, HOST,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tenon_kernel::ErrorKind;
use tenon_seam::{Executed, MethodKind, Relay, RelayMethod, SeamFault};

use self::frame::{AnswerHead, RequestHead};
pub use self::host::HttpDispatch;
use crate::endpoint::Secrets;
use crate::extract::Facts;
use crate::reply::NextCursor;
use crate::{Endpoint, Problem};

/// Room for what stands around the body of a request: the accept loop takes smaller heads only.
const MAX_REQUEST_HEAD: usize = 256 * 1024;
/// Largest answer of a handler, headers and all.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// Bounds a call whose request has no deadline; the edge gives each one.
const LONGEST: Duration = Duration::from_mins(5);

/// What the edge reads and no handler sees, wherever it runs: credentials, and what belongs to one connection. The
/// credentials that an endpoint says it checks itself are handed on.
const HIDDEN: [HeaderName; 13] = [
    AUTHORIZATION,
    CONNECTION,
    CONTENT_LENGTH,
    COOKIE,
    EXPECT,
    FORWARDED,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("x-forwarded-for"),
];

/// The caller by whose name the process with the public API sends requests on. No module may: whoever speaks for it
/// says on whose behalf a request is made, and handlers believe it.
pub const GATEWAY: &str = "app";

/// Takes away what a handler must not see.
pub(crate) fn hide(headers: &mut HeaderMap, secrets: Secrets) {
    let cookie = secrets.cookie.and_then(|name| cookie(headers, name));
    for name in &HIDDEN {
        if !(secrets.client && *name == AUTHORIZATION) {
            headers.remove(name);
        }
    }
    if let Some(cookie) = cookie {
        headers.insert(COOKIE, cookie);
    }
}

/// Finds one cookie (RFC 6265 §4.2); none where two have its name, of which one may have been planted.
fn cookie(headers: &HeaderMap, name: &str) -> Option<HeaderValue> {
    let pairs = headers.get_all(COOKIE).iter();
    let pairs = pairs.filter_map(|value| value.to_str().ok());
    let mut found = pairs
        .flat_map(|value| value.split(';'))
        .map(str::trim)
        .filter(|pair| pair.split_once('=').is_some_and(|(known, _)| known == name));
    let first = found.next().filter(|_| found.next().is_none())?;
    HeaderValue::try_from(first).ok()
}

impl Endpoint {
    /// The same operation for clients, with a handler that sends the request to the module's own process.
    #[must_use]
    pub fn forwarded(self, relay: Arc<Relay>) -> Self {
        let way = Arc::new(Way {
            relay,
            operation: self.operation_id(),
            is_read: *self.method() == Method::GET,
            timeout: self.shape.deadline.unwrap_or(LONGEST),
            max_request: self.max_body() + MAX_REQUEST_HEAD,
        });
        self.with_handler(Arc::new(move |request| {
            let way = Arc::clone(&way);
            Box::pin(async move { way.send(request).await.into_response() })
        }))
    }
}

/// The way of one operation to the module's process.
struct Way {
    relay: Arc<Relay>,
    operation: &'static str,
    is_read: bool,
    timeout: Duration,
    max_request: usize,
}

impl Way {
    async fn send(&self, request: Request) -> Result<Response, Problem> {
        let (parts, _) = request.into_parts();
        let facts = parts.extensions.get::<Arc<Facts>>().ok_or_else(|| {
            Problem::new(
                ErrorKind::Internal,
                "internal",
                "a handler ran outside the edge",
            )
        })?;
        let head = RequestHead::of(&parts, facts);
        let kind = match (self.is_read, &facts.ctx.idempotency) {
            (true, _) => MethodKind::Query,
            (false, key) => MethodKind::Command {
                keyed: key.is_some(),
            },
        };
        let method = RelayMethod {
            name: Cow::Borrowed(self.operation),
            kind,
            timeout: self.timeout,
            max_request: self.max_request,
            max_response: MAX_ANSWER,
        };
        let answer = async {
            let body = frame::join(&head, &facts.body)?;
            let answer = self.relay.call(&facts.ctx, &method, body).await?;
            rebuild(answer)
        };
        answer.await.map_err(|fault| self.refused(fault))
    }

    /// What a client is told if the answer did not come: what happened, and whether the request may have run.
    fn refused(&self, fault: SeamFault) -> Problem {
        let problem = Problem::from(fault.clone());
        if problem.status() != http::StatusCode::SERVICE_UNAVAILABLE {
            return problem;
        }
        let what = match &fault {
            SeamFault::DeadlineExceeded { .. } => "The answer took too long.",
            SeamFault::Overloaded { .. } => "Too many requests are running.",
            _ => "This part of the service cannot be reached now.",
        };
        let effect = match fault.executed() {
            _ if self.is_read => "Ask again.",
            Executed::No => "Nothing was done: send the request again.",
            Executed::Unknown => {
                "Whether the request had its effect is not known: repeat it with the same key."
            }
            Executed::Yes => {
                "The request had its effect, but its answer was lost: repeat it with the same key."
            }
        };
        problem.with_detail(format!("{what} {effect}"))
    }
}

/// Makes the response that the handler gave at the other side.
fn rebuild(answer: Bytes) -> Result<Response, SeamFault> {
    let (head, body) = frame::split::<AnswerHead>(answer)?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        http::StatusCode::from_u16(head.status).map_err(|_| SeamFault::VersionSkew)?;
    *response.headers_mut() = frame::headers(head.headers)?;
    if let Some(cursor) = head.next_cursor {
        response.extensions_mut().insert(NextCursor(cursor));
    }
    Ok(response)
}
