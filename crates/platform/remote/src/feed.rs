//! Events of a module elsewhere: the consumer keeps the cursor, the producer is only read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use tenon_events::{Envelope, Feed, FeedPage};
use tenon_seam::{Executed, SeamFault, WireOutcome};
use tokio::time::{sleep, timeout};

use crate::channel::{Ask, Channel};

/// Longest time for reading one page.
const READ: Duration = Duration::from_secs(10);
/// How much longer than asked for a silent producer is waited for.
const SLACK: Duration = Duration::from_secs(2);
/// Pause after the producer could not be reached.
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);
/// Largest page in bytes: 256 events of at most 20 KiB and their envelopes fit well.
pub(crate) const LARGEST_PAGE: usize = 16 * 1024 * 1024;

/// A page on its way.
#[derive(Serialize, Deserialize)]
pub(crate) struct PageBody {
    pub(crate) events: Vec<Envelope>,
    pub(crate) position: i64,
    pub(crate) head: i64,
}

/// The link to the events of one module, for one consuming module.
pub(crate) struct RemoteFeed {
    channel: Arc<Channel>,
    source: &'static str,
    consumer: &'static str,
    /// How far it was read: what lies beyond is worth waking for.
    position: AtomicI64,
}

impl RemoteFeed {
    pub(crate) fn new(channel: Arc<Channel>, source: &'static str, consumer: &'static str) -> Self {
        Self {
            channel,
            source,
            consumer,
            position: AtomicI64::new(0),
        }
    }

    async fn page(
        &self,
        after: i64,
        limit: u32,
        wait: Duration,
        within: Duration,
    ) -> Result<FeedPage, SeamFault> {
        let path = format!(
            "/_seam/{}/events?after={after}&limit={limit}&wait_ms={}",
            self.source,
            wait.as_millis()
        );
        let ask = Ask {
            module: self.consumer,
            verb: Method::GET,
            path: &path,
            body: Bytes::new(),
            is_query: true,
            max_response: LARGEST_PAGE,
        };
        let sent = AtomicBool::new(false);
        let reply = timeout(within, self.channel.ask(ask, &sent)).await;
        let reply = reply.unwrap_or(Err(SeamFault::DeadlineExceeded {
            executed: Executed::No,
        }))?;
        let bytes = match reply.outcome {
            WireOutcome::Ok(bytes) => bytes,
            WireOutcome::Fault(fault) => return Err(fault),
            WireOutcome::Domain(_) => return Err(SeamFault::VersionSkew),
        };
        let page: PageBody = serde_json::from_slice(&bytes).map_err(|error| {
            tracing::error!(source = self.source, error = %error, "a page of events cannot be read");
            SeamFault::VersionSkew
        })?;
        Ok(FeedPage {
            events: page.events,
            position: page.position,
            head: page.head,
        })
    }
}

#[async_trait]
impl Feed for RemoteFeed {
    fn source(&self) -> &'static str {
        self.source
    }

    async fn read(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        let page = self.page(after, limit, Duration::ZERO, READ).await?;
        self.position.store(page.position, Ordering::Relaxed);
        Ok(page)
    }

    async fn peek(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        self.page(after, limit, Duration::ZERO, READ).await
    }

    async fn wait(&self, at_most: Duration) {
        let after = self.position.load(Ordering::Relaxed);
        if self.page(after, 1, at_most, at_most + SLACK).await.is_err() {
            sleep(at_most.min(OUTAGE_PAUSE)).await;
        }
    }
}
