//! What callers of a cache can rely on.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tenon_cache::{Cache, CacheSettings};
use tokio::sync::{Notify, Semaphore};

const KEY: &str = "tea";

fn cache() -> Cache<&'static str, u32> {
    Cache::new(CacheSettings {
        name: "test",
        capacity: 100,
        time_to_live: Duration::from_secs(10),
        refresh_after: Duration::from_secs(5),
    })
}

/// Gives 1, 2, 3 … : the value says which load it came from.
#[derive(Clone, Default)]
struct Source(Arc<AtomicU32>);

impl Source {
    fn loads(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    async fn read_from(&self, cache: &Cache<&'static str, u32>) -> u32 {
        let source = self.clone();
        let load =
            move || async move { Ok::<_, Infallible>(source.0.fetch_add(1, Ordering::SeqCst) + 1) };
        cache.get_or_load(KEY, load).await.expect("infallible")
    }
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_concurrent_callers_share_one_load() {
    let (cache, source, gate) = (cache(), Source::default(), Arc::new(Semaphore::new(0)));
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let (cache, source, gate) = (cache.clone(), source.clone(), Arc::clone(&gate));
            tokio::spawn(async move {
                let load = move || async move {
                    let _passed = gate.acquire().await.expect("open");
                    Ok::<_, Infallible>(source.0.fetch_add(1, Ordering::SeqCst) + 1)
                };
                cache.get_or_load(KEY, load).await.expect("infallible")
            })
        })
        .collect();
    gate.add_permits(100);
    for caller in callers {
        assert_eq!(caller.await.expect("no panic"), 1);
    }
    assert_eq!(source.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_ageing_value_is_given_at_once_and_refreshed_once_behind() {
    let (cache, source) = (cache(), Source::default());
    assert_eq!(source.read_from(&cache).await, 1);
    tokio::time::advance(Duration::from_secs(6)).await;

    for _ in 0..10 {
        // Nothing yields between these reads, so the background task cannot have finished.
        assert_eq!(source.read_from(&cache).await, 1);
    }
    until(|| source.loads() == 2).await;
    tokio::task::yield_now().await;
    assert_eq!(source.read_from(&cache).await, 2);
    assert_eq!(source.loads(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_value_past_its_time_is_never_given() {
    let (cache, source) = (cache(), Source::default());
    assert_eq!(source.read_from(&cache).await, 1);
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(source.read_from(&cache).await, 2);
}

#[tokio::test]
async fn errors_are_not_cached() {
    let (cache, source) = (cache(), Source::default());
    let refused = cache
        .get_or_load(KEY, || async { Err::<u32, _>("down") })
        .await;
    assert_eq!(refused.expect_err("down").as_ref(), &"down");
    assert_eq!(source.read_from(&cache).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_is_tried_again() {
    let (cache, source) = (cache(), Source::default());
    assert_eq!(source.read_from(&cache).await, 1);
    tokio::time::advance(Duration::from_secs(6)).await;
    let failed = Arc::new(Notify::new());
    let tell = Arc::clone(&failed);
    let load = move || async move {
        tell.notify_one();
        Err::<u32, _>("down")
    };
    assert_eq!(cache.get_or_load(KEY, load).await, Ok(1));
    failed.notified().await;
    until(|| source.loads() >= 1).await;
    tokio::task::yield_now().await;
    assert_eq!(source.read_from(&cache).await, 1);
    until(|| source.loads() == 2).await;
}

#[tokio::test]
async fn an_invalidated_value_is_loaded_again() {
    let (cache, source) = (cache(), Source::default());
    assert_eq!(source.read_from(&cache).await, 1);
    cache.invalidate(&KEY).await;
    assert_eq!(source.read_from(&cache).await, 2);
    cache.clear();
    assert_eq!(source.read_from(&cache).await, 3);
}

/// Read, change, invalidate, read: the second reader must not join the load that began before the change.
#[tokio::test]
async fn a_load_that_began_before_an_invalidation_serves_nobody_after_it() {
    let (cache, source) = (cache(), Source::default());
    let (began, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let early = tokio::spawn({
        let (cache, began, go_on) = (cache.clone(), Arc::clone(&began), Arc::clone(&go_on));
        async move {
            let load = move || async move {
                began.notify_one();
                go_on.notified().await;
                Ok::<_, Infallible>(999)
            };
            cache.get_or_load(KEY, load).await
        }
    });
    began.notified().await;
    cache.invalidate(&KEY).await;
    let late = tokio::spawn({
        let (cache, source) = (cache.clone(), source.clone());
        async move { source.read_from(&cache).await }
    });
    tokio::task::yield_now().await;
    go_on.notify_one();

    assert_eq!(early.await.expect("no panic"), Ok(999));
    assert_eq!(late.await.expect("no panic"), 1);
    assert_eq!(
        source.read_from(&cache).await,
        1,
        "the early load must not have replaced the late one"
    );
}
