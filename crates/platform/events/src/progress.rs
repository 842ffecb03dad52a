//! How far the consumers of a module are: for reads that must show what follows from a write.
//!
//! Positions of a feed are given after the commit, so a write knows its events by id only. Where they are is looked up
//! by who wants to know: an event that is not between a consumer's cursor and the head of the feed is behind the
//! cursor, because it was committed before anybody could ask for it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tenon_jobs::work::reason_of;
use tenon_kernel::{CallCtx, Emitted};
use tenon_store::{Queryable as _, StoreError};
use tokio::time::timeout;

use crate::intake::{Intake, IntakeError, PAGE};

/// How long a read waits.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a waiting read looks without having been called: consumers may work in another process.
const LOOK: Duration = Duration::from_millis(250);
/// What is left of a request's time when it says that it cannot be answered.
const RESERVE: Duration = Duration::from_millis(250);
/// Pages of the feed that are searched in one look. Who is further behind has not got there.
const MOST_PAGES: usize = 8;

/// Between the two events, is one of them still to be handled? Order is kept by subject only, so the last one says
/// nothing about the others.
const UNFINISHED: &str = "
    SELECT seq FROM inbox
     WHERE consumer = $1 AND source = $2 AND state IN ('pending', 'running')
       AND position BETWEEN (SELECT MIN(position) FROM inbox WHERE consumer = $1 AND event_id IN ($3, $4))
                        AND (SELECT MAX(position) FROM inbox WHERE consumer = $1 AND event_id IN ($3, $4))
     LIMIT 1";

/// How far the consumers of one module are. Clones are the same; it knows nothing until the workers are built.
#[derive(Clone, Default)]
pub struct Progress(Arc<OnceLock<Vec<Arc<Intake>>>>);

/// The consumers have not got there in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("events that were asked for have not been handled yet")]
pub struct Behind;

impl Progress {
    /// Watches these ways in; the first call counts.
    pub(crate) fn follow(&self, intakes: Vec<Arc<Intake>>) {
        // Not an error: the workers of a module are built once.
        drop(self.0.set(intakes));
    }

    /// Waits until the consumers of the module have handled those of the events that they listen to, or have given them
    /// up; two seconds at most, by the clock of the module.
    ///
    /// # Errors
    ///
    /// [`Behind`] if they have not by then.
    pub async fn reach(&self, ctx: &CallCtx, emitted: &[Emitted]) -> Result<(), Behind> {
        let intakes = self.0.get().ok_or(Behind)?;
        let Some(env) = intakes.first().map(|it| it.inbox().db().env()) else {
            return Ok(());
        };
        let until = env.now() + PATIENCE;
        for intake in intakes {
            let wanted = intake.wanted(emitted);
            if wanted.is_empty() {
                continue;
            }
            loop {
                // First: what rings while it is looked is not missed.
                let mut moved = std::pin::pin!(intake.inbox().moved().notified());
                moved.as_mut().enable();
                if intake.has_handled(ctx, &wanted).await {
                    break;
                }
                intake.hurry();
                let now = env.now();
                let left = ctx.deadline.remaining().unwrap_or(PATIENCE);
                if now >= until || left <= RESERVE {
                    return Err(Behind);
                }
                let pause = until.since(now).min(LOOK).min(left.saturating_sub(RESERVE));
                // Not an error: nothing has rung.
                let _ = timeout(pause, moved).await;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Progress")
            .field("intakes", &self.0.get().map(Vec::len))
            .finish()
    }
}

impl Intake {
    /// Those of the events that come this way and that the consumer listens to.
    fn wanted<'e>(&self, emitted: &'e [Emitted]) -> Vec<&'e Emitted> {
        let source = self.feed().source();
        let is_wanted = |events: &&Emitted| {
            events.module == source && self.inbox().hears(source, &events.event_type)
        };
        emitted.iter().filter(is_wanted).collect()
    }

    /// Says whether the consumer has done with the events; what cannot be found out now is `false`.
    async fn has_handled(&self, ctx: &CallCtx, wanted: &[&Emitted]) -> bool {
        let handled = async {
            Ok::<_, IntakeError>(
                self.has_taken_in(wanted).await? && self.has_finished(ctx, wanted).await?,
            )
        };
        handled.await.unwrap_or_else(|error| {
            let (consumer, source) = (self.inbox().consumer(), self.feed().source());
            tracing::warn!(consumer, source, error = %reason_of(&error), "nobody knows how far events were handled");
            false
        })
    }

    async fn has_taken_in(&self, wanted: &[&Emitted]) -> Result<bool, IntakeError> {
        let mut after = self.nothing_before(self.stored_cursor().await?);
        for _ in 0..MOST_PAGES {
            let page = self.feed().peek(after, PAGE).await;
            let page = page.map_err(IntakeError::Feed)?;
            let is_wanted = |id| wanted.iter().any(|it| it.first == id || it.last == id);
            if page.events.iter().any(|event| is_wanted(event.id.uuid())) {
                return Ok(false);
            }
            if page.position >= page.head {
                return Ok(true);
            }
            after = page.position;
        }
        Ok(false)
    }

    async fn has_finished(&self, ctx: &CallCtx, wanted: &[&Emitted]) -> Result<bool, StoreError> {
        let (inbox, source) = (self.inbox(), self.feed().source());
        for events in wanted {
            if inbox.keeper(source, &events.event_type).is_some() {
                continue; // kept in the transaction that moved the cursor
            }
            let mut reader = inbox.db().read(ctx);
            let unfinished = reader
                .query(UNFINISHED)
                .bind(inbox.consumer())
                .bind(source)
                .bind(events.first)
                .bind(events.last)
                .fetch_scalar::<i64>()
                .await?;
            if unfinished.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
