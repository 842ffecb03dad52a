//! How many connections may be open, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tenon_access::Network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ServeOptions;
use crate::client::limit_key;

/// Counts open connections.
pub(super) struct Gate {
    places: Arc<Semaphore>,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most_per_address: usize,
    exempt: Vec<Network>,
}

/// Held while a connection is open.
pub(super) struct Pass {
    _place: OwnedSemaphorePermit,
    counted: Option<(IpAddr, Arc<Mutex<HashMap<IpAddr, usize>>>)>,
}

impl Gate {
    pub(super) fn new(options: &ServeOptions) -> Self {
        Self {
            places: Arc::new(Semaphore::new(
                options.max_connections.clamp(1, Semaphore::MAX_PERMITS),
            )),
            by_address: Arc::default(),
            most_per_address: options.max_connections_per_address.max(1),
            exempt: options.trusted_proxies.clone(),
        }
    }

    /// Waits until another connection may be open.
    pub(super) async fn place(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.places)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed")
    }

    /// Lets a connection in, unless its address has too many.
    pub(super) fn admit(&self, place: OwnedSemaphorePermit, peer: IpAddr) -> Option<Pass> {
        if self.exempt.iter().any(|network| network.contains(peer)) {
            return Some(Pass {
                _place: place,
                counted: None,
            });
        }
        let key = limit_key(peer);
        let mut by_address = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let open = by_address.entry(key).or_default();
        if *open >= self.most_per_address {
            return None;
        }
        *open += 1;
        Some(Pass {
            _place: place,
            counted: Some((key, Arc::clone(&self.by_address))),
        })
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some((key, by_address)) = &self.counted {
            let mut by_address = by_address.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(open) = by_address.get_mut(key) {
                *open -= 1;
                if *open == 0 {
                    by_address.remove(key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_capped_and_its_places_come_back() {
        let options = ServeOptions {
            max_connections_per_address: 2,
            ..ServeOptions::default()
        };
        let gate = Gate::new(&options);
        let address: IpAddr = "203.0.113.9".parse().expect("an address");
        let first = gate.admit(gate.place().await, address);
        let second = gate.admit(gate.place().await, address);
        assert!(first.is_some() && second.is_some());
        assert!(gate.admit(gate.place().await, address).is_none());
        drop(first);
        assert!(gate.admit(gate.place().await, address).is_some());
        drop(second);
    }
}
