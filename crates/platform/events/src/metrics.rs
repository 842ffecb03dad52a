//! What events tell the operator, in the default Prometheus registry.

use std::sync::LazyLock;
use std::time::Duration;

use prometheus::{
    HistogramVec, IntCounterVec, IntGaugeVec, register_histogram_vec, register_int_counter_vec,
    register_int_gauge_vec,
};

static EMITTED: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_events_emitted_total",
        "Events written to an outbox, including those of units that were rolled back later.",
        &["module", "type"]
    )
    .expect("registered once")
});

static HANDLED: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_events_handled_total",
        "Attempts to handle an event by what came of them: done, retry, dead, handed_back, lost.",
        &["consumer", "type", "outcome"]
    )
    .expect("registered once")
});

static SECONDS: LazyLock<HistogramVec> = LazyLock::new(|| {
    register_histogram_vec!(
        "tenon_event_handling_seconds",
        "Time from claim to outcome of an attempt.",
        &["consumer"],
        vec![0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0]
    )
    .expect("registered once")
});

static LAG: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "tenon_events_lag",
        "Events of a feed that a consumer has not read.",
        &["consumer", "source"]
    )
    .expect("registered once")
});

static GAPS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_events_gaps_total",
        "Times a consumer found events missing from a feed; always 0.",
        &["consumer", "source"]
    )
    .expect("registered once")
});

static DEAD: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "tenon_events_dead",
        "Events that were given up and wait for a person.",
        &["consumer"]
    )
    .expect("registered once")
});

pub(crate) fn emitted(module: &str, event_type: &str) {
    EMITTED.with_label_values(&[module, event_type]).inc();
}

pub(crate) fn handled(consumer: &str, event_type: &str, outcome: &str, took: Duration) {
    HANDLED
        .with_label_values(&[consumer, event_type, outcome])
        .inc();
    SECONDS
        .with_label_values(&[consumer])
        .observe(took.as_secs_f64());
}

pub(crate) fn lag(consumer: &str, source: &str, events: i64) {
    LAG.with_label_values(&[consumer, source]).set(events);
}

pub(crate) fn gap(consumer: &str, source: &str) {
    GAPS.with_label_values(&[consumer, source]).inc();
}

pub(crate) fn dead(consumer: &str, count: i64) {
    DEAD.with_label_values(&[consumer]).set(count);
}
