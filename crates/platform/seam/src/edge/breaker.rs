//! The breaker of an edge: a module that does not answer is left alone for a moment, then asked once.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus::IntGauge;
use tokio::time::Instant;

/// Opens when this many of the last 32 attempts failed.
const MOST_FAILED: u32 = 16;
/// Failures that lie further back than this say nothing about now.
const MEMORY: Duration = Duration::from_secs(10);
/// How long a module is left alone; a module that is back is found within this and the duration of one call.
const REST: Duration = Duration::from_millis(500);

/// Counts failures; closed, it costs a successful call two loads.
#[derive(Debug)]
pub(super) struct Breaker {
    /// The last 32 attempts, the newest in the lowest bit; 1 is a failure.
    recent: AtomicU32,
    is_open: AtomicBool,
    state: Mutex<State>,
    gauge: IntGauge,
}

#[derive(Debug, Default)]
struct State {
    last_failure: Option<Instant>,
    /// Open until then.
    until: Option<Instant>,
    /// One attempt is under way to find out whether the module is back.
    is_probing: bool,
}

/// The right to make one attempt; says afterwards how it went. Dropped, it says nothing.
#[doc(hidden)]
#[derive(Debug)]
pub struct Pass<'b> {
    breaker: &'b Breaker,
    is_probe: bool,
}

impl Breaker {
    pub(super) fn new(gauge: IntGauge) -> Self {
        Self {
            recent: AtomicU32::new(0),
            is_open: AtomicBool::new(false),
            state: Mutex::default(),
            gauge,
        }
    }

    /// Lets an attempt through; `None` while the module is left alone.
    pub(super) fn enter(&self) -> Option<Pass<'_>> {
        let mut is_probe = false;
        if self.is_open.load(Ordering::Acquire) {
            let mut state = self.lock();
            // It may have closed meanwhile.
            if let Some(until) = state.until {
                if state.is_probing || Instant::now() < until {
                    return None;
                }
                state.is_probing = true;
                is_probe = true;
            }
        }
        Some(Pass {
            breaker: self,
            is_probe,
        })
    }

    fn note_answer(&self, is_probe: bool) {
        if is_probe {
            let mut state = self.lock();
            *state = State::default();
            self.recent.store(0, Ordering::Relaxed);
            self.is_open.store(false, Ordering::Release);
            self.gauge.set(0);
        } else if self.recent.load(Ordering::Relaxed) != 0 {
            let _before =
                self.recent
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |recent| {
                        Some(recent << 1)
                    });
        }
    }

    fn note_failure(&self, is_probe: bool) {
        let now = Instant::now();
        let mut state = self.lock();
        if is_probe {
            state.is_probing = false;
            state.until = Some(now + REST);
            return;
        }
        if state.until.is_some() {
            return; // began before it opened
        }
        let is_stale = state
            .last_failure
            .is_some_and(|last| now.saturating_duration_since(last) > MEMORY);
        state.last_failure = Some(now);
        let before = if is_stale {
            0
        } else {
            self.recent.load(Ordering::Relaxed)
        };
        let recent = before << 1 | 1;
        self.recent.store(recent, Ordering::Relaxed);
        if recent.count_ones() >= MOST_FAILED {
            state.until = Some(now + REST);
            self.is_open.store(true, Ordering::Release);
            self.gauge.set(1);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The module answered, be it with a refusal.
    pub(super) fn answered(mut self) {
        let is_probe = std::mem::take(&mut self.is_probe);
        self.breaker.note_answer(is_probe);
    }

    /// The module could not be reached, or did not answer in time.
    pub(super) fn failed(mut self) {
        let is_probe = std::mem::take(&mut self.is_probe);
        self.breaker.note_failure(is_probe);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            // The caller went away before it knew: the next one asks.
            self.breaker.lock().is_probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> Breaker {
        Breaker::new(IntGauge::new("b", "b").expect("a name"))
    }

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.enter().expect("closed").failed();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn half_of_the_last_attempts_open_it_and_one_probe_closes_it() {
        let breaker = breaker();
        for _ in 0..MOST_FAILED - 1 {
            breaker.enter().expect("closed").answered();
            breaker.enter().expect("closed").failed();
        }
        assert!(breaker.enter().is_some(), "one short of it");
        fail(&breaker, 1);
        assert!(breaker.enter().is_none());

        tokio::time::advance(REST).await;
        let probe = breaker.enter().expect("one may ask");
        assert!(breaker.enter().is_none(), "only one");
        probe.failed();
        assert!(breaker.enter().is_none(), "rests again");

        tokio::time::advance(REST).await;
        drop(breaker.enter().expect("one may ask"));
        breaker.enter().expect("the next one asks").answered();
        fail(&breaker, MOST_FAILED - 1);
        assert!(breaker.enter().is_some(), "what was before is forgotten");
        assert_eq!(breaker.gauge.get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn old_failures_say_nothing_about_now() {
        let breaker = breaker();
        fail(&breaker, MOST_FAILED - 1);
        tokio::time::advance(MEMORY + REST).await;
        fail(&breaker, MOST_FAILED - 1);
        assert!(breaker.enter().is_some());
        fail(&breaker, 1);
        assert!(breaker.enter().is_none());
    }
}
