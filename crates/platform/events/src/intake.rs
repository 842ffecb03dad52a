//! Moves events from one producer's feed into one consumer's inbox.

use std::sync::Arc;
use std::time::Duration;

use tenon_jobs::work::reason_of;
use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_seam::SeamFault;
use tenon_store::{Json, Queryable as _, StoreError, retrying};
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::era::era_of;
use crate::inbox::Inbox;
use crate::subscription::AfterCommit;
use crate::{Envelope, Feed, FeedPage, Keep, metrics};

/// How many events are read at once.
pub(crate) const PAGE: u32 = 256;
const PAGE_LEN: usize = PAGE as usize;
/// Events that are for someone else move the stored cursor only this often: it saves a commit for each of them.
const LARGEST_UNSTORED: i64 = 1_000;
/// Attempts before an event is dead.
const MAX_ATTEMPTS: i64 = 20;
/// How long it rests after a page: under load events gather meanwhile and are written down together. The first event after
/// quiet never waits.
struct Rest {
    /// In times of what the page took: what a way takes of a core is one part in so many, and one.
    times: u32,
    longest: Duration,
}
/// Somebody's handler is waiting.
const REST_OF_HANDLERS: Rest = Rest {
    times: 3,
    longest: Duration::from_millis(50),
};
/// All that was read has been written down, or was for nobody: then it is twice as long after each page of that kind that
/// follows another, because a consumer that few events concern would otherwise read each of the others as it comes.
const REST_OF_KEEPERS: Rest = Rest {
    times: 20,
    longest: Duration::from_millis(100),
};
/// Longest pause after the feed or the store failed.
const LONGEST_OUTAGE_PAUSE: Duration = Duration::from_secs(10);

/// The way from one feed into one inbox.
pub(crate) struct Intake {
    inbox: Arc<Inbox>,
    feed: Arc<dyn Feed>,
    progress: Mutex<Progress>,
    /// Ends a rest: somebody waits for what may have come meanwhile.
    hurry: Notify,
}

/// What one step did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Events read.
    pub(crate) read: usize,
    /// Those that concern the consumer.
    concerned: usize,
    /// Those of them that went into the inbox.
    for_handlers: usize,
}

impl Taken {
    fn is_in_vain(&self) -> bool {
        self.read > 0 && self.concerned == 0
    }

    /// `in_vain`: pages before this one of which nothing was for this consumer, in a row.
    fn rest_after(&self, took: Duration, in_vain: u32) -> Duration {
        let rest = match self {
            Self { read: 0, .. } => return Duration::ZERO,
            Self {
                for_handlers: 0, ..
            } => REST_OF_KEEPERS,
            _ => REST_OF_HANDLERS,
        };
        let longer = if self.is_in_vain() {
            1 << in_vain.min(16)
        } else {
            1
        };
        took.saturating_mul(rest.times * longer).min(rest.longest)
    }
}

/// How far the feed was read.
#[derive(Default)]
struct Progress {
    /// What the store says.
    cursor: i64,
    /// How far this process knows that nothing more is for this consumer.
    ahead: i64,
}

