//! Which events one module takes from another.

use orders_contract::{OrderCancelled, OrderShipped};
use payments_contract::{
    PaymentActionRequired, PaymentAuthorized, PaymentCaptureFailed, PaymentCaptured,
    PaymentDeclined, PaymentMismatch, PaymentResolved, PaymentUnknown, PaymentVoided, RefundFailed,
    RefundSucceeded,
};
use tenon_seam::Event as _;

/// The events that `consumer` takes of `source`.
pub(crate) struct Feed {
    pub(crate) consumer: &'static str,
    pub(crate) source: &'static str,
    pub(crate) types: &'static [&'static str],
}

/// All of them, as the modules' subscriptions name them.
pub(crate) const FEEDS: [Feed; 2] = [
    Feed {
        consumer: "orders",
        source: "payments",
        types: &[
            PaymentAuthorized::TYPE,
            PaymentDeclined::TYPE,
            PaymentActionRequired::TYPE,
            PaymentUnknown::TYPE,
            PaymentResolved::TYPE,
            PaymentMismatch::TYPE,
            PaymentVoided::TYPE,
            PaymentCaptured::TYPE,
            PaymentCaptureFailed::TYPE,
            RefundSucceeded::TYPE,
            RefundFailed::TYPE,
        ],
    },
    Feed {
        consumer: "payments",
        source: "orders",
        types: &[OrderCancelled::TYPE, OrderShipped::TYPE],
    },
];

impl Feed {
    /// Whether it brings events of this type.
    pub(crate) fn takes(&self, kind: &str) -> bool {
        self.types.contains(&kind)
    }
}
