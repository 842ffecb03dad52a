//! Figures about providers of accounts, in the default registry of `prometheus`.

use std::sync::LazyLock;

use prometheus::{IntCounterVec, register_int_counter_vec};

/// People who came back from a provider, by what became of it: `proved`, `declined`, `unavailable`, `refused`.
pub(crate) static FEDERATION: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_identity_federation_total",
        "People who came back from an OpenID Connect provider, by what became of it.",
        &["provider", "outcome"]
    )
    .expect("the name is registered once")
});
