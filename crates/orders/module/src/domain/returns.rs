//! Returns: what may come back, where a return may go from where it is, what the buyer gets back.

pub(crate) mod amounts;
mod rules;

use orders_contract::{
    LineId, OrderId, OrdersError, RefundRef, ReturnCondition, ReturnId, ReturnReason,
    ReturnRequester, UserRef, VariantRef,
};
use tenon_kernel::{Money, Timestamp};

pub(crate) use self::rules::{check_arrival, check_return, is_returnable, returnable_until};

/// Makes an enum whose variants are words of a column.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            pub(crate) fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }
    };
}

words! {
    /// Where a return stands.
    ReturnStatus {
        /// The buyer wants it; the shop has yet to decide.
        Requested = "requested",
        /// The shop takes it back.
        Approved = "approved",
        /// It arrived.
        Received = "received",
        /// The shop does not take it back.
        Rejected = "rejected",
        /// Given up before anything arrived.
        Cancelled = "cancelled",
    }
}

words! {
    /// What became of the money of a return.
    RefundState {
        /// Nothing arrived yet, or it is worth nothing.
        None = "none",
        /// Payments is to be asked.
        Due = "due",
        /// What was bought is not fully paid for yet; payments is asked once it is.
        Waiting = "waiting",
        /// Payments works on it.
        Requested = "requested",
        /// A second person must approve it.
        AwaitingApproval = "awaiting_approval",
        /// It is given back.
        Succeeded = "succeeded",
        /// The provider refused, or nobody approved.
        Failed = "failed",
        /// All money of the order went back otherwise before.
        NothingLeft = "nothing_left",
    }
}

words! {
    /// What became of the stock of a return.
    RestockState {
        /// Nothing goes back on the shelf.
        None = "none",
        /// Catalog is to be asked.
        Due = "due",
        /// It is on the shelf.
        Done = "done",
    }
}

/// Pieces of an order that come back.
#[derive(Debug, Clone)]
pub(crate) struct Return {
    pub(crate) id: ReturnId,
    pub(crate) order_id: OrderId,
    pub(crate) version: i64,
    pub(crate) status: ReturnStatus,
    pub(crate) requested_by: ReturnRequester,
    /// In the words of who wrote it down.
    pub(crate) note: Option<String>,
    /// In the words of who decided.
    pub(crate) decision_note: Option<String>,
    pub(crate) lines: Vec<ReturnLine>,
    /// What goes back, delivery included.
    pub(crate) refund: Money,
    /// What of it is for delivery.
    pub(crate) delivery: Money,
    /// Follows from the return's id: one return, one refund.
    pub(crate) refund_id: RefundRef,
    pub(crate) refund_status: RefundState,
    pub(crate) refund_failure: Option<String>,
    pub(crate) restock_status: RestockState,
    pub(crate) received_by: Option<UserRef>,
    pub(crate) created_at: Timestamp,
    pub(crate) approved_at: Option<Timestamp>,
    pub(crate) received_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
}

/// Pieces of one line.
#[derive(Debug, Clone)]
pub(crate) struct ReturnLine {
    pub(crate) line_id: LineId,
    pub(crate) variant_id: VariantRef,
    pub(crate) quantity: i64,
    pub(crate) reason: ReturnReason,
    /// Present once the return was received.
    pub(crate) arrival: Option<Arrival>,
}

/// How pieces of one line arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// How many.
    pub(crate) received: i64,
    /// Whether they go back on the shelf.
    pub(crate) restock: bool,
    pub(crate) condition: Option<ReturnCondition>,
    /// What the buyer gets back for them.
    pub(crate) amount: Money,
}

/// Pieces of a line that shall come back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedLine {
    pub(crate) line_id: LineId,
    pub(crate) quantity: i64,
    pub(crate) reason: ReturnReason,
}

/// How pieces of a line arrived, as the shop says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArrivedLine {
    pub(crate) line_id: LineId,
    pub(crate) received: i64,
    pub(crate) restock: bool,
    pub(crate) condition: Option<ReturnCondition>,
}

impl ReturnStatus {
    /// Whether a return may go there from here; staying is no move.
    pub(crate) const fn can_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (
                Self::Requested,
                Self::Approved | Self::Rejected | Self::Cancelled
            ) | (Self::Approved, Self::Received | Self::Cancelled)
        )
    }

    /// Refuses a move that cannot be.
    pub(crate) fn check_move(self, next: Self) -> Result<(), OrdersError> {
        if self.can_become(next) {
            return Ok(());
        }
        Err(OrdersError::ReturnTransition {
            from: self.as_str().to_owned(),
            to: next.as_str().to_owned(),
        })
    }
}
