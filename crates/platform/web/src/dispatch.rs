//! The way of a request through the edge, in one function that can be read from top to bottom.

mod admit;
mod body;
pub(crate) mod call;
mod finish;
mod metrics;
mod timing;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{ALLOW, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use tenon_access::TokenVerifier;
use tenon_kernel::{CallCtx, Caller, Deadline, Env, ErrorKind, TraceContext};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::client::{Connection, client_address};
use crate::cors::{Cors, Origin};
use crate::extract::{Facts, decode_params, read_if_match, refuse_unexpected};
use crate::forward::hide;
use crate::limiter::{Limiter, Quota};
use crate::negotiate::{
    accepts_gzip, require_events_accepted, require_html_accepted, require_json_accepted,
};
use crate::pages::{OpenApiPage, Pages};
use crate::routes::{Found, Route, Routes};
use crate::shaping::Shaping;
use crate::stream::{self, Places};
use crate::trace::{TraceIds, TraceText};
use crate::{EdgeError, EdgeState, Endpoint, Problem, WebSettings, consistency};

pub(crate) use self::admit::admitted;
pub(crate) use self::finish::render;
pub(crate) use self::metrics::RouteMetrics;
use self::timing::Timing;

/// How long a request waits for a free place before it is refused.
const QUEUE_WAIT: Duration = Duration::from_millis(100);
/// What a handler gets beyond its deadline to say itself that it is late.
pub(crate) const DEADLINE_GRACE: Duration = Duration::from_millis(500);

/// Everything the edge needs to answer requests.
pub(crate) struct Dispatch {
    env: Env,
    verifier: TokenVerifier,
    settings: Arc<WebSettings>,
    routes: Routes,
    pages: Pages,
    cors: Cors,
    trace_ids: TraceIds,
    slots: Semaphore,
    streams: Places,
    hsts: Option<HeaderValue>,
}

/// What is remembered of a request until its answer is finished.
struct Exchange<'d> {
    started: Instant,
    trace: TraceContext,
    trace_text: TraceText,
    method: Method,
    uri: Uri,
    if_none_match: Option<HeaderValue>,
    gzip: bool,
    origin: Origin,
    route: Option<&'d Route>,
    quota: Option<(&'d Limiter, Quota)>,
    facts: Option<Arc<Facts>>,
    timing: Timing,
}

impl Dispatch {
    pub(crate) fn new(
        state: EdgeState,
        endpoints: Vec<Endpoint>,
        openapi: OpenApiPage,
    ) -> Result<Self, EdgeError> {
        let EdgeState {
            env,
            verifier,
            settings,
        } = state;
        let limits = [
            ("default", settings.rate_limits.default),
            ("auth", settings.rate_limits.auth),
        ];
        let limiters: HashMap<_, _> = limits
            .into_iter()
            .map(|(name, limit)| (name, Limiter::new(name, limit).map(Arc::new)))
            .collect();
        let hsts =
            (settings.hsts_seconds > 0).then(|| format!("max-age={}", settings.hsts_seconds));
        Ok(Self {
            pages: Pages::new(openapi, &endpoints, settings.docs),
            routes: Routes::new(endpoints, &limiters)?,
            cors: Cors::new(&settings.cors_origins, settings.hsts_seconds > 0),
            trace_ids: TraceIds::new(&env),
            slots: Semaphore::new(settings.max_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            streams: Places::new(settings.max_streams, settings.max_streams_per_caller),
            hsts: hsts.and_then(|value| HeaderValue::try_from(value).ok()),
            env,
            verifier,
            settings,
        })
    }

    /// Answers a request, whatever it is.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let mut exchange = self.open(&parts);
        let outcome = self.run(&mut exchange, parts, body).await;
        let mut response = self.finish(&exchange, outcome);
        if finish::is_worth_compressing(&mut response, exchange.gzip) {
            response = Box::pin(finish::compress(response)).await;
        }
        exchange.complete(response)
    }

    fn open(&self, parts: &Parts) -> Exchange<'_> {
        let trace = self.trace_ids.of_request(&parts.headers);
        Exchange {
            started: Instant::now(),
            trace_text: TraceText::new(&trace),
            trace,
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            if_none_match: parts.headers.get(IF_NONE_MATCH).cloned(),
            gzip: accepts_gzip(&parts.headers),
            origin: self.cors.origin(&parts.headers, &parts.uri),
            route: None,
            quota: None,
            facts: None,
            timing: Timing::new(self.settings.server_timing),
        }
    }

