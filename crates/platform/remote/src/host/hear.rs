//! One request: who sends it, may they, and what comes of it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, LazyLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use prometheus::{IntCounterVec, register_int_counter_vec};
use tenon_kernel::{Caller, Deadline};
use tenon_seam::{Executed, SeamFault, Surface, WireCall, WireOutcome, WireReply};
use tokio::time::timeout;
use tracing::Instrument as _;

use super::events::Stretch;
use super::{Peer, Serving};
use crate::frame;
use crate::token::{Bound, PASS, PROOF, Proven, Receiver, Seen};

/// For calls without a deadline of their own.
const LONGEST_CALL: Duration = Duration::from_secs(30);

static HEARD: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_seam_host_requests_total",
        "Requests of other processes, by the service that sent them and what came of them.",
        &["peer", "result"]
    )
    .expect("the name is registered once")
});

/// What a path asks for.
enum Route {
    Call(Surface, String),
    Events(Stretch),
}

impl Serving {
    pub(super) async fn answer(
        &self,
        peer: &Peer,
        request: Request<Incoming>,
    ) -> Response<Full<Bytes>> {
        let reply = self
            .hear(peer, request)
            .await
            .unwrap_or_else(WireReply::fault);
        let (result, status) = match &reply.outcome {
            WireOutcome::Ok(_) => ("answered", StatusCode::OK),
            WireOutcome::Domain(_) => ("refused", StatusCode::OK),
            WireOutcome::Fault(fault) => status_of(fault),
        };
        HEARD
            .with_label_values(&[peer.service.as_str(), result])
            .inc();
        let mut response = Response::new(Full::new(frame::reply(&reply)));
        *response.status_mut() = status;
        let kind = http::HeaderValue::from_static(frame::REPLY);
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }

    async fn hear(&self, peer: &Peer, request: Request<Incoming>) -> Result<WireReply, SeamFault> {
        let (head, body) = request.into_parts();
        let body = self.read(body).await?;
        let path = head.uri.path_and_query().map_or("", |path| path.as_str());
        let bound = Bound {
            audience: &self.host.service,
            verb: head.method.as_str(),
            path,
            body: &body,
        };
        let proven = self.authenticate(peer, &head.headers, bound)?;
        let peer = peer.service.as_str();
        let (module, route) =
            route(&head.method, head.uri.path(), head.uri.query()).ok_or_else(|| {
                tracing::warn!(peer, path, "a peer asked for something that does not exist");
                SeamFault::VersionSkew
            })?;
        self.authorize(peer, &proven.module, module, &route)?;
        match route {
            Route::Call(surface, method) => {
                self.call(peer, proven, module, surface, method, body).await
            }
            Route::Events(stretch) => self.events(module, stretch).await,
        }
    }

