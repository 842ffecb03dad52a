//! What this process needs of others: ends for calls, and the events that its modules take.

use std::sync::Arc;

use tenon_kernel::Env;
use tenon_module::RemoteFeed;
use tenon_remote::{Dial, RemotePeers};
use tenon_seam::{EdgeSettings, SetupError};

use crate::{Installation, ModuleEntry, NodeSettings};

/// Makes the ends that reach other processes, if any setting speaks of one.
pub(crate) fn connect(
    settings: &NodeSettings,
    env: &Env,
    dial: Dial,
) -> Result<Option<Arc<RemotePeers>>, SetupError> {
    let reaches_out = settings.modules.values().any(|edge| edge.url.is_some());
    if !reaches_out && !settings.seam.is_set() {
        return Ok(None);
    }
    RemotePeers::dialing(&settings.seam, env.clone(), dial).map(Some)
}

/// The feeds of modules that run elsewhere, for each hosted module that takes their events.
///
/// # Errors
///
/// A source that no setting says where to find.
pub(crate) fn feeds(
    installation: Installation,
    hosted: &[&'static ModuleEntry],
    settings: &NodeSettings,
    peers: Option<&Arc<RemotePeers>>,
) -> Result<Vec<RemoteFeed>, SetupError> {
    let is_here = |name: &str| hosted.iter().any(|entry| entry.name == name);
    let mut feeds = Vec::new();
    for consumer in hosted {
        for source in installation.sources(consumer) {
            if is_here(source) {
                continue;
            }
            let edge = settings.modules.get(source);
            let (Some(edge), Some(peers)) = (edge.filter(|edge| !edge.is_here()), peers) else {
                let reason = format!(
                    "{} takes the events of {source}, which is not in this process: set \"remote\" and modules.{source}.url",
                    consumer.name
                );
                return Err(SetupError::new(format!("modules.{source}.mode"), reason));
            };
            feeds.push(RemoteFeed {
                consumer: Some(consumer.name),
                feed: feed(peers, source, consumer.name, edge)?,
            });
        }
    }
    Ok(feeds)
}

fn feed(
    peers: &Arc<RemotePeers>,
    source: &'static str,
    consumer: &'static str,
    edge: &EdgeSettings,
) -> Result<Arc<dyn tenon_events::Feed>, SetupError> {
    peers.feed(source, consumer, edge)
}
