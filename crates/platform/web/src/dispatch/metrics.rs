//! Counts and durations of operations for Prometheus.

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use http::StatusCode;
use prometheus::{
    Histogram, HistogramVec, IntCounter, IntCounterVec, register_histogram_vec,
    register_int_counter_vec,
};
use tenon_kernel::SeamCalls;

static DURATION: LazyLock<HistogramVec> = LazyLock::new(|| {
    let buckets = vec![
        0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ];
    register_histogram_vec!(
        "tenon_http_request_duration_seconds",
        "Time to answer a request.",
        &["operation"],
        buckets
    )
    .expect("the metric is registered once")
});

static REQUESTS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_http_requests_total",
        "Answered requests.",
        &["operation", "status"]
    )
    .expect("the metric is registered once")
});

static SEAM_CALLS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_http_seam_calls_total",
        "Calls to other modules made for requests.",
        &["operation", "callee", "status"]
    )
    .expect("the metric is registered once")
});

/// The metrics of one operation, looked up once.
pub(crate) struct RouteMetrics {
    operation: &'static str,
    duration: Histogram,
    /// By first digit of the status.
    answers: [OnceLock<IntCounter>; 5],
}

impl RouteMetrics {
    pub(crate) fn new(operation: &'static str) -> Self {
        let duration = DURATION.with_label_values(&[operation]);
        Self {
            operation,
            duration,
            answers: Default::default(),
        }
    }

    pub(crate) fn record(&self, status: StatusCode, took: Duration, seam_calls: &[SeamCalls]) {
        const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
        self.duration.observe(took.as_secs_f64());
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.answers[class]
            .get_or_init(|| REQUESTS.with_label_values(&[self.operation, CLASSES[class]]))
            .inc();
        for calls in seam_calls {
            SEAM_CALLS
                .with_label_values(&[self.operation, calls.callee, CLASSES[class]])
                .inc_by(u64::from(calls.count));
        }
    }
}