    /// Reads a request that is neither too large nor too slow.
    async fn read(&self, body: Incoming) -> Result<Bytes, SeamFault> {
        let limits = &self.host.limits;
        let patience = Duration::from_millis(limits.patience_ms);
        let limited = Limited::new(body, limits.max_request_bytes);
        match timeout(patience, limited.collect()).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(SeamFault::TooLarge {
                limit: limits.max_request_bytes as u64,
                executed: Executed::No,
            }),
            Ok(Err(_)) => Err(SeamFault::Unavailable {
                executed: Executed::No,
            }),
            Err(_) => Err(SeamFault::DeadlineExceeded {
                executed: Executed::No,
            }),
        }
    }

    fn authenticate<'h>(
        &self,
        peer: &Peer,
        headers: &'h HeaderMap,
        bound: Bound<'_>,
    ) -> Result<Proven<'h>, SeamFault> {
        let receiver = Receiver {
            keys: &self.host.keys,
            peer: &peer.service,
            now: self.host.env.now(),
        };
        let proven = match (only(headers, &AUTHORIZATION), only(headers, &PASS)) {
            (Ok(Some(sent)), Ok(Some(pass))) => sent
                .strip_prefix(PROOF)
                .ok_or("a pass without proof")
                .and_then(|proof| peer.shown.verify(&receiver, pass, proof, bound)),
            _ => Err("missing"),
        };
        proven.map_err(|reason| {
            tracing::warn!(
                peer = peer.service,
                path = bound.path,
                reason,
                "a request's pass or proof was refused"
            );
            SeamFault::Unauthenticated
        })
    }

    /// The service may speak for the module, and the module may do this.
    fn authorize(
        &self,
        peer: &str,
        caller: &str,
        module: &str,
        route: &Route,
    ) -> Result<(), SeamFault> {
        let may_speak = self
            .host
            .callers
            .get(peer)
            .is_some_and(|modules| modules.contains(caller));
        let (may_do, what) = match route {
            Route::Call(_, method) => (self.host.access.may_call(caller, module), method.as_str()),
            Route::Events(_) => (self.host.access.may_listen(caller, module), "events"),
        };
        if may_speak && may_do {
            return Ok(());
        }
        let edge = format!("{caller} -> {module}.{what}");
        tracing::warn!(
            peer,
            edge,
            may_speak,
            "a request along an undeclared edge was refused"
        );
        Err(SeamFault::Forbidden { edge })
    }

    async fn call(
        &self,
        peer: &str,
        proven: Proven<'_>,
        module: &str,
        surface: Surface,
        method: String,
        body: Bytes,
    ) -> Result<WireReply, SeamFault> {
        let found = self
            .host
            .surfaces
            .iter()
            .find(|((name, of), _)| *name == module && *of == surface);
        let Some((_, dispatch)) = found else {
            tracing::warn!(peer, module, %surface, "a peer asked for a contract that is not here");
            return Err(SeamFault::VersionSkew);
        };
        let is_query = dispatch.is_query(&method);
        let (head, body) = frame::open_request(body).ok_or(SeamFault::VersionSkew)?;
        let mut call = WireCall {
            surface,
            method,
            head,
            body,
            is_query,
            caller: Caller::Module(proven.module.to_string().into()),
            deadline: Deadline::NONE,
            max_response: usize::MAX, // the contract's own bound holds
        };
        let ctx = call.context()?;
        call.deadline = ctx.deadline;
        if ctx.caller != call.caller {
            tracing::warn!(peer, caller = ?ctx.caller, "a call context names another caller than its pass");
            return Err(SeamFault::Unauthenticated);
        }
        if !is_query {
            self.use_once(peer, &proven)?;
        }
        let span = tracing::info_span!(
            "seam.serve",
            caller = &*proven.module,
            callee = dispatch.module(),
            method = call.method
        );
        let dispatch = Arc::clone(dispatch);
        let run = async move { dispatch.dispatch(call).await }.instrument(span);
        let left = ctx.deadline.remaining().unwrap_or(LONGEST_CALL);
        let done = if is_query {
            // Ends with its caller, and so needs no task of its own.
            let run = AssertUnwindSafe(run).catch_unwind();
            timeout(left, run).await.map(|ran| ran.map_err(text_of))
        } else {
            // A task of its own, because a command outlives the connection.
            let ran = timeout(left, self.commands.spawn(run)).await;
            ran.map(|ran| ran.map_err(|error| error.to_string()))
        };
        match done {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(reason)) => Err(self.broken(&reason)),
            Err(_) => Err(SeamFault::DeadlineExceeded {
                executed: if is_query {
                    Executed::No
                } else {
                    Executed::Unknown
                },
            }),
        }
    }

    /// The proof of a command counts once.
    fn use_once(&self, peer: &str, proven: &Proven<'_>) -> Result<(), SeamFault> {
        let caller = &*proven.module;
        let Some(jti) = proven.jti else {
            tracing::warn!(peer, caller, "a command came without an id of its own");
            return Err(SeamFault::Unauthenticated);
        };
        let mut replay = self
            .host
            .replay
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match replay.note(self.host.env.now(), peer, jti) {
            Seen::Fresh => Ok(()),
            Seen::Before => {
                tracing::warn!(peer, caller, "a used proof was sent again");
                Err(SeamFault::Unauthenticated)
            }
            Seen::Full => Err(SeamFault::Overloaded {
                retry_after_ms: 1_000,
            }),
        }
    }

    /// A panic ends this call only.
    fn broken(&self, reason: &str) -> SeamFault {
        let incident = self.host.env.new_uuid().to_string();
        tracing::error!(incident, reason, "a call broke");
        SeamFault::Internal { incident }
    }
}

/// What a panic said.
fn text_of(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
        .to_owned()
}

/// The text of a header that may come once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut sent = headers.get_all(name).iter();
    match (sent.next(), sent.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        _ => Err(()),
    }
}

/// Reads `/_seam/{module}/{surface}/{method}` and `/_seam/{module}/events?…`.
fn route<'p>(verb: &Method, path: &'p str, query: Option<&str>) -> Option<(&'p str, Route)> {
    let mut parts = path.strip_prefix("/_seam/")?.split('/');
    let (module, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    match (verb, second, third) {
        (&Method::GET, "events", None) => Some((module, Route::Events(Stretch::read(query?)?))),
        (&Method::POST, surface, Some(method)) if query.is_none() => {
            let route = Route::Call(surface.parse().ok()?, method.to_owned());
            Some((module, route))
        }
        _ => None,
    }
}

/// For people who look at the traffic; peers read the body.
fn status_of(fault: &SeamFault) -> (&'static str, StatusCode) {
    match fault {
        SeamFault::Unauthenticated => ("unauthenticated", StatusCode::UNAUTHORIZED),
        SeamFault::Forbidden { .. } => ("forbidden", StatusCode::FORBIDDEN),
        SeamFault::VersionSkew => ("version_skew", StatusCode::NOT_FOUND),
        SeamFault::TooLarge { .. } => ("too_large", StatusCode::PAYLOAD_TOO_LARGE),
        SeamFault::DeadlineExceeded { .. } => ("late", StatusCode::GATEWAY_TIMEOUT),
        SeamFault::Overloaded { .. } => ("overloaded", StatusCode::TOO_MANY_REQUESTS),
        SeamFault::Unavailable { .. } => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
        _ => ("failed", StatusCode::INTERNAL_SERVER_ERROR),
    }
}
