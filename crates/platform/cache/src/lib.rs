//! A single-flight cache over moka with early refresh; invalidated by the commits and events that make it stale.

mod cache;
mod epoch;
mod metrics;

pub use self::cache::{Cache, CacheSettings};
