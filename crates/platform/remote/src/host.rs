//! The receiving side: a listener of its own for calls and events of other processes.

mod events;
mod hear;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::{ServerConfig, ServerConnection};
use tenon_events::Feed;
use tenon_kernel::Env;
use tenon_seam::{AccessList, Dispatch, Listen, SetupError, Surface};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::identity::Identity;
use crate::token::{Replay, Shown, Tie, TrustedKeys};
use crate::{HostLimits, SeamSettings, tls};

/// How long the loop rests when the system has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a peer that was turned away may take to read why.
const LINGER: Duration = Duration::from_secs(1);
/// Bytes that may be under way in one direction: windows of HTTP/2.
const WINDOW: u32 = 1024 * 1024;

/// Hears calls and gives events to other processes.
pub struct SeamHost {
    service: String,
    env: Env,
    access: Arc<AccessList>,
    callers: BTreeMap<String, BTreeSet<String>>,
    keys: TrustedKeys,
    replay: Mutex<Replay>,
    surfaces: HashMap<(&'static str, Surface), Arc<dyn Dispatch>>,
    feeds: HashMap<&'static str, Arc<dyn Feed>>,
    limits: HostLimits,
    tls: Arc<ServerConfig>,
}

/// Who is at the other end of a connection.
struct Peer {
    /// The service that its certificate names.
    service: String,
    shown: Shown,
}

/// A host at work.
struct Serving {
    host: SeamHost,
    stop: CancellationToken,
    /// What was not finished in time is dropped.
    gone: CancellationToken,
    commands: TaskTracker,
}

impl SeamHost {
    /// Reads certificate, keys and callers; `access` is what the modules of the whole system declare.
    ///
    /// # Errors
    ///
    /// Names the setting of `[seam]` that is missing or wrong.
    pub fn new(
        settings: &SeamSettings,
        env: Env,
        access: Arc<AccessList>,
    ) -> Result<Self, SetupError> {
        let identity = Identity::load(settings, env.clone())?;
        settings.require_callers()?;
        let callers = settings
            .callers
            .iter()
            .map(|(service, modules)| (service.clone(), modules.iter().cloned().collect()))
            .collect();
        Ok(Self {
            service: settings.service.clone(),
            env,
            access,
            callers,
            keys: TrustedKeys::read(settings)?,
            replay: Mutex::new(Replay::new(settings.limits.max_remembered_commands)),
            surfaces: HashMap::new(),
            feeds: HashMap::new(),
            limits: settings.limits.clone(),
            tls: identity.server()?,
        })
    }

    /// Adds a surface of a module.
    pub fn dispatch(&mut self, dispatch: Arc<dyn Dispatch>) {
        let key = (dispatch.module(), dispatch.surface());
        self.surfaces.insert(key, dispatch);
    }

    /// Adds the events of a module.
    pub fn feed(&mut self, feed: Arc<dyn Feed>) {
        self.feeds.insert(feed.source(), feed);
    }

    /// Serves until `stop`, then drains: no new connection, GOAWAY on the open ones, running calls finish.
    pub async fn serve<L: Listen>(self, listener: L, stop: CancellationToken) {
        let drain = Duration::from_secs(self.limits.drain_seconds);
        let places = Arc::new(Semaphore::new(
            self.limits.max_connections.min(Semaphore::MAX_PERMITS),
        ));
        let connections = TaskTracker::new();
        let serving = Arc::new(Serving {
            host: self,
            stop: stop.clone(),
            gone: CancellationToken::new(),
            commands: TaskTracker::new(),
        });
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = accept(&listener, &places) => accepted,
            };
            if let Some((socket, from, place)) = accepted {
                let serving = Arc::clone(&serving);
                connections.spawn(async move {
                    serving.connection(socket, from).await;
                    drop(place);
                });
            }
        }
        drop(listener);
        connections.close();
        serving.commands.close();
        let drained = timeout(drain, async {
            connections.wait().await;
            serving.commands.wait().await;
        });
        if drained.await.is_err() {
            let (connections, commands) = (connections.len(), serving.commands.len());
            tracing::warn!(
                connections,
                commands,
                "dropping calls that did not finish in time"
            );
        }
        serving.gone.cancel();
        // Bounded: a connection that is dropped only has to be polled once more.
        let _left = timeout(Duration::from_secs(1), connections.wait()).await;
    }
}

impl Serving {
    async fn connection<S>(self: Arc<Self>, socket: S, from: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let limits = &self.host.limits;
        let patience = Duration::from_millis(limits.patience_ms);
        let handshake = TlsAcceptor::from(Arc::clone(&self.host.tls))
            .accept(socket)
            .into_fallible();
        let greeted = tokio::select! {
            biased;
            () = self.stop.cancelled() => return,
            greeted = timeout(patience, handshake) => greeted,
        };
        let socket = match greeted {
            Ok(Ok(socket)) => socket,
            Ok(Err((error, socket))) => {
                tracing::warn!(%from, reason = %error, "a peer could not prove who it is");
                return turn_away(socket).await;
            }
            Err(_) => return,
        };
        let Some(peer) = Peer::of(socket.get_ref().1) else {
            tracing::warn!(%from, "a peer's certificate names no service");
            return;
        };
        let peer = Arc::new(peer);
        let service = service_fn(|request| {
            let (serving, peer) = (Arc::clone(&self), Arc::clone(&peer));
            // On the heap at once: hyper moves it several times before it runs.
            Box::pin(async move { Ok::<_, Infallible>(serving.answer(&peer, request).await) })
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.max_streams)
            .max_header_list_size(16 * 1024)
            .max_pending_accept_reset_streams(1_000) // callers that give up reset their streams
            .max_local_error_reset_streams(100)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(2 * WINDOW)
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(20))
            .serve_connection(TokioIo::new(socket), service);
        let mut connection = pin!(connection);
        tokio::select! {
            biased;
            _ended = connection.as_mut() => return,
            () = self.stop.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            _ended = connection => {}
            () = self.gone.cancelled() => {}
        }
    }
}

impl Peer {
    fn of(connection: &ServerConnection) -> Option<Self> {
        let certificate = connection.peer_certificates()?.first()?;
        Some(Self {
            service: tls::service_of(certificate)?,
            shown: Shown::new(Tie::of(connection).ok()?),
        })
    }
}

/// Takes the next connection, as soon as there is a place for it.
async fn accept<L: Listen>(
    listener: &L,
    places: &Arc<Semaphore>,
) -> Option<(L::Socket, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places)
        .acquire_owned()
        .await
        .expect("the semaphore is never closed");
    match listener.accept().await {
        Ok((socket, from)) => Some((socket, from, place)),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "cannot accept connections"
            );
            sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Closes so that the peer can read the alert: with unread bytes the system would reset the connection.
async fn turn_away(mut socket: impl AsyncRead + AsyncWrite + Unpin) {
    let _closed = socket.shutdown().await;
    let _read = timeout(LINGER, async {
        let mut rest = [0; 1024];
        while matches!(socket.read(&mut rest).await, Ok(read) if read > 0) {}
    })
    .await;
}

impl fmt::Debug for SeamHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeamHost")
            .field("service", &self.service)
            .field("surfaces", &self.surfaces.keys())
            .field("feeds", &self.feeds.keys())
            .finish_non_exhaustive()
    }
}
