//! What each fact of payments says about its order.

use orders_contract::{OrderId, PaymentState};
use payments_contract::{
    PaymentActionRequired, PaymentAuthorized, PaymentCaptureFailed, PaymentCaptured,
    PaymentDeclined, PaymentMismatch, PaymentResolved, PaymentUnknown, PaymentVoided, RefundFailed,
    RefundSucceeded,
};
use serde::Serialize;

use super::{News, PaymentNews};
use crate::domain::returns::RefundState;
use crate::same_id;

impl PaymentNews for PaymentAuthorized {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        let state = Some(PaymentState::Authorized);
        News {
            drives: true,
            state,
            amount: Some(self.amount),
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentDeclined {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        let state = Some(PaymentState::Pending); // another attempt may be made
        News {
            drives: true,
            state,
            reason: name(&self.decline_class),
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentActionRequired {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        News {
            drives: true,
            state: Some(PaymentState::Pending),
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentUnknown {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        News {
            drives: true,
            state: Some(PaymentState::Processing),
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentResolved {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        News {
            drives: true,
            reason: name(&self.outcome),
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentMismatch {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        let reason = Some(format!(
            "{} {} reported",
            self.reported_amount, self.reported_currency
        ));
        News {
            drives: true,
            state: Some(PaymentState::Failed),
            amount: Some(self.expected),
            reason,
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentVoided {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        let (state, reason) = (Some(PaymentState::Voided), Some(self.reason.clone()));
        News {
            drives: true,
            state,
            amount: Some(self.amount),
            reason,
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentCaptured {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        let state = Some(PaymentState::Captured);
        News {
            state,
            captured: self.captured_total.minor(),
            amount: Some(self.amount),
            ..News::default()
        }
    }
}

impl PaymentNews for PaymentCaptureFailed {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        let (state, reason) = (Some(PaymentState::Issue), Some(self.reason.clone()));
        News {
            state,
            amount: Some(self.amount),
            reason,
            ..News::default()
        }
    }
}

impl PaymentNews for RefundSucceeded {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        let (refunded, reason) = (self.refunded_total.minor(), Some(self.reason.clone()));
        News {
            refunded,
            amount: Some(self.amount),
            reason,
            refund: Some((same_id(self.refund_id), RefundState::Succeeded)),
            ..News::default()
        }
    }
}

impl PaymentNews for RefundFailed {
    fn order(&self) -> OrderId {
        same_id(self.order_id)
    }

    fn news(&self) -> News {
        News {
            amount: Some(self.amount),
            reason: Some(self.failure.clone()),
            refund: Some((same_id(self.refund_id), RefundState::Failed)),
            ..News::default()
        }
    }
}

/// The name that an enum of the contract has on the wire.
fn name(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value)
        .ok()?
        .as_str()
        .map(str::to_owned)
}
