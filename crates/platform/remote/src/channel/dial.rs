//! How a peer's address becomes a socket: TCP of the machine, or the network of a simulation.

use std::fmt;
use std::io;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::connect::{Failure, Line, connect};

/// How a peer's address becomes a socket. What is sent over it is the same for every kind: TLS, HTTP/2, passes.
#[derive(Clone)]
pub struct Dial(Arc<dyn Open>);

/// Hides the kind of socket: beyond the open connection nothing knows it.
trait Open: Send + Sync {
    fn open(
        &self,
        address: String,
        name: ServerName<'static>,
        tls: Arc<ClientConfig>,
    ) -> BoxFuture<'static, Result<Line, Failure>>;
}

impl Dial {
    /// TCP of the machine.
    pub fn tcp() -> Self {
        Self::with(|address| async move {
            let socket = TcpStream::connect(address).await?;
            socket.set_nodelay(true)?;
            Ok(socket)
        })
    }

    /// Any other network: `connect` takes `host:port`.
    pub fn with<F, R, S>(connect: F) -> Self
    where
        F: Fn(String) -> R + Send + Sync + 'static,
        R: Future<Output = io::Result<S>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        Self(Arc::new(connect))
    }

    pub(super) fn open(
        &self,
        address: &str,
        name: ServerName<'static>,
        tls: Arc<ClientConfig>,
    ) -> BoxFuture<'static, Result<Line, Failure>> {
        self.0.open(address.to_owned(), name, tls)
    }
}

impl<F, R, S> Open for F
where
    F: Fn(String) -> R + Send + Sync,
    R: Future<Output = io::Result<S>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    fn open(
        &self,
        address: String,
        name: ServerName<'static>,
        tls: Arc<ClientConfig>,
    ) -> BoxFuture<'static, Result<Line, Failure>> {
        connect(self(address), name, tls).boxed()
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dial")
    }
}
