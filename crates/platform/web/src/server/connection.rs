//! Serves one connection within its bounds.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONNECTION;
use http::{HeaderValue, Request, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use super::ServeOptions;
use super::activity::{Activity, Running, Verdict, Watched};
use crate::stream::Lasting;
use crate::{Connection, Problem};

/// How long an idle connection gets to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// How long nothing may move on a connection without a request once the server stops: whoever began a head as it was
/// told to can end it.
const QUIET: Duration = Duration::from_secs(1);

/// What all connections of a listener share.
pub(super) struct Server {
    router: Router,
    options: ServeOptions,
    builder: auto::Builder<TokioExecutor>,
    phase: watch::Receiver<Phase>,
    commands: TaskTracker,
    stop: CancellationToken,
}

/// Where a listener is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// Connections finish what they are doing.
    Stopping,
    /// Connections that have not finished are dropped.
    Gone,
}

impl Server {
    pub(super) fn new(
        router: Router,
        options: ServeOptions,
        phase: watch::Receiver<Phase>,
        commands: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            // The watch does this: hyper's own timer would also count the pause between requests.
            .header_read_timeout(None)
            .max_headers(options.max_headers)
            .max_buf_size(options.max_head_bytes.max(8 * 1024));
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(options.max_streams)
            .max_header_list_size(u32::try_from(options.max_head_bytes).unwrap_or(u32::MAX))
            .max_pending_accept_reset_streams(20)
            .max_local_error_reset_streams(100)
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(20));
        Self {
            router,
            options,
            builder,
            phase,
            commands,
            stop,
        }
    }

    /// Serves a connection until it ends, is ended by a bound, or the server stops.
    pub(super) async fn run<S>(&self, socket: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = Activity::new(self.options.max_head_bytes);
        let connection =
            Connection::new(peer, self.commands.clone()).stopping_with(self.stop.clone());

        let service = service_fn(|mut request: Request<Incoming>| {
            let is_http2 = request.version() >= Version::HTTP_2;
            let (running, head) = activity.start_request(is_http2, !is_http2);
            let refusal = framing::refuse_ambiguous(&request, head.as_deref());
            request.extensions_mut().insert(connection.clone());
            let mut router = self.router.clone();
            async move {
                let answer = match refusal {
                    Some(problem) => refused(problem),
                    None => router
                        .call(request)
                        .await
                        .unwrap_or_else(|never| match never {}),
                };
                let answer = lasting(answer, &running);
                drop(running);
                Ok::<_, Infallible>(answer)
            }
        });
        let io = TokioIo::new(Watched::new(socket, Arc::clone(&activity)));
        let mut serving = pin!(self.builder.serve_connection(io, service));
        let mut phase = self.phase.clone();
        let mut look = pin!(sleep(self.options.header_timeout));
        loop {
            tokio::select! {
                biased;
                _ended = serving.as_mut() => return,
                _stopping = phase.changed() => break,
                () = look.as_mut() => match activity.judge(self.options.header_timeout, self.options.idle_timeout) {
                    Verdict::Fine(next) => look.as_mut().reset(next),
                    Verdict::SlowHead => return,
                    Verdict::Idle => {
                        serving.as_mut().graceful_shutdown();
                        let _said = timeout(GOODBYE, serving).await;
                        return;
                    }
                }
            }
        }
        serving.as_mut().graceful_shutdown();
        tokio::select! {
            _ended = serving => {}
            () = quiet(&activity) => {}
            () = gone(phase) => {}
        }
    }
}

/// Lets an answer that goes on for long keep its connection in use, as long as the other end takes something.
fn lasting(mut answer: Response, running: &Running) -> Response {
    if answer.extensions_mut().remove::<Lasting>().is_none() {
        return answer;
    }
    let pulse = running.pulse();
    answer.map(|body| {
        Body::new(body.map_frame(move |frame| {
            pulse();
            frame
        }))
    })
}

/// Waits until nobody on the other end waits: who is silent, or stops in the middle of a head, must not hold up a stop.
async fn quiet(activity: &Activity) {
    sleep(QUIET).await;
    while !activity.is_quiet(QUIET) {
        sleep(QUIET / 4).await;
    }
}

/// Waits until what is left is dropped.
async fn gone(mut phase: watch::Receiver<Phase>) {
    while *phase.borrow_and_update() != Phase::Gone {
        if phase.changed().await.is_err() {
            return;
        }
    }
}

/// An answer after which the connection closes: what follows cannot be trusted to be a request.
fn refused(problem: Problem) -> Response {
    let mut response = problem.into_response();
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod bounds;
mod framing;
