//! Where randomness comes from, and the pair of clock and randomness that is handed around.

use std::fmt;
use std::sync::Arc;

use crate::{Clock, Id, IdKind, MovableClock, SystemClock, Timestamp};

/// A source of random bytes fit for secrets.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// The random generator of the crypto provider, seeded by the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        aws_lc_rs::rand::fill(buffer).expect("the operating system provides randomness");
    }
}

/// Time and randomness, injected everywhere. Cheap to clone.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Env {
    /// Pairs a clock with a source of randomness.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The machine's own clock and randomness.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// The clock, if people may set it forward; `None` in every installation that others use.
    pub fn movable_clock(&self) -> Option<&MovableClock> {
        self.clock.as_movable()
    }

    /// Returns the current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes a new id: time-ordered, unique, not guessable enough to be a secret.
    pub fn new_id<K: IdKind>(&self) -> Id<K> {
        Id::from_uuid(self.new_uuid())
    }

    /// Makes a UUIDv7 from the injected clock and randomness (RFC 9562 §5.7).
    pub fn new_uuid(&self) -> uuid::Uuid {
        let millis = u64::try_from(self.now().as_micros() / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.random::<10>()).into_uuid()
    }

    /// Returns `N` random bytes; 32 make a 256-bit secret.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

/// A repeatable sequence, so that a failing test can be run again. Never for secrets.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct SeededEntropy(std::sync::atomic::AtomicU64);

#[cfg(any(test, feature = "testing"))]
impl SeededEntropy {
    /// Starts the sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(seed))
    }
}

#[cfg(any(test, feature = "testing"))]
impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        // SplitMix64 (Steele, Lea, Flood 2014): one atomic add a word, so threads never repeat each other.
        for chunk in buffer.chunks_mut(8) {
            let mut word = self
                .0
                .fetch_add(0x9E37_79B9_7F4A_7C15, std::sync::atomic::Ordering::SeqCst);
            word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            word ^= word >> 31;
            for (byte, random) in chunk.iter_mut().zip(word.to_le_bytes()) {
                *byte = random;
            }
        }
    }
}
