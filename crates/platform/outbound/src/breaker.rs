//! Keeps a broken service from taking everything else down: a bound on parallel calls, and a breaker.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// How long a call waits for a free place.
const QUEUE_WAIT: Duration = Duration::from_millis(100);

/// A bound on parallel calls, and a breaker that opens after failures in a row.
#[derive(Debug)]
pub(super) struct Breaker {
    places: Semaphore,
    limit: u32,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
    probing: bool,
}

/// A call that may go out. Dropped without [`Pass::finish`] it counts as a failure: nobody waited for the answer.
#[derive(Debug)]
pub(super) struct Pass<'b> {
    breaker: &'b Breaker,
    _place: SemaphorePermit<'b>,
    finished: bool,
}

impl Breaker {
    pub(super) fn new(places: usize, failures: u32, pause: Duration) -> Self {
        Self {
            places: Semaphore::new(places),
            limit: failures.max(1),
            pause,
            state: Mutex::default(),
        }
    }

    /// Lets a call out, unless too many are, or the last ones failed: then one probe goes out after a pause.
    pub(super) async fn enter(&self) -> Option<Pass<'_>> {
        let place = tokio::time::timeout(QUEUE_WAIT, self.places.acquire())
            .await
            .ok()?
            .ok()?;
        let mut state = self.state();
        if let Some(until) = state.open_until {
            if state.probing || Instant::now() < until {
                return None;
            }
            state.probing = true;
        }
        drop(state);
        Some(Pass {
            breaker: self,
            _place: place,
            finished: false,
        })
    }

    fn record(&self, worked: bool) {
        let mut state = self.state();
        if worked {
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        state.probing = false;
        if state.failures >= self.limit {
            state.open_until = Some(Instant::now() + self.pause);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics while it holds the breaker")
    }
}

impl Pass<'_> {
    /// Says whether the provider answered.
    pub(super) fn finish(mut self, worked: bool) {
        self.finished = true;
        self.breaker.record(worked);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.breaker.record(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_and_closes_after_a_good_probe() {
        let breaker = Breaker::new(4, 2, Duration::from_secs(5));
        for _ in 0..2 {
            breaker.enter().await.expect("closed").finish(false);
        }
        assert!(breaker.enter().await.is_none());
        tokio::time::advance(Duration::from_secs(6)).await;
        let probe = breaker.enter().await.expect("one probe");
        assert!(breaker.enter().await.is_none(), "only one");
        probe.finish(true);
        assert!(breaker.enter().await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_nobody_waits_for_does_not_keep_it_closed_for_ever() {
        let breaker = Breaker::new(4, 1, Duration::from_secs(5));
        breaker.enter().await.expect("closed").finish(false);
        tokio::time::advance(Duration::from_secs(6)).await;
        drop(breaker.enter().await.expect("a probe"));
        tokio::time::advance(Duration::from_secs(6)).await;
        assert!(breaker.enter().await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn more_calls_than_places_are_turned_away() {
        let breaker = Breaker::new(1, 5, Duration::from_secs(5));
        let _first = breaker.enter().await.expect("free");
        assert!(breaker.enter().await.is_none());
    }
}
