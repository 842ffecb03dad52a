//! The accept loop: header timeout, idle timeout, connection caps, Host checks, graceful stop.

mod activity;
mod connection;
mod gate;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tenon_access::Network;
use tenon_seam::Listen;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::{Phase, Server};
use self::gate::Gate;
use crate::WebSettings;

/// How long the loop rests when the system has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Bounds of one listener.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Most open connections; further ones wait in the backlog.
    pub max_connections: usize,
    /// Most open connections of one address; further ones are closed.
    pub max_connections_per_address: usize,
    /// Addresses that no cap applies to.
    pub trusted_proxies: Vec<Network>,
    /// How long the head of a request may take.
    pub header_timeout: Duration,
    /// How long a connection may be silent between requests.
    pub idle_timeout: Duration,
    /// How long running requests may take once the server stops.
    pub drain: Duration,
    /// Most headers of a request.
    pub max_headers: usize,
    /// Largest head of a request in bytes.
    pub max_head_bytes: usize,
    /// Most concurrent streams of an HTTP/2 connection.
    pub max_streams: u32,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            max_connections_per_address: 1_000,
            trusted_proxies: Vec::new(),
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            drain: Duration::from_secs(20),
            max_headers: 64,
            max_head_bytes: 16 * 1024,
            max_streams: 100,
        }
    }
}

impl From<&WebSettings> for ServeOptions {
    fn from(settings: &WebSettings) -> Self {
        Self {
            max_connections: settings.max_connections,
            max_connections_per_address: settings.max_connections_per_address,
            trusted_proxies: settings.trusted_proxies.clone(),
            header_timeout: Duration::from_millis(settings.header_timeout_ms),
            idle_timeout: Duration::from_millis(settings.idle_timeout_ms),
            drain: Duration::from_secs(settings.drain_seconds),
            ..Self::default()
        }
    }
}

/// Serves until `stop`, then drains for at most [`ServeOptions::drain`].
///
/// Draining means: no new connection, `Connection: close` or GOAWAY on the open ones, running requests and
/// commands whose client went away finish; what is left after that is dropped. Connections on which nobody waits for
/// an answer are closed after a second.
pub async fn serve<L: Listen>(
    listener: L,
    router: Router,
    options: ServeOptions,
    stop: CancellationToken,
) -> io::Result<()> {
    let drain = options.drain;
    let connections = TaskTracker::new();
    let commands = TaskTracker::new();
    let gate = Gate::new(&options);
    let (phases, phase) = watch::channel(Phase::Serving);
    let server = Arc::new(Server::new(
        router,
        options,
        phase,
        commands.clone(),
        stop.clone(),
    ));

    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accept(&listener, &gate) => accepted,
        };
        let Some((socket, peer, pass)) = accepted else {
            continue;
        };
        let server = Arc::clone(&server);
        connections.spawn(async move {
            server.run(socket, peer).await;
            drop(pass);
        });
    }

    drop(listener);
    phases.send_replace(Phase::Stopping);
    connections.close();
    commands.close();
    let drained = timeout(drain, async {
        connections.wait().await;
        commands.wait().await;
    });
    if drained.await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            commands = commands.len(),
            "dropping what did not finish in time"
        );
        phases.send_replace(Phase::Gone);
        // Bounded: a connection that is dropped only has to be polled once more.
        let _left = timeout(Duration::from_secs(1), connections.wait()).await;
    }
    Ok(())
}

/// Takes the next connection that may come in; `None` if one was turned away.
async fn accept<L: Listen>(
    listener: &L,
    gate: &Gate,
) -> Option<(L::Socket, SocketAddr, gate::Pass)> {
    let place = gate.place().await;
    match listener.accept().await {
        Ok((socket, peer)) => gate
            .admit(place, peer.ip())
            .map(|pass| (socket, peer, pass)),
        Err(error) if is_of_the_connection(&error) => None,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot accept connections"
            );
            sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// The client gave up before it was accepted.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
