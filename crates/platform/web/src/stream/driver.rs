//! The edge's side of a stream: asks for pages, writes them out, and ends it in words.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;
use tenon_access::TokenVerifier;
use tenon_kernel::{CallCtx, Caller, Deadline, Principal, TraceContext};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::places::Place;
use super::{EVENT_STREAM, Ending, LAST_EVENT_ID, Lasting, Places};
use crate::dispatch::{DEADLINE_GRACE, admitted, call};
use crate::endpoint::Secrets;
use crate::extract::{Facts, PathParams};
use crate::forward::hide;
use crate::prefer::PREFER;
use crate::{Endpoint, Expand, Problem};

/// How long a page waits for something to tell before the reader gets a sign of life. It is also how late a stream
/// notices that its reader's session has ended: nothing is told after that.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// A comment: what there is has been told. It tells proxies and readers that the connection lives.
const CAUGHT_UP: &[u8] = b": caught up\n\n";
/// Asks proxies to pass on what they get at once.
static ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// An admitted request for a stream.
pub(crate) struct Opening<'d> {
    pub(crate) endpoint: &'d Endpoint,
    pub(crate) verifier: &'d TokenVerifier,
    pub(crate) places: &'d Places,
    pub(crate) parts: Parts,
    pub(crate) params: PathParams,
    pub(crate) principal: Principal,
    pub(crate) client: Option<IpAddr>,
    pub(crate) trace: TraceContext,
    /// How long the handler may take beyond its waiting.
    pub(crate) allowed: Duration,
    pub(crate) stopping: CancellationToken,
}

/// Asks the handler.
struct Asker {
    endpoint: Endpoint,
    parts: Parts,
    params: PathParams,
    principal: Principal,
    client: Option<IpAddr>,
    trace: TraceContext,
    allowed: Duration,
}

/// An open stream.
struct Stream {
    asker: Asker,
    verifier: TokenVerifier,
    credentials: http::HeaderMap,
    stopping: CancellationToken,
    position: HeaderValue,
    wait: Duration,
    step: Step,
    /// Dropped with the stream.
    _place: Place,
}

enum Step {
    /// A page that was fetched and not yet handed over.
    Ready(Bytes),
    Ask,
    Over,
}

struct Page {
    text: Bytes,
    position: HeaderValue,
}

/// Opens a stream: the first page decides whether there is one. `noting` gets the facts of that page's request.
pub(crate) async fn open(
    opening: Opening<'_>,
    noting: impl FnOnce(Arc<Facts>),
) -> Result<Response, Problem> {
    let owner = match &opening.principal {
        Principal::Anonymous => format!("{:?}", opening.client),
        known @ (Principal::User(_) | Principal::Service { .. }) => known.to_string(),
    };
    let place = opening.places.enter(owner)?;
    let mut parts = opening.parts;
    let credentials = parts.headers.clone();
    hide(&mut parts.headers, Secrets::default());
    let asker = Asker {
        endpoint: opening.endpoint.clone(),
        parts,
        params: opening.params,
        principal: opening.principal,
        client: opening.client,
        trace: opening.trace,
        allowed: opening.allowed,
    };
    let facts = asker.facts(Duration::ZERO);
    noting(Arc::clone(&facts));
    let answer = asker.ask(facts, None, Duration::ZERO).await?;
    let page = match read(answer).await {
        Ok(page) => page,
        Err(refusal) => return Ok(refusal),
    };
    let running = Stream {
        asker,
        verifier: opening.verifier.clone(),
        credentials,
        stopping: opening.stopping,
        position: page.position,
        wait: Duration::ZERO,
        step: Step::Ask,
        _place: place,
    };
    let body = stream::unfold(running.with(page.text), Stream::next);
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    headers.insert(ACCEL_BUFFERING.clone(), HeaderValue::from_static("no"));
    response.extensions_mut().insert(Lasting);
    Ok(response)
}

impl Stream {
    /// Sets what is handed over next. What there is is told without waiting; then comes a sign of life.
    fn with(mut self, text: Bytes) -> Self {
        (self.wait, self.step) = if text.is_empty() {
            (PATIENCE, Step::Ready(Bytes::from_static(CAUGHT_UP)))
        } else {
            (Duration::ZERO, Step::Ready(text))
        };
        self
    }

