//! Rate limits: GCRA for each subject, in memory, bounded.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tenon_kernel::Timestamp;

use crate::settings::RateLimit;

/// Shards keep subjects from waiting for each other.
const SHARDS: usize = 16;
/// Subjects remembered in each shard and generation: some 200,000 in all, about 10 MB when full.
const SHARD_CAPACITY: usize = 6_400;

/// One policy's limiter.
///
/// When a generation is full the older one is forgotten, so a flood of new subjects can make the limiter
/// forgive someone early, but never grow or refuse someone wrongly.
#[derive(Debug)]
pub(crate) struct Limiter {
    name: &'static str,
    requests: u32,
    /// Time that one request uses up, in nanoseconds.
    interval: u64,
    /// Time that a full window of requests uses up, in nanoseconds.
    window: u64,
    policy: HeaderValue,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    /// Theoretical arrival times by hashed subject: when the subject's use will have drained away.
    young: HashMap<u64, u64>,
    old: HashMap<u64, u64>,
}

/// What a subject has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) allowed: bool,
    /// Requests that would be allowed now.
    pub(crate) remaining: u32,
    /// Until everything is free again.
    pub(crate) reset: Duration,
    /// Until one more request is allowed.
    pub(crate) wait: Duration,
}

impl Limiter {
    /// `None` if there is no limit.
    pub(crate) fn new(name: &'static str, limit: RateLimit) -> Option<Self> {
        if limit.requests == 0 {
            return None;
        }
        let window = u64::from(limit.window_seconds.max(1)) * 1_000_000_000;
        let policy = format!(
            "\"{name}\";q={};w={}",
            limit.requests,
            limit.window_seconds.max(1)
        );
        Some(Self {
            name,
            requests: limit.requests,
            interval: window / u64::from(limit.requests),
            window,
            policy: HeaderValue::try_from(policy).expect("names and numbers are header text"),
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        })
    }

    /// Takes one request from a subject's quota.
    pub(crate) fn take(&self, subject: impl Hash, now: Timestamp) -> Quota {
        let now = u64::try_from(now.as_micros())
            .unwrap_or(0)
            .saturating_mul(1_000);
        let key = self.hasher.hash_one(subject);
        let mut shard = self.shards[usize::from(key.to_le_bytes()[0]) % SHARDS]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Never more than a window ahead, so that a clock set back locks nobody out for longer.
        let used_until = shard
            .get(key)
            .unwrap_or(0)
            .clamp(now, now.saturating_add(self.window));
        let next = used_until.saturating_add(self.interval);
        let allowed = next <= now.saturating_add(self.window);
        let used_until = if allowed { next } else { used_until };
        if allowed {
            shard.put(key, next);
        }
        drop(shard);

        let used = used_until - now;
        let free = self.window.saturating_sub(used);
        Quota {
            allowed,
            remaining: u32::try_from(free / self.interval)
                .unwrap_or(u32::MAX)
                .min(self.requests),
            reset: Duration::from_nanos(used),
            wait: if allowed {
                Duration::ZERO
            } else {
                Duration::from_nanos(self.interval.saturating_sub(free))
            },
        }
    }

    /// The value of `RateLimit-Policy`.
    pub(crate) fn policy(&self) -> HeaderValue {
        self.policy.clone()
    }

    /// The value of `RateLimit`; written for every request, so without a detour over the heap.
    pub(crate) fn state(&self, quota: Quota) -> HeaderValue {
        let seconds = quota.reset.as_millis().div_ceil(1_000);
        let mut text = [0_u8; 96];
        let mut rest = &mut text[..];
        let written = write!(rest, "\"{}\";r={};t={seconds}", self.name, quota.remaining);
        let length = 96 - rest.len();
        written
            .ok()
            .and_then(|()| HeaderValue::from_bytes(&text[..length]).ok())
            .unwrap_or_else(|| self.policy())
    }
}

impl Shard {
    fn get(&self, key: u64) -> Option<u64> {
        self.young.get(&key).or_else(|| self.old.get(&key)).copied()
    }

    fn put(&mut self, key: u64, used_until: u64) {
        if self.young.len() >= SHARD_CAPACITY && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, used_until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(requests: u32, window_seconds: u32) -> Limiter {
        Limiter::new(
            "default",
            RateLimit {
                requests,
                window_seconds,
            },
        )
        .expect("a limit")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    #[test]
    fn a_window_of_requests_passes_and_the_next_waits() {
        let limiter = limiter(3, 60);
        let remaining: Vec<u32> = (0..3).map(|_| limiter.take("a", at(0)).remaining).collect();
        assert_eq!(remaining, [2, 1, 0]);
        let refused = limiter.take("a", at(0));
        assert!(
            !refused.allowed
                && refused.wait == Duration::from_secs(20)
                && refused.reset == Duration::from_mins(1)
        );
        assert!(
            limiter.take("b", at(0)).allowed,
            "subjects are counted apart"
        );
        assert!(!limiter.take("a", at(19)).allowed);
        assert!(limiter.take("a", at(20)).allowed);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out_for_longer_than_a_window() {
        let limiter = limiter(1, 60);
        assert!(limiter.take("a", at(86_400)).allowed);
        assert!(limiter.take("a", at(0)).wait <= Duration::from_mins(1));
    }

    #[test]
    fn a_flood_of_subjects_does_not_grow_it() {
        let limiter = limiter(1, 60);
        for subject in 0..(SHARDS * SHARD_CAPACITY * 3) {
            limiter.take(subject, at(0));
        }
        let held: usize = limiter
            .shards
            .iter()
            .map(|shard| {
                shard
                    .lock()
                    .map_or(0, |shard| shard.young.len() + shard.old.len())
            })
            .sum();
        assert!(held <= SHARDS * SHARD_CAPACITY * 2);
    }

    #[test]
    fn fields_have_the_form_of_the_draft() {
        let limiter = limiter(600, 60);
        let quota = limiter.take("a", at(0));
        assert_eq!(limiter.policy(), "\"default\";q=600;w=60");
        assert_eq!(limiter.state(quota), "\"default\";r=599;t=1");
    }
}
