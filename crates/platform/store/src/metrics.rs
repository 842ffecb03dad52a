//! Figures about units of work and statements, in the default registry of `prometheus`.

use std::sync::LazyLock;
use std::time::Duration;

use prometheus::{
    Histogram, HistogramVec, IntCounter, IntCounterVec, register_histogram_vec,
    register_int_counter, register_int_counter_vec,
};

/// From a transaction that touches memory only to one that a deadline ends.
const SECONDS: [f64; 12] = [
    0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

static UNITS: LazyLock<HistogramVec> = LazyLock::new(|| {
    register_histogram_vec!(
        "tenon_db_unit_seconds",
        "Duration of units of work, from the start of the transaction to its end.",
        &["module", "unit", "outcome"],
        SECONDS.to_vec()
    )
    .expect("the name is registered once")
});

static WAITS: LazyLock<HistogramVec> = LazyLock::new(|| {
    register_histogram_vec!(
        "tenon_db_wait_seconds",
        "Time spent waiting for the writer or for a connection.",
        &["module", "for"],
        SECONDS.to_vec()
    )
    .expect("the name is registered once")
});

static STATEMENTS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_db_statement_total",
        "Statements sent to the database.",
        &["module"]
    )
    .expect("the name is registered once")
});

/// How often [`crate::retrying`] ran a unit again.
pub(crate) static RETRIES: LazyLock<IntCounter> = LazyLock::new(|| {
    register_int_counter!(
        "tenon_db_retries_total",
        "Units of work run again after contention."
    )
    .expect("the name is registered once")
});

/// How a unit of work ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    Committed,
    RolledBack,
    Failed,
}

impl Outcome {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::RolledBack => "rolled_back",
            Self::Failed => "failed",
        }
    }
}

/// The figures of one module.
pub(crate) struct Metrics {
    pub(crate) module: &'static str,
    pub(crate) statements: IntCounter,
    pub(crate) unit_wait: Histogram,
    pub(crate) read_wait: Histogram,
}

impl Metrics {
    pub(crate) fn of(module: &'static str) -> Self {
        Self {
            module,
            statements: STATEMENTS.with_label_values(&[module]),
            unit_wait: WAITS.with_label_values(&[module, "unit"]),
            read_wait: WAITS.with_label_values(&[module, "read"]),
        }
    }

    pub(crate) fn unit_ended(&self, unit: &str, outcome: Outcome, took: Duration) {
        UNITS
            .with_label_values(&[self.module, unit, outcome.name()])
            .observe(took.as_secs_f64());
    }
}
