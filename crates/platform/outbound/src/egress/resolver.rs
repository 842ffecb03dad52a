//! Resolves names, and gives away only addresses that may be connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Rules;

/// Knows the addresses of names.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a name.
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemLookup;

/// None of a name's addresses may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the name has no address that may be connected to")]
pub(super) struct NoPublicAddress;

/// Asked by the HTTP client whenever it is about to connect.
pub(super) struct GuardedResolver {
    lookup: Arc<dyn Lookup>,
    rules: Arc<Rules>,
}

impl GuardedResolver {
    pub(super) fn new(lookup: Arc<dyn Lookup>, rules: Arc<Rules>) -> Self {
        Self { lookup, rules }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, rules) = (Arc::clone(&self.lookup), Arc::clone(&self.rules));
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let too_early = tenon_chaos::is_planted("outbound.checked-too-early");
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| too_early || rules.allows(*address))
                // Port 0: the one of the URL.
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if allowed.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}
