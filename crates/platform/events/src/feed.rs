//! A module's feed: its events in commit order, without gaps.

use std::sync::Arc;

use async_trait::async_trait;
use tenon_kernel::{CallCtx, Interface};
use tenon_seam::SeamFault;
use tenon_store::{Db, StoreError, Wake};
use tokio::sync::Mutex;

use crate::{Envelope, outbox, position_events};

/// A stretch of a feed.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// In commit order.
    pub events: Vec<Envelope>,
    /// Where to go on; equals `after` if there was nothing.
    pub position: i64,
    /// The newest position there is: `head - position` events are left to read.
    pub head: i64,
}

/// A link to the events of one module: in this process, and later over HTTP or a broker.
#[async_trait]
pub trait Feed: Send + Sync + 'static {
    /// The producing module.
    fn source(&self) -> &'static str;

    /// Returns events after a position.
    async fn read(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault>;

    /// As [`Feed::read`], for who only looks: [`Feed::wait`] goes on from where the reader was.
    async fn peek(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        self.read(after, limit).await
    }

    /// Waits until there may be more, at most `at_most`.
    async fn wait(&self, at_most: std::time::Duration);
}

/// The in-process link. Give each consumer a clone: a clone hears the producer's bell for itself.
#[derive(Debug, Clone)]
pub struct LocalFeed {
    db: Db,
    wake: Wake,
    /// Consumers of one process take turns at positioning, instead of queueing in the database.
    positioning: Arc<Mutex<()>>,
}

impl LocalFeed {
    /// Reads the outbox of `db`.
    pub fn new(db: Db) -> Self {
        let wake = db.events_wake();
        Self {
            db,
            wake,
            positioning: Arc::default(),
        }
    }

    async fn page(&self, after: i64, limit: u32) -> Result<FeedPage, StoreError> {
        {
            let _turn = self.positioning.lock().await;
            position_events(&self.db).await?;
        }
        let ctx = CallCtx::service(self.db.env(), Interface::Event, self.db.module());
        let events = outbox::page(&self.db, &ctx, after, limit).await?;
        let position = events.last().map_or(after, |event| event.feedposition);
        let is_full = events.len() >= limit as usize;
        let head = if is_full {
            outbox::head(&self.db, &ctx).await?
        } else {
            position
        };
        Ok(FeedPage {
            events,
            position,
            head,
        })
    }
}

#[async_trait]
impl Feed for LocalFeed {
    fn source(&self) -> &'static str {
        self.db.module()
    }

    async fn read(&self, after: i64, limit: u32) -> Result<FeedPage, SeamFault> {
        self.page(after, limit).await.map_err(SeamFault::from)
    }

    async fn wait(&self, at_most: std::time::Duration) {
        self.wake.wait(at_most).await;
    }
}
