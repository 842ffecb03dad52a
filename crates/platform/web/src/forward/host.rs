//! The receiving side of a module's REST surface: runs the handler and sends its whole answer back.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::Uri;
use http_body_util::{BodyExt as _, Limited};
use tenon_kernel::Caller;
use tenon_seam::{Dispatch, Executed, SeamFault, Surface, WireCall, WireReply};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::frame::{self, AnswerHead, RequestHead};
use super::{GATEWAY, LONGEST, MAX_ANSWER, MAX_REQUEST_HEAD};
use crate::dispatch::{DEADLINE_GRACE, call, render};
use crate::extract::Facts;
use crate::reply::NextCursor;
use crate::trace::TraceText;
use crate::{Endpoint, Expand, Problem, routes};

/// Room for the head of an answer.
const MAX_ANSWER_HEAD: usize = 256 * 1024;

/// Runs the endpoints of one module for a gateway in another process.
pub struct HttpDispatch {
    module: &'static str,
    endpoints: HashMap<&'static str, Target>,
    tasks: TaskTracker,
}

struct Target {
    endpoint: Endpoint,
    names: Vec<&'static str>,
    /// `GET /v1/orders/{id}`
    route: String,
}

impl HttpDispatch {
    /// Takes the endpoints of a module.
    pub fn new(module: &'static str, endpoints: Vec<Endpoint>) -> Self {
        let endpoints = endpoints
            .into_iter()
            .map(|endpoint| {
                let target = Target {
                    names: routes::names(endpoint.path()),
                    route: format!("{} {}", endpoint.method(), endpoint.path()),
                    endpoint,
                };
                (target.endpoint.operation_id(), target)
            })
            .collect();
        Self {
            module,
            endpoints,
            tasks: TaskTracker::new(),
        }
    }

    /// Waits for commands whose caller went away: they run to their end. Call it once no request comes any more.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn run(&self, call: WireCall) -> Result<WireReply, SeamFault> {
        let mut ctx = call.context()?;
        let Some(target) = self.endpoints.get(call.method.as_str()) else {
            tracing::warn!(
                operation = call.method,
                module = self.module,
                "a gateway asked for an operation that this version lacks"
            );
            return Err(SeamFault::VersionSkew);
        };
        let endpoint = &target.endpoint;
        let refused = || SeamFault::Forbidden {
            edge: format!(
                "{:?} -> {}.{}",
                ctx.caller,
                self.module,
                endpoint.operation_id()
            ),
        };
        if ctx.caller != Caller::Module(GATEWAY.into()) {
            return Err(refused());
        }
        // The gateway has checked this; whoever may call here must not be able to leave it out.
        if endpoint.policy().check(&ctx.principal).is_err() {
            return Err(refused());
        }
        if call.body.len() > endpoint.max_body() + MAX_REQUEST_HEAD {
            return Err(SeamFault::TooLarge {
                limit: endpoint.max_body() as u64,
                executed: Executed::No,
            });
        }
        let (head, body) = frame::split::<RequestHead>(call.body)?;
        if head.params.len() != target.names.len() {
            return Err(SeamFault::VersionSkew);
        }
        // A handler is asked by the edge, wherever the edge runs; the way between the two is not a module.
        ctx.caller = Caller::Edge;
        ctx.hops = ctx.hops.saturating_sub(1);

        let trace = TraceText::new(&ctx.trace);
        let limit = ctx.deadline.remaining().unwrap_or(LONGEST) + DEADLINE_GRACE;
        let facts = Arc::new(Facts {
            params: target.names.iter().copied().zip(head.params).collect(),
            body: body.clone(),
            client: head.client,
            credential: head.credential,
            seen: head.seen,
            expand: Expand(head.expand),
            ctx,
        });
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = head.method.parse().map_err(|_| SeamFault::VersionSkew)?;
        let uri: Uri = head.uri.parse().map_err(|_| SeamFault::VersionSkew)?;
        *request.uri_mut() = uri.clone();
        *request.headers_mut() = frame::headers(head.headers)?;
        request.extensions_mut().insert(Arc::clone(&facts));

        let outcome = self.handle(target, request, limit, trace).await;
        let (mut response, problem) = match outcome {
            Ok(mut response) => {
                let problem = response.extensions_mut().remove::<Problem>();
                (response, problem)
            }
            Err(problem) => (Response::default(), Some(problem)),
        };
        if let Some(problem) = problem {
            response = render(
                &problem,
                target.endpoint.shape.speaks_oauth,
                &target.route,
                uri.path(),
                &trace,
            );
        }
        let answer = encode(response).await?;
        Ok(WireReply::ok(&facts.ctx, answer))
    }

    async fn handle(
        &self,
        target: &Target,
        request: Request,
        limit: Duration,
        trace: TraceText,
    ) -> Result<Response, Problem> {
        let is_read = *target.endpoint.method() == http::Method::GET;
        let span = tracing::debug_span!(
            target: "tenon_web::span", "http.forwarded",
            route = target.route, trace_id = trace.as_str()
        );
        let handler = target.endpoint.call(request).instrument(span);
        if is_read {
            call::read(handler, limit).await
        } else {
            Box::pin(call::command(handler, limit, Some(self.tasks.clone()))).await
        }
    }
}

/// Writes a handler's answer, whole and bounded.
async fn encode(mut response: Response) -> Result<bytes::Bytes, SeamFault> {
    let too_large = SeamFault::TooLarge {
        limit: MAX_ANSWER as u64,
        executed: Executed::Yes,
    };
    let next_cursor = response
        .extensions_mut()
        .remove::<NextCursor>()
        .map(|NextCursor(cursor)| cursor);
    let (parts, body) = response.into_parts();
    let head = AnswerHead {
        status: parts.status.as_u16(),
        headers: frame::texts(&parts.headers),
        next_cursor,
    };
    let collected = Limited::new(body, MAX_ANSWER - MAX_ANSWER_HEAD)
        .collect()
        .await;
    let body = collected.map_err(|_| too_large)?.to_bytes();
    frame::join(&head, &body)
}

#[async_trait]
impl Dispatch for HttpDispatch {
    fn module(&self) -> &'static str {
        self.module
    }

    fn surface(&self) -> Surface {
        Surface::Http
    }

    fn is_query(&self, method: &str) -> bool {
        self.endpoints
            .get(method)
            .is_some_and(|target| *target.endpoint.method() == http::Method::GET)
    }

    async fn dispatch(&self, call: WireCall) -> WireReply {
        match Box::pin(self.run(call)).await {
            Ok(reply) => reply,
            Err(fault) => WireReply::fault(fault),
        }
    }
}

impl fmt::Debug for HttpDispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpDispatch")
            .field("module", &self.module)
            .field("endpoints", &self.endpoints.len())
            .finish_non_exhaustive()
    }
}
