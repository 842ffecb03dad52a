//! The one retry wrapper.

use std::time::Duration;

use tenon_kernel::{Entropy as _, SystemEntropy};
use tenon_seam::{SeamError, SeamFault};

use crate::{StoreError, metrics};

const MOST_TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// What callers are told when all tries met contention.
const GIVEN_UP_RETRY_MS: u64 = 200;

/// Says whether running the same unit of work again may succeed.
pub trait Transient {
    /// `true` for serialization failures, deadlocks and a busy SQLite file.
    fn is_transient(&self) -> bool;

    /// What the caller gets after the last try.
    #[must_use]
    fn given_up(self) -> Self
    where
        Self: Sized,
    {
        self
    }
}

impl Transient for StoreError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Contention(_))
    }
}

/// Contention is known by `Overloaded { retry_after_ms: 0 }`: see `From<StoreError> for SeamFault`.
impl<E> Transient for SeamError<E> {
    fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Seam(SeamFault::Overloaded { retry_after_ms: 0 })
        )
    }

    /// Says when to come back, so that a caller's own [`retrying`] does not take it for contention of its own:
    /// retries happen in one place.
    fn given_up(self) -> Self {
        Self::Seam(SeamFault::Overloaded {
            retry_after_ms: GIVEN_UP_RETRY_MS,
        })
    }
}

/// Runs a use case, again (at most 5 times, full jitter) while it fails with a transient store error.
///
/// The body must be free of effects outside its transaction: it may run twice.
///
/// ```ignore
/// retrying(|| async {
///     let mut ctx = ctx.child();
///     let mut tx = self.db.begin(&mut ctx, "orders.place").await?;
///     …
///     tx.commit().await?;
///     Ok(order)
/// }).await
/// ```
pub async fn retrying<T, E, F, Fut>(body: F) -> Result<T, E>
where
    E: Transient,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let mut tried = 1;
    loop {
        match body().await {
            Err(error) if error.is_transient() && tried < MOST_TRIES => {
                metrics::RETRIES.inc();
                tokio::time::sleep(pause_after(tried)).await;
                tried += 1;
            }
            Err(error) if error.is_transient() => return Err(error.given_up()),
            outcome => return outcome,
        }
    }
}

/// Full jitter (Brooker 2015): anything from nothing to the doubled pause. Only timing hangs on the
/// randomness, so it is the machine's own.
fn pause_after(tried: u32) -> Duration {
    let mut bytes = [0; 4];
    SystemEntropy.fill(&mut bytes);
    let longest = FIRST_PAUSE * 2_u32.pow(tried);
    longest.mul_f64(f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn contention() -> StoreError {
        StoreError::Contention(sqlx::Error::BeginFailed)
    }

    #[tokio::test(start_paused = true)]
    async fn contention_is_tried_five_times() {
        let tries = AtomicU32::new(0);
        let outcome: Result<(), StoreError> = retrying(|| async {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(contention())
        })
        .await;
        assert!(
            matches!(outcome, Err(StoreError::Contention(_))),
            "{outcome:?}"
        );
        assert_eq!(tries.into_inner(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn contention_is_seen_through_the_error_of_a_contract() {
        let tries = AtomicU32::new(0);
        let outcome: Result<&str, SeamError<String>> = retrying(|| async {
            if tries.fetch_add(1, Ordering::Relaxed) < 2 {
                Err(contention().into())
            } else {
                Ok("done")
            }
        })
        .await;
        assert_eq!(outcome, Ok("done"));
    }

    #[tokio::test(start_paused = true)]
    async fn contention_does_not_leave_as_contention() {
        let outcome: Result<(), SeamError<String>> =
            retrying(|| async { Err(contention().into()) }).await;
        assert_eq!(
            outcome,
            Err(SeamError::Seam(SeamFault::Overloaded {
                retry_after_ms: GIVEN_UP_RETRY_MS
            }))
        );
        assert!(!outcome.is_err_and(|error| error.is_transient()));
    }

    #[tokio::test]
    async fn refusals_are_not_tried_again() {
        let tries = AtomicU32::new(0);
        let outcome: Result<(), SeamError<String>> = retrying(|| async {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(SeamError::Domain("sold out".to_owned()))
        })
        .await;
        assert_eq!(outcome, Err(SeamError::Domain("sold out".to_owned())));
        assert_eq!(tries.into_inner(), 1);
    }
}
