//! The connection to one peer: opened when needed, shared by all calls, opened again after a pause when lost.

mod connect;
mod dial;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tenon_seam::{Executed, SeamFault, SetupError, WireReply};
use tokio::time::Instant;

use self::connect::Line;
pub use self::dial::Dial;
use crate::frame;
use crate::identity::Identity;
use crate::settings::is_service_name;
use crate::token::{Bound, PASS, Passes};

/// Pause after the first failed attempt to connect; doubles to the longest.
const FIRST_REST: Duration = Duration::from_millis(50);
/// Short enough that a peer that was started again is used again within a second.
const LONGEST_REST: Duration = Duration::from_millis(400);

const NOT_SENT: SeamFault = SeamFault::Unavailable {
    executed: Executed::No,
};
const LOST: SeamFault = SeamFault::Unavailable {
    executed: Executed::Unknown,
};

/// The way to one service at one address.
pub(crate) struct Channel {
    identity: Arc<Identity>,
    dial: Dial,
    /// `catalog.internal:7443`
    address: String,
    name: ServerName<'static>,
    /// The service that has to be there.
    service: String,
    tls: Arc<ClientConfig>,
    state: Mutex<State>,
}

/// A request on its way.
pub(crate) struct Ask<'a> {
    /// The calling module.
    pub(crate) module: &'a str,
    pub(crate) verb: Method,
    /// Path and query.
    pub(crate) path: &'a str,
    pub(crate) body: Bytes,
    /// Whether it changes nothing, as the caller sees it: the proof for it is cheaper then.
    pub(crate) is_query: bool,
    /// Largest answer in bytes.
    pub(crate) max_response: usize,
}

#[derive(Default)]
struct State {
    link: Link,
    failures: u32,
    /// Why the newest attempt to connect failed.
    problem: Option<String>,
}

#[derive(Default)]
enum Link {
    #[default]
    Idle,
    Opening(Opening),
    Open(Line),
    Resting(Instant, SeamFault),
}

type Opening = Shared<BoxFuture<'static, Result<Line, SeamFault>>>;

