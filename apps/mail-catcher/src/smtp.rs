//! The SMTP listener.

mod lines;
mod session;

use std::sync::Arc;
use std::time::Duration;

use tenon_kernel::Env;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::session::Session;
use crate::fault::Faults;
use crate::mailbox::Mailbox;

/// Conversations at one time; more wait in the listener's queue.
const MAX_CONNECTIONS: usize = 100;

/// What all conversations share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) env: Env,
    pub(crate) mailbox: Mailbox,
    pub(crate) faults: Faults,
    pub(crate) max_size: usize,
    pub(crate) stop: CancellationToken,
}

/// Accepts conversations until stopped.
pub(crate) async fn listen(listener: TcpListener, shared: Shared, tasks: TaskTracker) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let stop = shared.stop.clone();
    let accept = async {
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                return;
            };
            let stream = match listener.accept().await {
                Ok((stream, _peer)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: others must end first.
                    tracing::warn!(%error, "an SMTP connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let shared = shared.clone();
            tasks.spawn(async move {
                let stop = shared.stop.clone();
                let ended = stop
                    .run_until_cancelled(Session::new(stream, shared).run())
                    .await;
                if let Some(Err(error)) = ended {
                    tracing::debug!(%error, "an SMTP conversation broke off");
                }
                drop(slot);
            });
        }
    };
    stop.run_until_cancelled(accept).await;
}
