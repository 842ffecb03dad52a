//! The threads that hash passwords. They yield to the threads that serve requests: a flood of sign-ins takes the time
//! that nobody else wants (`bench logins`).

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tenon_machine::{Urgency, become_background};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

thread_local! {
    static GETS_ON: Cell<bool> = const { Cell::new(false) };
}

/// As many threads as there are slots, kept apart from those that serve requests.
pub(super) struct HashingThreads(Option<Runtime>);

impl HashingThreads {
    /// Threads are started when there is work for them, and end when there has been none for a while.
    pub(super) fn new(slots: usize) -> Self {
        // One thread gets on even while requests take all cores, so that people can always sign in; the others give
        // their core to whoever wants it.
        let one_gets_on = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&one_gets_on);
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(slots)
            .thread_name("passwords")
            .on_thread_start(move || {
                let first = !one_gets_on.swap(true, Ordering::Relaxed);
                GETS_ON.set(first);
                yield_to_others(if first { Urgency::Low } else { Urgency::Idle });
            })
            .on_thread_stop(move || {
                if GETS_ON.get() {
                    is_over.store(false, Ordering::Relaxed);
                }
            })
            .build()
            .expect("a runtime without timers and sockets needs nothing of the system");
        Self(Some(runtime))
    }

    /// Runs on one of the threads.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let runtime = self.0.as_ref().expect("it is there until the drop");
        runtime.spawn_blocking(work)
    }
}

impl Drop for HashingThreads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background(); // the drop may be in an async task, which must not wait
        }
    }
}

impl fmt::Debug for HashingThreads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashingThreads")
    }
}

fn yield_to_others(urgency: Urgency) {
    if let Err(error) = become_background(urgency) {
        tracing::warn!(%error, "password hashing has the priority of everything else");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[tokio::test]
    async fn hashing_yields_to_everything_else_and_one_thread_gets_on() {
        let threads = HashingThreads::new(3);
        let all_at_once = Arc::new(Barrier::new(3));
        let running: Vec<_> = (0..3)
            .map(|_| {
                let all_at_once = Arc::clone(&all_at_once);
                threads.spawn(move || {
                    all_at_once.wait();
                    (tenon_machine::urgency_of_this_thread(), GETS_ON.get())
                })
            })
            .collect();
        let mut found = Vec::new();
        for thread in running {
            found.push(thread.await.expect("it ran"));
        }
        found.sort_by_key(|(_, gets_on)| !gets_on);
        let (low, idle) = (Some(Urgency::Low), Some(Urgency::Idle));
        assert_eq!(found, [(low, true), (idle, false), (idle, false)]);
        let ordinary = tokio::task::spawn_blocking(tenon_machine::urgency_of_this_thread).await;
        let here = tenon_machine::urgency_of_this_thread(); // the tests may run with a niceness of their own
        assert_eq!(ordinary.expect("it ran"), here);
    }
}
