//! What a cache tells about itself: `tenon_cache_requests_total{cache, outcome}`.

use std::sync::LazyLock;

use prometheus::{IntCounter, IntCounterVec, Opts};

static REQUESTS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    let options = Opts::new(
        "tenon_cache_requests_total",
        "Cache reads by outcome; a refresh is also a hit.",
    );
    let counters = IntCounterVec::new(options, &["cache", "outcome"])
        .expect("the name and labels are well formed");
    if let Err(error) = prometheus::register(Box::new(counters.clone())) {
        tracing::warn!(%error, "cache metrics are not published");
    }
    counters
});

/// The counters of one cache.
#[derive(Debug)]
pub(crate) struct Metrics {
    hits: IntCounter,
    misses: IntCounter,
    refreshes: IntCounter,
}

impl Metrics {
    pub(crate) fn new(cache: &'static str) -> Self {
        let counter = |outcome| REQUESTS.with_label_values(&[cache, outcome]);
        Self {
            hits: counter("hit"),
            misses: counter("miss"),
            refreshes: counter("refresh"),
        }
    }

    pub(crate) fn hit(&self) {
        self.hits.inc();
    }

    pub(crate) fn miss(&self) {
        self.misses.inc();
    }

    pub(crate) fn refresh(&self) {
        self.refreshes.inc();
    }
}
