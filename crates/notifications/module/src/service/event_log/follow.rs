//! What a stream of events asks for: the next page, or to wait until there is one.

use std::time::Duration;

use notifications_contract::NotificationsError;
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::StoreError;
use tokio::time::{Instant, sleep, timeout_at};

use super::EventLog;
use crate::domain::{EventFilter, LogPage};
use crate::store::event_log;

/// Events of one page: a few, because their reader may be slow.
const PAGE: u32 = 32;
/// How often one of all waiting readers looks for what another process has recorded.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl EventLog {
    /// Returns the events after a position, and where to go on. If there are none it waits for at most `wait`, holding
    /// nothing of the store. Without a position, it begins with what happens from now on; 0 is before all that is kept.
    ///
    /// # Errors
    ///
    /// As [`EventLog::list`].
    pub(crate) async fn follow(
        &self,
        ctx: &CallCtx,
        filter: &EventFilter,
        after: Option<i64>,
        wait: Duration,
    ) -> SeamResult<(LogPage, i64), NotificationsError> {
        self.check(filter)?;
        let until = Instant::now() + wait;
        let mut after = match after {
            Some(0) => self.page(ctx, filter, None, 0).await?.ends.purged,
            Some(after) => after,
            None => self.page(ctx, filter, None, 0).await?.ends.head,
        };
        loop {
            let page = self.page(ctx, filter, Some(after), PAGE).await?;
            let last = page.events.last().map(|event| event.position);
            if let Some(last) = last {
                return Ok((page, last));
            }
            after = page.ends.head;
            if Instant::now() >= until {
                return Ok((page, after));
            }
            match timeout_at(until, self.wait_beyond(ctx, after)).await {
                Ok(waited) => waited?,
                Err(_nothing) => return Ok((page, after)),
            }
        }
    }

    /// Waits until the log goes beyond a position. One of all that wait looks into the store; the others are told.
    async fn wait_beyond(&self, ctx: &CallCtx, position: i64) -> Result<(), StoreError> {
        let mut heads = self.head.subscribe();
        let look = async {
            let _looking = self.looking.lock().await;
            loop {
                let head = event_log::head(&mut self.db.read(ctx)).await?;
                self.announce(head);
                if head > position {
                    return Ok(());
                }
                sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            biased;
            _told = heads.wait_for(|head| *head > position) => Ok(()),
            looked = look => looked,
        }
    }
}
