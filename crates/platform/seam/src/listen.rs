//! What a process hears others on: TCP of the machine, or the network of a simulation.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

/// Takes connections, one after the other.
pub trait Listen: Send + Sync + 'static {
    /// A connection.
    type Socket: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// Waits for the next connection; says where it comes from. May be dropped at any time.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Socket, SocketAddr)>> + Send;
}

impl Listen for TcpListener {
    type Socket = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (socket, peer) = Self::accept(self).await?;
        // An answer goes out at once; failing to say so costs time, not correctness.
        let _nodelay = socket.set_nodelay(true);
        Ok((socket, peer))
    }
}
