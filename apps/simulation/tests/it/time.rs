//! Time and randomness of a simulated process.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tenon_kernel::testing::SeededEntropy;
use tenon_kernel::{Clock, Env, Timestamp};

/// When every simulation begins: 2030-01-01.
const BEGINNING: i64 = 1_893_456_000;

/// The wall clock of all processes: the beginning, and as much as was simulated since.
#[derive(Debug, Default)]
pub(crate) struct SimulatedClock {
    /// For whoever asks while no process has its turn.
    newest: AtomicI64,
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let beginning = Timestamp::from_unix_seconds(BEGINNING);
        if let Some(elapsed) = turmoil::sim_elapsed() {
            let micros = i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX);
            self.newest.fetch_max(micros, Ordering::SeqCst);
            return beginning + elapsed;
        }
        let newest = u64::try_from(self.newest.load(Ordering::SeqCst)).unwrap_or(0);
        beginning + Duration::from_micros(newest)
    }
}

/// What a process gets that is started for the `boot`th time.
pub(crate) fn env(clock: &Arc<SimulatedClock>, seed: u64, process: &str, boot: u64) -> Env {
    let name = process.bytes().fold(seed, |mixed, byte| {
        mixed.wrapping_mul(0x0100_0000_01B3) ^ u64::from(byte)
    });
    let entropy = SeededEntropy::new(name.rotate_left(17) ^ boot.wrapping_mul(0x9E37_79B9));
    Env::new(Arc::clone(clock) as _, Arc::new(entropy))
}

/// Time that passes for deadlines: that of the runtime whose turn it is.
pub(crate) fn elapsed() -> Instant {
    tokio::time::Instant::now().into_std()
}