impl Channel {
    pub(crate) fn new(
        identity: Arc<Identity>,
        dial: Dial,
        module: &str,
        url: &str,
        service: &str,
    ) -> Result<Self, SetupError> {
        let wrong =
            |key: &str, reason: &str| SetupError::new(format!("modules.{module}.{key}"), reason);
        if !is_service_name(service) {
            return Err(wrong("service", "lower-case letters, digits and hyphens"));
        }
        let address = url
            .strip_prefix("https://")
            .ok_or_else(|| wrong("url", "expected https://host:port"))?;
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| wrong("url", "expected a host name or an IP address"))?;
        Ok(Self {
            tls: identity.client(service)?,
            identity,
            dial,
            address: address.to_owned(),
            name,
            service: service.to_owned(),
            state: Mutex::default(),
        })
    }

    /// Asks the peer and reads its whole answer; `sent` tells, while it waits, whether the request went out.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        ask: Ask<'_>,
        sent: &AtomicBool,
    ) -> Result<WireReply, SeamFault> {
        // Once more if the connection turns out to be gone before anything was sent on it.
        for _ in 0..2 {
            let mut line = self.open().await?;
            let request = self.request(&ask, &line.passes)?;
            sent.store(true, Ordering::Relaxed);
            match line.sender.try_send_request(request).await {
                Ok(response) => return self.read(response, ask.max_response).await,
                Err(mut error) => {
                    if error.take_message().is_none() {
                        let error = error.into_error();
                        tracing::warn!(peer = %self, error = &error as &dyn std::error::Error, "the connection was lost during a call");
                        return Err(LOST);
                    }
                    sent.store(false, Ordering::Relaxed);
                    self.forget();
                }
            }
        }
        Err(NOT_SENT)
    }

    /// Connects, unless it is connected; says what is wrong.
    pub(crate) async fn probe(self: &Arc<Self>) -> Option<String> {
        self.open().await.err()?;
        let state = self.lock();
        Some(
            state
                .problem
                .clone()
                .unwrap_or_else(|| "unreachable".to_owned()),
        )
    }

    fn request(&self, ask: &Ask<'_>, passes: &Passes) -> Result<Request<Full<Bytes>>, SeamFault> {
        let Identity { signer, env, .. } = &*self.identity;
        let bound = Bound {
            audience: &self.service,
            verb: ask.verb.as_str(),
            path: ask.path,
            body: &ask.body,
        };
        let (pass, proof) = passes.prove(signer, env, ask.module, bound, !ask.is_query);
        Request::builder()
            .method(&ask.verb)
            .uri(format!("https://{}{}", self.address, ask.path))
            .header(CONTENT_TYPE, frame::CALL)
            .header(PASS, pass)
            .header(AUTHORIZATION, proof)
            .body(Full::new(ask.body.clone()))
            .map_err(|_| SeamFault::Misuse {
                rule: "names of modules and methods can stand in a path".to_owned(),
            })
    }

    async fn read(
        &self,
        response: Response<Incoming>,
        max_response: usize,
    ) -> Result<WireReply, SeamFault> {
        let status = response.status();
        let is_reply = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == frame::REPLY);
        if !is_reply {
            tracing::error!(peer = %self, status = status.as_u16(), "something that is no seam answered a call");
            return Err(match status {
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => SeamFault::VersionSkew,
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => SeamFault::Unauthenticated,
                _ => LOST,
            });
        }
        let largest = max_response.saturating_add(frame::OVERHEAD);
        let too_large = || SeamFault::TooLarge {
            limit: max_response as u64,
            executed: Executed::Yes,
        };
        let mut body = response.into_body();
        if body.size_hint().lower() > largest as u64 {
            return Err(too_large());
        }
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                tracing::warn!(peer = %self, error = &error as &dyn std::error::Error, "an answer broke off");
                LOST
            })?;
            if let Ok(data) = frame.into_data() {
                if bytes.len() + data.len() > largest {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&data);
            }
        }
        frame::open_reply(bytes.freeze()).ok_or_else(|| {
            tracing::error!(peer = %self, "an answer cannot be read");
            LOST
        })
    }

    /// The connection, opened if need be. Whoever comes while it is being opened waits for the same.
    async fn open(self: &Arc<Self>) -> Result<Line, SeamFault> {
        let opening = {
            let mut state = self.lock();
            match &state.link {
                Link::Open(line) if !line.sender.is_closed() => return Ok(line.clone()),
                Link::Resting(until, fault) if Instant::now() < *until => {
                    return Err(fault.clone());
                }
                Link::Opening(opening) => opening.clone(),
                _ => {
                    // In a task of its own: a caller that gives up does not end it for the others.
                    let channel = Arc::clone(self);
                    let task = tokio::spawn(async move { channel.reopen().await });
                    let opening = task.map(|done| done.unwrap_or(Err(NOT_SENT)));
                    let opening = opening.boxed().shared();
                    state.link = Link::Opening(opening.clone());
                    opening
                }
            }
        };
        let opened = opening.await;
        if opened.is_err() {
            // The task leaves a rest behind, unless it was dropped before it could.
            let mut state = self.lock();
            if matches!(state.link, Link::Opening(_)) {
                state.link = Link::Idle;
            }
        }
        opened
    }

    async fn reopen(&self) -> Result<Line, SeamFault> {
        let (name, tls) = (self.name.clone(), Arc::clone(&self.tls));
        let opened = self.dial.open(&self.address, name, tls).await;
        let mut state = self.lock();
        match opened {
            Ok(line) => {
                *state = State {
                    link: Link::Open(line.clone()),
                    ..State::default()
                };
                Ok(line)
            }
            Err(failure) => {
                let fault = if failure.is_refusal {
                    SeamFault::Unauthenticated
                } else {
                    NOT_SENT
                };
                if state.failures == 0 {
                    tracing::warn!(peer = %self, reason = failure.reason, "cannot connect");
                }
                let rest = FIRST_REST.saturating_mul(1 << state.failures.min(8));
                state.failures += 1;
                state.problem = Some(failure.reason);
                state.link = Link::Resting(Instant::now() + rest.min(LONGEST_REST), fault.clone());
                Err(fault)
            }
        }
    }

    fn forget(&self) {
        let mut state = self.lock();
        if matches!(state.link, Link::Open(_)) {
            state.link = Link::Idle;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.service, self.address)
    }
}
