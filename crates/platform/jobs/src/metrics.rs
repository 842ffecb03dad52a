//! What jobs tell the operator, in the default Prometheus registry.

use std::sync::LazyLock;
use std::time::Duration;

use prometheus::{
    HistogramVec, IntCounterVec, IntGaugeVec, register_histogram_vec, register_int_counter_vec,
    register_int_gauge_vec,
};

static ATTEMPTS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_job_attempts_total",
        "Attempts of jobs by what came of them: done, retry, dead, snoozed, handed_back, lost.",
        &["module", "kind", "result"]
    )
    .expect("registered once")
});

static SECONDS: LazyLock<HistogramVec> = LazyLock::new(|| {
    register_histogram_vec!(
        "tenon_job_attempt_seconds",
        "Time from claim to outcome of an attempt.",
        &["module", "kind"],
        vec![0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0]
    )
    .expect("registered once")
});

static DEAD: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "tenon_jobs_dead",
        "Jobs that were given up and wait for a person.",
        &["module"]
    )
    .expect("registered once")
});

pub(crate) fn attempt(module: &str, kind: &str, result: &str, took: Duration) {
    ATTEMPTS.with_label_values(&[module, kind, result]).inc();
    SECONDS
        .with_label_values(&[module, kind])
        .observe(took.as_secs_f64());
}

pub(crate) fn dead(module: &str, count: i64) {
    DEAD.with_label_values(&[module]).set(count);
}
