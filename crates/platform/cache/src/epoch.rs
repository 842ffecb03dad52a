//! Counts invalidations, so that a load that began before one is recognised after it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, Ordering};

/// Keys share counters: a collision costs one needless load, never a stale value.
const COUNTERS: usize = 256;

/// A number of invalidations of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Epoch(u64);

/// The invalidations of all keys.
#[derive(Debug)]
pub(crate) struct Epochs {
    counters: Box<[AtomicU64]>,
    hasher: RandomState,
}

impl Epochs {
    pub(crate) fn current<K: Hash>(&self, key: &K) -> Epoch {
        Epoch(self.counter(key).load(Ordering::Acquire))
    }

    pub(crate) fn advance<K: Hash>(&self, key: &K) {
        self.counter(key).fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn advance_all(&self) {
        for counter in &self.counters {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn counter<K: Hash>(&self, key: &K) -> &AtomicU64 {
        let slot = self.hasher.hash_one(key) % COUNTERS as u64;
        &self.counters[usize::try_from(slot).expect("less than 256")]
    }
}

impl Default for Epochs {
    fn default() -> Self {
        Self {
            counters: (0..COUNTERS).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
        }
    }
}