    /// Called when the connection can take more, and not before.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        match std::mem::replace(&mut self.step, Step::Ask) {
            Step::Over => return None,
            Step::Ready(text) => return Some((Ok(text), self)),
            Step::Ask => {}
        }
        let fetched = tokio::select! {
            biased;
            () = self.stopping.cancelled() => Err(Ending("stopping".to_owned())),
            fetched = self.fetch() => fetched,
        };
        match fetched {
            Ok(page) => {
                self.position = page.position;
                self = self.with(page.text);
                let Step::Ready(text) = std::mem::replace(&mut self.step, Step::Ask) else {
                    return None;
                };
                Some((Ok(text), self))
            }
            Err(ending) => {
                self.step = Step::Over;
                Some((Ok(Bytes::from(ending.to_string())), self))
            }
        }
    }

    /// Fetches a page for a reader who may still have it: what comes after the end of a session is told to nobody.
    async fn fetch(&self) -> Result<Page, Ending> {
        let facts = self.asker.facts(self.wait);
        let answer = self.asker.ask(facts, Some(&self.position), self.wait).await;
        let shape = &self.asker.endpoint.shape;
        admitted(&self.verifier, shape, &self.credentials, self.asker.client)
            .await
            .map_err(|problem| Ending(problem.code().to_owned()))?;
        let answer = answer.map_err(|problem| Ending(problem.code().to_owned()))?;
        match read(answer).await {
            Ok(page) => Ok(page),
            Err(refusal) => Err(Ending(code_of(refusal).await)),
        }
    }
}

impl Asker {
    fn facts(&self, wait: Duration) -> Arc<Facts> {
        let mut ctx = CallCtx::resume(
            self.trace,
            self.principal.clone(),
            Caller::Edge,
            self.endpoint.shape.interface,
        );
        ctx.deadline = Deadline::after(self.allowed + wait);
        Arc::new(Facts {
            ctx,
            params: self.params.clone(),
            body: Bytes::new(),
            client: self.client,
            credential: tenon_access::Credential::default(),
            seen: Vec::new(),
            expand: Expand::default(),
        })
    }

    async fn ask(
        &self,
        facts: Arc<Facts>,
        after: Option<&HeaderValue>,
        wait: Duration,
    ) -> Result<Response, Problem> {
        let mut request = Request::from_parts(self.parts.clone(), Body::empty());
        let headers = request.headers_mut();
        // Whatever the reader prefers: only the edge knows whether it has something to say yet.
        let prefer = HeaderValue::try_from(format!("wait={}", wait.as_secs()));
        headers.insert(PREFER.clone(), prefer.expect("digits are header text"));
        if let Some(after) = after {
            headers.insert(LAST_EVENT_ID.clone(), after.clone());
        }
        request.extensions_mut().insert(facts);
        let span = tracing::debug_span!(
            target: "tenon_web::span", "http.stream",
            operation = self.endpoint.operation_id(), trace_id = self.trace.trace_id_text()
        );
        let handler = self.endpoint.call(request).instrument(span);
        call::read(handler, self.allowed + wait + DEADLINE_GRACE).await
    }
}

/// Takes a page out of an answer; gives the answer back if it is something else.
async fn read(mut answer: Response) -> Result<Page, Response> {
    if answer.status() != StatusCode::OK {
        return Err(answer);
    }
    let Some(position) = answer.headers_mut().remove(&LAST_EVENT_ID) else {
        return Err(answer);
    };
    let text = answer.into_body().collect().await;
    let text = text.map_err(|_| Response::default())?.to_bytes();
    Ok(Page { text, position })
}

/// What a handler refused with, here or in another process.
async fn code_of(refusal: Response) -> String {
    if let Some(problem) = refusal.extensions().get::<Problem>() {
        return problem.code().to_owned();
    }
    let body = refusal.into_body().collect().await.ok();
    let body: Option<serde_json::Value> =
        body.and_then(|body| serde_json::from_slice(&body.to_bytes()).ok());
    let code = body.as_ref().and_then(|body| body["code"].as_str());
    code.unwrap_or("unavailable").to_owned()
}
