//! The network that a process is in: the machine's, or one of a simulation.

use std::io;
use std::net::SocketAddr;

use tenon_remote::Dial;
use tenon_seam::Listen;
use tokio::net::TcpListener;

/// The network that a process is in.
pub trait Network: Send + Sync {
    /// What it hears others on.
    type Listener: Listen;

    /// Opens a listener.
    fn bind(&self, address: SocketAddr) -> impl Future<Output = io::Result<Self::Listener>> + Send;

    /// How it reaches others.
    fn dial(&self) -> Dial;
}

/// TCP of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineNetwork;

impl Network for MachineNetwork {
    type Listener = TcpListener;

    async fn bind(&self, address: SocketAddr) -> io::Result<TcpListener> {
        TcpListener::bind(address).await
    }

    fn dial(&self) -> Dial {
        Dial::tcp()
    }
}
