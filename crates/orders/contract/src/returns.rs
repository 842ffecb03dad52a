//! What other modules are told about returns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Money;
use tenon_seam::event;

use crate::{Customer, LineId, OrderId, PaymentRef, RefundRef, ReturnId, VariantRef};

/// Why pieces come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReturnReason {
    /// The buyer does not want it any more.
    ChangedMind,
    /// It does not fit.
    WrongSize,
    /// It was broken when it arrived.
    Damaged,
    /// It does not work.
    Defective,
    /// Something else arrived.
    WrongItem,
    /// It is not what the shop said.
    NotAsDescribed,
    /// It came too late.
    TooLate,
    /// Anything else; the note says more.
    Other,
    /// A reason this version does not know.
    #[serde(other)]
    Unknown,
}

/// In what state pieces came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReturnCondition {
    /// As it left.
    New,
    /// Unpacked, but as good as new.
    Opened,
    /// Used.
    Used,
    /// Broken.
    Damaged,
    /// A condition this version does not know.
    #[serde(other)]
    Unknown,
}

/// Who wrote a return down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReturnRequester {
    /// The buyer; the shop has yet to approve.
    Buyer,
    /// The shop, which approves at once.
    Shop,
    /// Somebody this version does not know.
    #[serde(other)]
    Unknown,
}

/// Pieces of a line that are to come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReturnedLine {
    /// The order's line.
    pub line_id: LineId,
    /// What it is.
    pub variant_id: VariantRef,
    /// How many.
    pub quantity: i64,
    /// Why.
    pub reason: ReturnReason,
}

/// Pieces of a line that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceivedLine {
    /// The order's line.
    pub line_id: LineId,
    /// What it is.
    pub variant_id: VariantRef,
    /// How many arrived; 0 if none did.
    pub received: i64,
    /// Whether they go back on the shelf.
    pub restock: bool,
    /// In what state; absent if none arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ReturnCondition>,
    /// What the buyer gets back for them.
    pub amount: Money,
}

/// Pieces of an order are to come back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderReturnRequested {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// The return.
    pub return_id: ReturnId,
    /// 1 to 100 lines.
    pub lines: Vec<ReturnedLine>,
    /// Who wrote it down.
    pub requested_by: ReturnRequester,
}
event!(OrderReturnRequested, "order.return_requested", 1, order_id);

/// The shop takes the pieces back: the buyer may send them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderReturnApproved {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// The return.
    pub return_id: ReturnId,
    /// What the shop says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
event!(OrderReturnApproved, "order.return_approved", 1, order_id);

/// The shop does not take the pieces back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderReturnRejected {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// The return.
    pub return_id: ReturnId,
    /// What the shop says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
event!(OrderReturnRejected, "order.return_rejected", 1, order_id);

/// A return was given up before anything arrived.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderReturnCancelled {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// The return.
    pub return_id: ReturnId,
}
event!(OrderReturnCancelled, "order.return_cancelled", 1, order_id);

/// Pieces came back. Orders itself asks catalog to put them on the shelf and payments to give the money back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderReturnReceived {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// The return.
    pub return_id: ReturnId,
    /// Every line of the return.
    pub lines: Vec<ReceivedLine>,
    /// What goes back to the buyer for the pieces and, if the shop says so, for delivery; may be zero.
    pub refund: Money,
    /// What of `refund` is for delivery.
    pub delivery: Money,
    /// The refund that will be asked for, unless it is of nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<RefundRef>,
    /// The order's payment.
    pub payment_id: PaymentRef,
}
event!(OrderReturnReceived, "order.return_received", 1, order_id);

impl ReturnReason {
    /// Every reason that can be given.
    pub const ALL: [Self; 8] = [
        Self::ChangedMind,
        Self::WrongSize,
        Self::Damaged,
        Self::Defective,
        Self::WrongItem,
        Self::NotAsDescribed,
        Self::TooLate,
        Self::Other,
    ];

    /// Returns the name used in documents and stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangedMind => "changed_mind",
            Self::WrongSize => "wrong_size",
            Self::Damaged => "damaged",
            Self::Defective => "defective",
            Self::WrongItem => "wrong_item",
            Self::NotAsDescribed => "not_as_described",
            Self::TooLate => "too_late",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

impl ReturnCondition {
    /// Every condition that can be given.
    pub const ALL: [Self; 4] = [Self::New, Self::Opened, Self::Used, Self::Damaged];

    /// Returns the name used in documents and stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Opened => "opened",
            Self::Used => "used",
            Self::Damaged => "damaged",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        for reason in ReturnReason::ALL {
            let wire = serde_json::to_value(reason).expect("a word");
            assert_eq!(wire, reason.as_str());
        }
        for condition in ReturnCondition::ALL {
            let wire = serde_json::to_value(condition).expect("a word");
            assert_eq!(wire, condition.as_str());
        }
    }

    #[test]
    fn the_largest_return_fits_into_an_event() {
        let env = tenon_kernel::Env::system();
        let most = Money::new(9_007_199_254_740_991, "EUR".parse().expect("known"));
        let most = most.expect("in range");
        let line = ReceivedLine {
            line_id: env.new_id(),
            variant_id: env.new_id(),
            received: 9_999,
            restock: false,
            condition: Some(ReturnCondition::Damaged),
            amount: Money::new(9_999_999_999, most.currency()).expect("in range"),
        };
        let event = OrderReturnReceived {
            order_id: env.new_id(),
            number: "100000000".to_owned(),
            customer: Customer {
                user_id: None,
                email: "x".repeat(254),
            },
            return_id: env.new_id(),
            lines: vec![line; 100],
            refund: most,
            delivery: most,
            refund_id: Some(env.new_id()),
            payment_id: env.new_id(),
        };
        let size = serde_json::to_vec(&event).expect("plain data").len();
        assert!(size <= 24 * 1024, "{size} bytes");
    }
}
