//! What the watch tells the operator, in the default Prometheus registry.

use std::sync::LazyLock;

use prometheus::{IntGaugeVec, register_int_gauge_vec};

static VIOLATIONS: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "tenon_invariant_violations",
        "Rows that break an invariant, at most 100 of each.",
        &["module", "name"]
    )
    .expect("registered once")
});

pub(super) fn violations(module: &str, name: &str, count: usize) {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    VIOLATIONS.with_label_values(&[module, name]).set(count);
}
