//! One attempt: performs a row in a task of its own, keeps its lease alive and writes down what came of it.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use tenon_kernel::{Env, Timestamp};
use tenon_store::{Db, StoreError};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Claimed, Lease, Outcome, Work};
use crate::backoff::pause_after;

/// How long an aborted task gets to let go before it is left behind.
const ABORT_GRACE: Duration = Duration::from_secs(1);

/// A job that snoozes into the past does not spin.
const SHORTEST_SNOOZE: Duration = Duration::from_secs(1);

/// Everything one attempt needs.
pub(super) struct Attempt<W: Work> {
    pub(super) db: Db,
    pub(super) work: Arc<W>,
    pub(super) claimed: Claimed<W::Item>,
    pub(super) lease: Lease,
    /// Length of the lease.
    pub(super) trusted_for: Duration,
    /// When the claim was sent.
    pub(super) since: Instant,
    /// Cancelled when a stopping worker waits no longer.
    pub(super) halt: CancellationToken,
}

/// How the watched task ended.
enum Ending {
    Finished(Outcome),
    TimedOut,
    /// The lease is someone else's, or might be.
    Lost,
    /// The worker stops.
    Halted,
}

/// Aborts the task when dropped, so that a dropped worker leaves nothing running.
struct Watched(JoinHandle<Outcome>);

/// Runs an attempt to its end.
pub(super) async fn supervise<W: Work>(attempt: Attempt<W>) -> Result<(), StoreError> {
    let Attempt {
        db,
        work,
        claimed,
        lease,
        trusted_for,
        since,
        halt,
    } = attempt;
    let Claimed {
        attempt,
        max_attempts,
        timeout,
        longest_pause,
        label,
        item,
        ..
    } = claimed;
    let performer = Arc::clone(&work);
    let held = lease.clone();
    let mut task = Watched(tokio::spawn(
        async move { performer.perform(item, held).await },
    ));
    let ending = watch(
        &mut task,
        &lease,
        timeout,
        Trust {
            length: trusted_for,
            since,
        },
        &halt,
        db.env(),
    )
    .await;

    let outcome = match ending {
        Ending::Finished(outcome) => outcome,
        Ending::TimedOut => {
            task.abort().await;
            Outcome::Retry {
                reason: format!("timed out after {} s", timeout.as_secs_f32()),
            }
        }
        Ending::Lost => {
            task.abort().await;
            tracing::warn!(label, attempt, "lease lost");
            work.observe(&label, "lost", since.elapsed());
            return Ok(());
        }
        Ending::Halted => {
            task.abort().await;
            lease.release(db.env().now()).await?;
            work.observe(&label, "handed_back", since.elapsed());
            return Ok(());
        }
    };
    let verdict = Verdict::of(outcome, attempt, max_attempts, longest_pause, db.env());
    let written = verdict.write(&lease).await?;
    if let Verdict::Retry { reason, .. } | Verdict::Dead { reason } = &verdict {
        tracing::warn!(
            table = work.table().name,
            label,
            attempt,
            reason,
            result = verdict.name(),
            "attempt failed"
        );
    }
    work.observe(
        &label,
        if written { verdict.name() } else { "lost" },
        since.elapsed(),
    );
    Ok(())
}

/// How far the lease may be trusted, on the monotonic clock.
struct Trust {
    length: Duration,
    since: Instant,
}

impl Trust {
    /// A tenth of the lease is kept as a margin for statements on their way.
    fn until(&self) -> Instant {
        self.since + self.length.mul_f32(0.9)
    }
}

async fn watch(
    task: &mut Watched,
    lease: &Lease,
    timeout: Duration,
    mut trust: Trust,
    halt: &CancellationToken,
    env: &Env,
) -> Ending {
    let timed_out = tokio::time::sleep(timeout);
    tokio::pin!(timed_out);
    let beat = trust.length / 3;
    let mut heartbeat = tokio::time::interval_at(Instant::now() + beat, beat);
    loop {
        // While the effect's transaction is open it holds the row: nobody can take it, nothing is to be renewed.
        let begun = lease.was_begun();
        tokio::select! {
            biased;
            finished = &mut task.0 => return Ending::Finished(finished.unwrap_or_else(failed)),
            () = &mut timed_out => return Ending::TimedOut,
            () = halt.cancelled() => return Ending::Halted,
            () = tokio::time::sleep_until(trust.until()), if !begun => return Ending::Lost,
            _ = heartbeat.tick() => {}
        }
        if lease.was_begun() {
            continue;
        }
        let sent = Instant::now();
        match tokio::time::timeout_at(trust.until(), lease.renew(env.now() + trust.length)).await {
            Ok(Ok(true)) => trust.since = sent,
            Ok(Ok(false)) if lease.was_begun() => {}
            Ok(Ok(false)) => return Ending::Lost,
            Ok(Err(error)) => tracing::warn!(error = %super::reason_of(&error), "heartbeat failed"),
            Err(_) => tracing::warn!("heartbeat got no answer"),
        }
    }
}

/// What is written down for an attempt.
enum Verdict {
    Done,
    Retry { at: Timestamp, reason: String },
    Snooze { until: Timestamp },
    Dead { reason: String },
}

impl Verdict {
    fn of(
        outcome: Outcome,
        attempt: u32,
        max_attempts: u32,
        longest_pause: Duration,
        env: &Env,
    ) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::Snooze { until } => Self::Snooze {
                until: until.max(env.now() + SHORTEST_SNOOZE),
            },
            Outcome::Dead { reason } => Self::Dead { reason },
            Outcome::Retry { reason } if attempt >= max_attempts => Self::Dead { reason },
            Outcome::Retry { reason } => Self::Retry {
                at: env.now() + pause_after(attempt, longest_pause, env),
                reason,
            },
        }
    }

    /// `false` if the lease is lost.
    async fn write(&self, lease: &Lease) -> Result<bool, StoreError> {
        match self {
            Self::Done => lease.sign().await,
            Self::Retry { at, reason } => lease.retry(*at, reason).await,
            Self::Snooze { until } => lease.release(*until).await,
            Self::Dead { reason } => lease.bury(reason).await,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retry { .. } => "retry",
            Self::Snooze { .. } => "snoozed",
            Self::Dead { .. } => "dead",
        }
    }
}

impl Watched {
    /// Aborts and waits a moment, so that nothing of it runs when the row goes back.
    async fn abort(&mut self) {
        self.0.abort();
        let ended = tokio::time::timeout(ABORT_GRACE, &mut self.0).await;
        if ended.is_err() {
            tracing::error!(
                "an aborted task does not yield; it is left behind, its writes are fenced off"
            );
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn failed(error: JoinError) -> Outcome {
    let reason = match error.try_into_panic() {
        Ok(panic) => format!("panicked: {}", panic_message(&*panic)),
        Err(_) => "was cancelled".to_owned(),
    };
    Outcome::Retry { reason }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
