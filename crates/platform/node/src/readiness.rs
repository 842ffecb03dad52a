//! Whether the process should get traffic.

use std::sync::Arc;

use async_trait::async_trait;
use tenon_backup::Status;
use tenon_remote::RemotePeers;
use tenon_store::Db;
use tenon_web::Readiness;
use tokio_util::sync::CancellationToken;

/// Ready if every hosted store answers and the process is not stopping. Peers are reported, and do not count: what
/// does not need them still works, and they are asked again at each call. So is the backup: sales do not wait for it.
pub(crate) struct NodeReadiness {
    pub(crate) stores: Vec<Db>,
    pub(crate) stopping: CancellationToken,
    pub(crate) peers: Option<Arc<RemotePeers>>,
    pub(crate) backup: Option<Status>,
}

#[async_trait]
impl Readiness for NodeReadiness {
    async fn check(&self) -> Vec<(String, Option<String>)> {
        let stopping = self.stopping.is_cancelled().then(|| "stopping".to_owned());
        let mut parts = vec![("server".to_owned(), stopping)];
        for db in &self.stores {
            let trouble = db.ping().await.err().map(|error| error.to_string());
            parts.push((format!("store.{}", db.module()), trouble));
        }
        parts
    }

    async fn edges(&self) -> Vec<(String, Option<String>)> {
        let mut edges = match &self.peers {
            Some(peers) => peers.status().await,
            None => Vec::new(),
        };
        let backup = self.backup.as_ref();
        edges.extend(backup.map(|backup| ("backup".to_owned(), backup.trouble())));
        edges
    }
}
