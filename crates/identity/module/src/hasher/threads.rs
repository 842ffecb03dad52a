//! The threads that hash passwords. They yield to the threads that serve requests: a flood of sign-ins takes the time
//! that nobody else wants (`bench logins`).

use std::fmt;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// About a tenth of an ordinary thread's weight (nice(2)). The lowest, 19, measured hardly better for others, and would
/// let sign-ins starve beside other programs of the same session.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// As many threads as there are slots, kept apart from those that serve requests.
pub(super) struct HashingThreads(Option<Runtime>);

impl HashingThreads {
    /// Threads are started when there is work for them, and end when there has been none for a while.
    pub(super) fn new(slots: usize) -> Self {
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(slots)
            .thread_name("passwords")
            .on_thread_start(yield_to_others)
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

/// On Linux a priority is of the thread. Elsewhere it is of the process, so it is left alone there.
#[cfg(target_os = "linux")]
fn yield_to_others() {
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "password hashing has the priority of everything else");
    }
}

#[cfg(not(target_os = "linux"))]
fn yield_to_others() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashing_yields_to_everything_else_and_nothing_else_does() {
        let threads = HashingThreads::new(1);
        let niceness = threads.spawn(|| rustix::process::nice(0)).await;
        assert_eq!(niceness.expect("it ran"), Ok(NICENESS));
        let ordinary = tokio::task::spawn_blocking(|| rustix::process::nice(0)).await;
        assert_ne!(ordinary.expect("it ran"), Ok(NICENESS));
    }
}
