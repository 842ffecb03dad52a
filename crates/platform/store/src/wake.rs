//! A bell that rings after commits.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// Rings after commits, so that relays and workers need not poll fast. Only a hint: nothing is lost without it.
///
/// It remembers what its holder has heard: a ring between two waits ends the second one at once. So keep one
/// and wait on it repeatedly; a clone has heard what the original had.
#[derive(Debug)]
pub struct Wake {
    bell: watch::Sender<u64>,
    heard: AtomicU64,
}

impl Wake {
    /// Makes a silent one.
    pub(crate) fn new() -> Self {
        Self {
            bell: watch::Sender::new(0),
            heard: AtomicU64::new(0),
        }
    }

    /// Waits until rung, at most `at_most`.
    pub async fn wait(&self, at_most: Duration) {
        let heard = self.heard.load(Ordering::Acquire);
        let mut rings = self.bell.subscribe();
        let rung = tokio::time::timeout(at_most, rings.wait_for(|rings| *rings != heard)).await;
        if let Ok(Ok(rings)) = rung {
            self.heard.store(*rings, Ordering::Release);
        }
    }

    /// Rings by hand.
    pub fn ring(&self) {
        self.bell
            .send_modify(|rings| *rings = rings.wrapping_add(1));
    }
}

impl Clone for Wake {
    fn clone(&self) -> Self {
        Self {
            bell: self.bell.clone(),
            heard: AtomicU64::new(self.heard.load(Ordering::Acquire)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    #[tokio::test]
    async fn a_ring_before_the_wait_is_heard() {
        let wake = Wake::new();
        let ringer = wake.clone();
        ringer.ring();
        ringer.ring();
        wake.wait(LONG).await;
        tokio::select! {
            () = wake.wait(LONG) => panic!("two rings before a wait are one"),
            () = tokio::task::yield_now() => {}
        }
    }

    #[tokio::test]
    async fn everyone_hears_a_ring() {
        let wake = Wake::new();
        let waiting: Vec<_> = (0..3)
            .map(|_| wake.clone())
            .map(|wake| tokio::spawn(async move { wake.wait(LONG).await }))
            .collect();
        tokio::task::yield_now().await;
        wake.ring();
        for waiter in waiting {
            waiter.await.expect("hears the ring");
        }
    }
}
