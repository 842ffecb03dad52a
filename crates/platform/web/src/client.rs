//! Who is at the other end: the peer, or whom a trusted proxy speaks for.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;
use tenon_access::Network;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What the accept loop knows about a request; it travels in the request's extensions.
#[derive(Debug, Clone)]
pub struct Connection {
    peer: SocketAddr,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Connection {
    /// A connection from `peer`; commands that outlive it are counted in `tasks`.
    pub fn new(peer: SocketAddr, tasks: TaskTracker) -> Self {
        Self {
            peer,
            tasks,
            stopping: CancellationToken::new(),
        }
    }

    /// The same with what says that its listener stops: answers that last end then.
    #[must_use]
    pub fn stopping_with(self, stopping: CancellationToken) -> Self {
        Self { stopping, ..self }
    }

    /// The other end of the socket: a proxy, where there is one.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }
}

/// Finds the client: the nearest address that is not a trusted proxy.
///
/// `X-Forwarded-For` is believed only as far as trusted proxies wrote it, from the right.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let peer = peer.to_canonical();
    if trusted.is_empty() || !is_trusted(peer) {
        return peer;
    }
    let mut client = peer;
    let values: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// What limits count: an IPv6 client owns at least its /64 network.
pub(crate) fn limit_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn networks(texts: &[&str]) -> Vec<Network> {
        texts
            .iter()
            .map(|text| text.parse().expect("a network"))
            .collect()
    }

    fn forwarded(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().expect("header text"));
        }
        headers
    }

    #[test]
    fn forwarded_addresses_are_believed_from_trusted_proxies_only() {
        let proxies = networks(&["10.0.0.0/8"]);
        let headers = forwarded(&["1.2.3.4, 203.0.113.9", "10.0.0.7"]);
        assert_eq!(
            client_address(address("10.0.0.1"), &headers, &proxies),
            address("203.0.113.9")
        );
        assert_eq!(
            client_address(address("192.0.2.1"), &headers, &proxies),
            address("192.0.2.1")
        );
        assert_eq!(
            client_address(address("10.0.0.1"), &headers, &[]),
            address("10.0.0.1")
        );
    }

    #[test]
    fn nonsense_in_the_chain_ends_it() {
        let proxies = networks(&["10.0.0.0/8"]);
        let headers = forwarded(&["203.0.113.9, unknown, 10.0.0.7"]);
        assert_eq!(
            client_address(address("10.0.0.1"), &headers, &proxies),
            address("10.0.0.7")
        );
    }
}