/// Why events could not be taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntakeError {
    #[error("the feed cannot be read")]
    Feed(#[source] SeamFault),
    #[error("the inbox cannot be written")]
    Store(#[source] StoreError),
}

impl From<StoreError> for IntakeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Intake {
    pub(crate) fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    pub(crate) fn feed(&self) -> &dyn Feed {
        &*self.feed
    }

    /// Up to where nothing is left for this consumer, as far as this process knows; `cursor` is what the store says.
    pub(crate) fn nothing_before(&self, cursor: i64) -> i64 {
        let known = self.progress.try_lock();
        known.map_or(cursor, |known| {
            if known.cursor == cursor {
                known.ahead
            } else {
                cursor
            }
        })
    }

    pub(crate) fn new(inbox: Arc<Inbox>, feed: Arc<dyn Feed>) -> Self {
        Self {
            inbox,
            feed,
            progress: Mutex::default(),
            hurry: Notify::new(),
        }
    }

    /// Looks for events now, if it rests.
    pub(crate) fn hurry(&self) {
        self.hurry.notify_one();
    }

    /// Runs until cancelled.
    pub(crate) async fn run(&self, poll: Duration, stop: CancellationToken) {
        let (mut failures, mut in_vain) = (0_u32, 0_u32);
        while !stop.is_cancelled() {
            let began = Instant::now();
            let pause = match self.step().await {
                Ok(Taken {
                    read: PAGE_LEN.., ..
                }) => continue,
                Ok(taken) => {
                    failures = 0;
                    let rest = taken.rest_after(began.elapsed(), in_vain);
                    in_vain = if taken.is_in_vain() {
                        in_vain.saturating_add(1)
                    } else {
                        0
                    };
                    let more = async {
                        let _ = timeout(rest, self.hurry.notified()).await; // either way it has rested
                        // Whatever was committed since the page was read ends this wait at once.
                        self.feed.wait(poll).await;
                    };
                    tokio::select! {
                        biased;
                        () = stop.cancelled() => {}
                        () = more => {}
                    }
                    continue;
                }
                Err(error) => {
                    failures += 1;
                    let (consumer, source) = (self.inbox.consumer(), self.feed.source());
                    tracing::warn!(consumer, source, error = %reason_of(&error), "events cannot be taken in");
                    (poll * failures).min(LONGEST_OUTAGE_PAUSE)
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Takes in one page.
    pub(crate) async fn step(&self) -> Result<Taken, IntakeError> {
        let mut progress = self.progress.lock().await;
        let cursor = self.stored_cursor().await?;
        if cursor != progress.cursor {
            // Another instance was faster, or a person moved the cursor back.
            *progress = Progress {
                cursor,
                ahead: cursor,
            };
        }
        let page = self
            .feed
            .read(progress.ahead, PAGE)
            .await
            .map_err(IntakeError::Feed)?;
        self.report(&page, progress.ahead);
        if page.events.is_empty() {
            return Ok(Taken::default());
        }
        let taken: Vec<_> = page
            .events
            .iter()
            .filter(|event| self.inbox.takes(self.feed.source(), event))
            .collect();
        if taken.is_empty() && page.position - progress.cursor < LARGEST_UNSTORED {
            progress.ahead = page.position;
            self.inbox.moved().notify_waiters(); // whoever waits for these events need not
        } else if self.store(progress.cursor, page.position, &taken).await? {
            *progress = Progress {
                cursor: page.position,
                ahead: page.position,
            };
            self.inbox.announce();
        }
        Ok(Taken {
            read: page.events.len(),
            concerned: taken.len(),
            for_handlers: taken
                .iter()
                .filter(|event| self.keeper(event).is_none())
                .count(),
        })
    }

    fn keeper(&self, event: &Envelope) -> Option<Arc<dyn Keep>> {
        let keeper = self.inbox.keeper(self.feed.source(), &event.event_type);
        keeper.map(Arc::clone)
    }

    /// Stores events and moves the cursor in one transaction; `false` if another instance has moved it.
    async fn store(&self, from: i64, to: i64, events: &[&Envelope]) -> Result<bool, StoreError> {
        retrying(|| async {
            let mut ctx = self.ctx();
            let mut tx = self.inbox.db().begin(&mut ctx, "events.take_in").await?;
            let now = tx.now();
            // First the cursor: its row makes instances take turns.
            let moved = tx
                .query(
                    "INSERT INTO event_cursors (consumer, source, position, updated_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (consumer, source)
                     DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
                      WHERE event_cursors.position = $5",
                )
                .bind(self.inbox.consumer())
                .bind(self.feed.source())
                .bind(to)
                .bind(now)
                .bind(from)
                .execute()
                .await?;
            if moved == 0 {
                tx.rollback().await?;
                return Ok(false);
            }
            let after = self.take_in(&mut tx, events, now).await?;
            tx.commit().await?;
            for after in after {
                after();
            }
            Ok(true)
        })
        .await
    }

    /// Each event goes to its keeper, or into the inbox.
    async fn take_in(
        &self,
        tx: &mut tenon_store::Tx<'_>,
        events: &[&Envelope],
        now: Timestamp,
    ) -> Result<Vec<AfterCommit>, StoreError> {
        let mut after = Vec::new();
        // Neighbours with one keeper are written down together, and the order stays.
        let same = |a: &&Envelope, b: &&Envelope| match (self.keeper(a), self.keeper(b)) {
            (Some(a), Some(b)) => Arc::ptr_eq(&a, &b),
            (a, b) => a.is_none() && b.is_none(),
        };
        for run in events.chunk_by(same) {
            match run.first().and_then(|event| self.keeper(event)) {
                Some(keeper) => after.push(keeper.keep(tx, run).await?),
                None => {
                    for event in run {
                        self.insert(tx, event, now).await?;
                    }
                }
            }
        }
        Ok(after)
    }

    async fn insert(
        &self,
        tx: &mut tenon_store::Tx<'_>,
        event: &Envelope,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // The same event again, after a rewind or from a link that delivers twice, changes nothing.
        tx.query(
            "INSERT INTO inbox (consumer, source, event_id, position, subject, type, envelope,
                                state, run_at, attempts, max_attempts, received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, 0, $9, $8)
             ON CONFLICT (consumer, event_id) DO NOTHING",
        )
        .bind(self.inbox.consumer())
        .bind(self.feed.source())
        .bind(event.id)
        .bind(event.feedposition)
        .bind(event.subject.clone())
        .bind(event.event_type.clone())
        .bind(Json(event.clone()))
        .bind(now)
        .bind(MAX_ATTEMPTS)
        .execute()
        .await
        .map(drop)
    }

    pub(crate) async fn stored_cursor(&self) -> Result<i64, StoreError> {
        let ctx = self.ctx();
        let position = self
            .inbox
            .db()
            .read(&ctx)
            .query("SELECT position FROM event_cursors WHERE consumer = $1 AND source = $2")
            .bind(self.inbox.consumer())
            .bind(self.feed.source())
            .fetch_scalar()
            .await?;
        Ok(position.unwrap_or(0))
    }

    /// Measures the lag, and says it loudly if events are missing: positions have no gaps, so a consumer can prove it.
    fn report(&self, page: &FeedPage, after: i64) {
        let (consumer, source) = (self.inbox.consumer(), self.feed.source());
        metrics::lag(consumer, source, page.head - page.position);
        let expected = after + 1;
        if let Some(first) = page.events.first()
            && first.feedposition != expected
            && after > 0
        {
            let found = first.feedposition;
            if era_of(found) > era_of(after) {
                // What was read from it before may be more than it has: docs/runbooks/restore.md.
                tracing::warn!(
                    consumer,
                    source,
                    after,
                    found,
                    "the producer was restored from a backup"
                );
                return;
            }
            tracing::error!(
                consumer,
                source,
                expected,
                found,
                "events are missing from the feed"
            );
            metrics::gap(consumer, source);
        }
    }

    fn ctx(&self) -> CallCtx {
        CallCtx::service(
            self.inbox.db().env(),
            Interface::Event,
            self.inbox.db().module(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_writes_down_rests_longer_than_who_has_a_handler_waiting() {
        let rest = |read, concerned, for_handlers, millis| {
            let taken = Taken {
                read,
                concerned,
                for_handlers,
            };
            taken
                .rest_after(Duration::from_millis(millis), 0)
                .as_millis()
        };
        assert_eq!(rest(0, 0, 0, 9), 0); // nothing has come: the next event is not made to wait
        assert_eq!(rest(7, 7, 0, 2), 40);
        assert_eq!(rest(7, 7, 0, 9), 100);
        assert_eq!(rest(7, 7, 1, 2), 6);
        assert_eq!(rest(7, 7, 7, 90), 50);
    }

    #[test]
    fn whom_nothing_concerns_looks_less_and_less_often() {
        let page = |concerned| Taken {
            read: 1,
            concerned,
            for_handlers: 0,
        };
        let rest =
            |concerned, in_vain| page(concerned).rest_after(Duration::from_micros(250), in_vain);
        let rests: Vec<_> = [0, 1, 2, 3, 4, 5, u32::MAX]
            .map(|in_vain| rest(0, in_vain).as_millis())
            .into();
        assert_eq!(rests, [5, 10, 20, 40, 80, 100, 100]);
        assert_eq!(rest(1, 9).as_millis(), 5); // something did: the next may be for it too
        assert!(page(0).is_in_vain() && !page(1).is_in_vain());
        assert!(!Taken::default().is_in_vain());
    }
}
