//! Figures about the provider, in the default registry of `prometheus`.

use std::sync::LazyLock;

use prometheus::{IntCounter, IntCounterVec, register_int_counter, register_int_counter_vec};

/// Calls to the provider, by operation and class of outcome.
pub(crate) static CALLS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_payments_provider_calls_total",
        "Calls to the payment provider, by class of outcome.",
        &["operation", "outcome"]
    )
    .expect("the name is registered once")
});

/// Webhooks, by what became of them: `stored`, `duplicate`, `bad_signature`, `unreadable`.
pub(crate) static WEBHOOKS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_payments_webhooks_total",
        "Webhooks of the payment provider, by what became of them.",
        &["result"]
    )
    .expect("the name is registered once")
});

/// Reports that contradict what is known, or speak of nothing known. Any growth needs a person.
pub(crate) static PARKED: LazyLock<IntCounter> = LazyLock::new(|| {
    register_int_counter!(
        "tenon_payments_parked_total",
        "Provider reports that nothing here could use."
    )
    .expect("the name is registered once")
});
