//! What is measured about calls between modules.

use std::sync::LazyLock;

use prometheus::{
    Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
    register_histogram_vec, register_int_counter_vec, register_int_gauge_vec,
};

static CALL_SECONDS: LazyLock<HistogramVec> = LazyLock::new(|| {
    let buckets = vec![
        0.000_001, 0.000_01, 0.000_1, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0,
    ];
    let options = prometheus::HistogramOpts::new(
        "tenon_seam_call_seconds",
        "Duration of calls between modules, each attempt for itself.",
    );
    register_histogram_vec!(
        options.buckets(buckets),
        &["caller", "callee", "method", "binding"]
    )
    .expect("the name is registered once")
});

static CALL_FAILURES: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_seam_call_failures_total",
        "Attempts of calls between modules that did not get the module's answer.",
        &["caller", "callee", "method", "binding"]
    )
    .expect("the name is registered once")
});

static RETRIES: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_seam_retries_total",
        "Calls between modules that were sent again.",
        &["caller", "callee", "method"]
    )
    .expect("the name is registered once")
});

static BREAKER_OPEN: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "tenon_seam_breaker_open",
        "1 while calls along an edge are refused because too many of them failed.",
        &["caller", "callee", "binding"]
    )
    .expect("the name is registered once")
});

/// The metrics of one method of an edge.
#[derive(Debug, Clone)]
pub(super) struct Meter {
    pub(super) seconds: Histogram,
    pub(super) failures: IntCounter,
}

impl Meter {
    #[expect(
        clippy::similar_names,
        reason = "caller and callee are the words of the field"
    )]
    pub(super) fn new(caller: &str, callee: &str, method: &str, binding: &str) -> Self {
        let labels = [caller, callee, method, binding];
        Self {
            seconds: CALL_SECONDS.with_label_values(&labels),
            failures: CALL_FAILURES.with_label_values(&labels),
        }
    }
}

#[expect(
    clippy::similar_names,
    reason = "caller and callee are the words of the field"
)]
pub(super) fn count_retry(caller: &str, callee: &str, method: &str) {
    RETRIES.with_label_values(&[caller, callee, method]).inc();
}

#[expect(
    clippy::similar_names,
    reason = "caller and callee are the words of the field"
)]
pub(super) fn breaker_gauge(caller: &str, callee: &str, binding: &str) -> IntGauge {
    BREAKER_OPEN.with_label_values(&[caller, callee, binding])
}
