//! The cache: one load for each key at a time, old values only within their time.

use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use moka::ops::compute::Op;
use tokio::time::Instant;

use crate::epoch::{Epoch, Epochs};
use crate::metrics::Metrics;

/// Bounds of a cache.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// Names its metrics.
    pub name: &'static str,
    /// Most entries.
    pub capacity: u64,
    /// Oldest answer that is given.
    pub time_to_live: Duration,
    /// Age from which one caller refreshes in the background while others get the old value.
    pub refresh_after: Duration,
}

/// A cache of `V` by `K`. Cheap to clone.
///
/// After [`Cache::invalidate`] returns, no later call gets a value whose load began before: not from the
/// cache, and not by joining a load that was already under way.
pub struct Cache<K, V> {
    shared: Arc<Shared<K, V>>,
}

struct Shared<K, V> {
    entries: moka::future::Cache<K, Arc<Entry<V>>>,
    epochs: Epochs,
    metrics: Metrics,
    settings: CacheSettings,
}

struct Entry<V> {
    value: V,
    /// When its load began, in invalidations of its key.
    epoch: Epoch,
    loaded_at: Instant,
    refreshing: AtomicBool,
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Makes an empty cache.
    pub fn new(settings: CacheSettings) -> Self {
        let entries = moka::future::Cache::builder()
            .name(settings.name)
            .max_capacity(settings.capacity)
            .time_to_live(settings.time_to_live)
            .build();
        let metrics = Metrics::new(settings.name);
        Self {
            shared: Arc::new(Shared {
                entries,
                epochs: Epochs::default(),
                metrics,
                settings,
            }),
        }
    }

    /// Returns the cached value or loads it; concurrent callers of one key share one load.
    ///
    /// A value older than `refresh_after` is returned at once, while one background task loads a newer one.
    ///
    /// # Errors
    ///
    /// What `load` failed with, shared by all who waited for it. Errors are not cached.
    pub async fn get_or_load<E, F, Fut>(&self, key: K, load: F) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        let shared = &self.shared;
        let since = shared.epochs.current(&key);
        if let Some(entry) = shared.entries.get(&key).await {
            if shared.is_good(&entry, since) {
                shared.metrics.hit();
                if shared.wants_refresh(&entry) {
                    self.refresh(key, load);
                }
                return Ok(entry.value.clone());
            }
            shared.drop_entry(&key, &entry).await;
        }
        shared.metrics.miss();
        // On the heap: whoever finds the value in the cache does not carry the load's state around.
        Box::pin(shared.load(key, since, load)).await
    }

    /// Drops one entry, and makes loads of it that are under way worthless to later callers.
    pub async fn invalidate(&self, key: &K) {
        self.shared.epochs.advance(key);
        self.shared.entries.invalidate(key).await;
    }

    /// Drops all entries.
    pub fn clear(&self) {
        self.shared.epochs.advance_all();
        self.shared.entries.invalidate_all();
    }

    fn refresh<E, F, Fut>(&self, key: K, load: F)
    where
        E: Send + 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        shared.metrics.refresh();
        tokio::spawn(async move {
            let epoch = shared.epochs.current(&key);
            if let Ok(value) = load().await {
                shared
                    .entries
                    .insert(key, Arc::new(Entry::new(value, epoch)))
                    .await;
                return;
            }
            // The one who asks next tries again, until the value is too old to be given.
            tracing::debug!(cache = shared.settings.name, "refresh failed");
            if let Some(entry) = shared.entries.get(&key).await {
                entry.refreshing.store(false, Ordering::Relaxed);
            }
        });
    }
}

impl<K, V> Shared<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    async fn load<E, F, Fut>(&self, key: K, since: Epoch, load: F) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        let mut load = Some(load);
        loop {
            let own_load = async {
                let epoch = self.epochs.current(&key);
                let load = load.take().expect("a load that ran ends the loop");
                Ok::<_, E>(Arc::new(Entry::new(load().await?, epoch)))
            };
            let entry = self.entries.try_get_with(key.clone(), own_load).await?;
            if load.is_none() || self.is_good(&entry, since) {
                return Ok(entry.value.clone());
            }
            // We joined a load that began before an invalidation that we must see.
            self.drop_entry(&key, &entry).await;
        }
    }

    fn is_good(&self, entry: &Entry<V>, since: Epoch) -> bool {
        entry.epoch >= since && entry.loaded_at.elapsed() < self.settings.time_to_live
    }

    /// `true` for exactly one caller.
    fn wants_refresh(&self, entry: &Entry<V>) -> bool {
        entry.loaded_at.elapsed() >= self.settings.refresh_after
            && !entry.refreshing.swap(true, Ordering::Relaxed)
    }

    /// Removes this entry, but not one that somebody else has put there meanwhile.
    async fn drop_entry(&self, key: &K, stale: &Arc<Entry<V>>) {
        let _outcome = self
            .entries
            .entry_by_ref(key)
            .and_compute_with(|current| {
                let is_same = current.is_some_and(|current| Arc::ptr_eq(current.value(), stale));
                std::future::ready(if is_same { Op::Remove } else { Op::Nop })
            })
            .await;
    }
}

impl<V> Entry<V> {
    fn new(value: V, epoch: Epoch) -> Self {
        Self {
            value,
            epoch,
            loaded_at: Instant::now(),
            refreshing: AtomicBool::new(false),
        }
    }
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("settings", &self.shared.settings)
            .finish_non_exhaustive()
    }
}