    async fn run<'d>(
        &'d self,
        exchange: &mut Exchange<'d>,
        mut parts: Parts,
        body: Body,
    ) -> Result<Response, Problem> {
        self.check_host(&parts)?;
        let path = parts.uri.path();
        let (route, params) = match self.routes.find(&parts.method, path) {
            Found::Route(route, params) => (route, params),
            Found::Path(allow) => return answer_other_method(&parts, allow),
            Found::Nothing => return self.pages.answer(&parts, path),
        };
        exchange.route = Some(route);
        let _slot = self.slot().await?;
        let endpoint = &route.endpoint;
        Cors::check(&exchange.origin, &parts.method, &parts.headers)?;
        if endpoint.shape.same_origin {
            Cors::check_same(&exchange.origin, &parts.headers)?;
        }
        if endpoint.shape.is_stream {
            require_events_accepted(&parts.headers)?;
        } else if endpoint.shape.answers_html {
            require_html_accepted(&parts.headers)?;
        } else {
            require_json_accepted(&parts.headers)?;
        }
        body::check_declared_length(&parts.headers, endpoint.max_body())?;

        let connection = parts.extensions.get::<Connection>();
        let client = connection.map(|connection| {
            client_address(
                connection.peer().ip(),
                &parts.headers,
                &self.settings.trusted_proxies,
            )
        });
        let (principal, credential) = self.admit(exchange, route, &parts.headers, client).await?;
        exchange.admitted(&principal);

        let params = decode_params(route.params(&params))?;
        let shaping = Shaping::of(route, &parts.headers, &mut parts.uri)?;
        if endpoint.shape.query.is_none() {
            refuse_unexpected(parts.uri.query())?;
        }
        if endpoint.shape.is_stream {
            let stopping = connection.map(|connection| connection.stopping().clone());
            let opening = stream::Opening {
                endpoint,
                verifier: &self.verifier,
                places: &self.streams,
                parts,
                params,
                principal,
                client,
                trace: exchange.trace,
                allowed: self.settings.deadline(),
                stopping: stopping.unwrap_or_default(),
            };
            return Box::pin(stream::open(opening, |facts| exchange.facts = Some(facts))).await;
        }
        if endpoint.shape.needs_if_match {
            read_if_match(&parts.headers)?;
        }
        let key = admit::idempotency_key(&parts.headers, endpoint.shape.key_rule)?;

        let allowed = endpoint
            .shape
            .deadline
            .unwrap_or_else(|| self.settings.deadline());
        let deadline = Deadline::after(allowed);
        let is_read = endpoint.method() == Method::GET;
        let seen = if is_read {
            consistency::read(&parts.headers)?
        } else {
            Vec::new()
        };
        let body = if is_read {
            Bytes::new()
        } else {
            Box::pin(body::read(body, endpoint.max_body(), allowed)).await?
        };

        let mut ctx = CallCtx::resume(
            exchange.trace,
            principal,
            Caller::Edge,
            endpoint.shape.interface,
        );
        ctx.deadline = deadline;
        ctx.idempotency =
            key.map(|key| admit::idempotency_scope(key, &ctx.principal, &parts, &body));
        let tasks = connection.map(|connection| connection.tasks().clone());
        let facts = Arc::new(Facts {
            ctx,
            params,
            body: body.clone(),
            client,
            credential,
            seen,
            expand: shaping.expand.clone(),
        });
        exchange.facts = Some(Arc::clone(&facts));

        let mut request = Request::from_parts(parts, Body::from(body));
        hide(request.headers_mut(), endpoint.shape.secrets);
        request.extensions_mut().insert(facts);
        let handler = endpoint.call(request).instrument(exchange.span(is_read));
        let limit = deadline.remaining().unwrap_or(allowed) + DEADLINE_GRACE;
        let answer = if is_read {
            call::read(handler, limit).await?
        } else {
            Box::pin(call::command(handler, limit, tasks)).await?
        };
        shaping.give(answer).await
    }

    /// Waits a moment for one of the places of running requests.
    async fn slot(&self) -> Result<SemaphorePermit<'_>, Problem> {
        if let Ok(permit) = self.slots.try_acquire() {
            return Ok(permit);
        }
        match Box::pin(timeout(QUEUE_WAIT, self.slots.acquire())).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Problem::new(
                ErrorKind::Unavailable,
                "overloaded",
                "Too many requests are running; nothing was done.",
            )),
        }
    }

    /// Answers only the host names of the installation, where it names any.
    fn check_host(&self, parts: &Parts) -> Result<(), Problem> {
        if self.settings.hosts.is_empty() {
            return Ok(());
        }
        let authority = parts.uri.authority().map(http::uri::Authority::as_str);
        let host = authority.or_else(|| parts.headers.get(http::header::HOST)?.to_str().ok());
        let name = host.and_then(|host| host.parse::<http::uri::Authority>().ok());
        let known = name.is_some_and(|name| {
            self.settings
                .hosts
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name.host()))
        });
        if known {
            Ok(())
        } else {
            Err(Problem::new(
                ErrorKind::Malformed,
                "invalid_host",
                "This host name is not served here.",
            ))
        }
    }
}

/// Answers a method that the path does not have: a browser's preflight, or 405.
fn answer_other_method(parts: &Parts, allow: &HeaderValue) -> Result<Response, Problem> {
    if Cors::is_preflight(&parts.method, &parts.headers) {
        let mut response = StatusCode::NO_CONTENT.into_response();
        Cors::answer_preflight(allow.clone(), response.headers_mut());
        return Ok(response);
    }
    Err(method_not_allowed(allow.clone()))
}

/// 405 with the methods that there are.
pub(crate) fn method_not_allowed(allow: HeaderValue) -> Problem {
    Problem::new(
        ErrorKind::Malformed,
        "method_not_allowed",
        "The path does not have this method; `Allow` lists what it has.",
    )
    .with_status(StatusCode::METHOD_NOT_ALLOWED)
    .with_header(ALLOW, allow)
}

/// Reads one header that must not be there twice.
fn single<'h>(
    headers: &'h HeaderMap,
    name: &'static str,
) -> Result<Option<&'h HeaderValue>, Problem> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        let wrong = tenon_kernel::FieldError::new(
            format!("{name}:"),
            "duplicate_member",
            "The header is there twice.",
        );
        return Err(Problem::new(
            ErrorKind::Malformed,
            "invalid_request",
            "A header is there twice.",
        )
        .with_fields(vec![wrong]));
    }
    Ok(first)
}
