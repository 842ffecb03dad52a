//! The simulated network, as a process sees it.

use std::io;
use std::net::SocketAddr;

use tenon_node::Network;
use tenon_remote::Dial;
use tenon_seam::Listen;
use turmoil::net::{TcpListener, TcpStream};

/// The simulated network, as a process sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SimulatedNetwork;

/// A listener in it.
pub(crate) struct Listener(TcpListener);

impl Network for SimulatedNetwork {
    type Listener = Listener;

    async fn bind(&self, address: SocketAddr) -> io::Result<Listener> {
        TcpListener::bind(address).await.map(Listener)
    }

    fn dial(&self) -> Dial {
        Dial::with(TcpStream::connect)
    }
}

impl Listen for Listener {
    type Socket = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.0.accept().await
    }
}
