//! Returns: what may come back, where a return may go from where it is, what the buyer gets back.

pub(crate) mod amounts;

use std::collections::BTreeMap;
use std::time::Duration;

use orders_contract::{
    LineId, OrderId, OrderLine, OrderStatus, OrdersError, RefundRef, ReturnCondition, ReturnId,
    ReturnReason, ReturnRequester, UserRef, VariantRef,
};
use tenon_kernel::{FieldError, Money, Timestamp};

use super::fulfillment::Fulfillment;

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

/// Whether pieces of an order can come back: something has left.
pub(crate) const fn is_returnable(status: OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled
    )
}

/// Checks what shall come back against what has left and is in no return. `returned` counts the pieces in returns.
pub(crate) fn check_return(
    lines: &[OrderLine],
    returned: &BTreeMap<LineId, i64>,
    wanted: &[WantedLine],
) -> Result<Vec<ReturnLine>, OrdersError> {
    let mut errors = Vec::new();
    let mut checked: Vec<ReturnLine> = Vec::with_capacity(wanted.len());
    if wanted.is_empty() || wanted.len() > lines.len() {
        let detail = "expected one to all lines of the order";
        errors.push(FieldError::new("/lines", "out_of_range", detail));
    }
    for (position, want) in wanted.iter().enumerate() {
        let mut refuse = |member: &str, code: &str, detail: String| {
            let pointer = format!("/lines/{position}/{member}");
            errors.push(FieldError::new(pointer, code.to_owned(), detail));
        };
        let Some(line) = lines.iter().find(|line| line.line_id == want.line_id) else {
            let detail = "the order has no such line".to_owned();
            refuse("line_id", "unknown_line", detail);
            continue;
        };
        if checked.iter().any(|other| other.line_id == want.line_id) {
            refuse("line_id", "duplicate", "the line is named twice".to_owned());
            continue;
        }
        let left = line.shipped - returned.get(&want.line_id).copied().unwrap_or(0);
        if want.quantity < 1 || want.quantity > left {
            let detail =
                format!("expected 1 to {left}: that many have left and are in no return yet");
            refuse("quantity", "out_of_range", detail);
            continue;
        }
        checked.push(ReturnLine {
            line_id: want.line_id,
            variant_id: line.variant_id,
            quantity: want.quantity,
            reason: want.reason,
            arrival: None,
        });
    }
    if errors.is_empty() {
        Ok(checked)
    } else {
        Err(OrdersError::InvalidRequest { fields: errors })
    }
}

/// Until when a buyer may send pieces of a line back: counted from the arrival of the last parcel with some, or from
/// when it left while nobody has noted that it arrived. `None` if none has left.
pub(crate) fn returnable_until(
    line: LineId,
    parcels: &[Fulfillment],
    window: Duration,
) -> Option<Timestamp> {
    parcels
        .iter()
        .filter(|parcel| parcel.lines.iter().any(|part| part.line_id == line))
        .filter_map(|parcel| parcel.delivered_at.or(parcel.shipped_at))
        .max()
        .map(|at| at + window)
}

/// Checks how the lines of a return arrived: each line once, and something at all.
pub(crate) fn check_arrival(
    lines: &[ReturnLine],
    arrived: &[ArrivedLine],
) -> Result<(), OrdersError> {
    let mut errors = Vec::new();
    for (position, it) in arrived.iter().enumerate() {
        let mut refuse = |member: &str, code: &str, detail: String| {
            let pointer = format!("/lines/{position}/{member}");
            errors.push(FieldError::new(pointer, code.to_owned(), detail));
        };
        let Some(line) = lines.iter().find(|line| line.line_id == it.line_id) else {
            let detail = "the return has no such line".to_owned();
            refuse("line_id", "unknown_line", detail);
            continue;
        };
        let before = &arrived[..position];
        if before.iter().any(|other| other.line_id == it.line_id) {
            refuse("line_id", "duplicate", "the line is named twice".to_owned());
        }
        if !(0..=line.quantity).contains(&it.received) {
            let detail = format!("expected 0 to {}", line.quantity);
            refuse("received", "out_of_range", detail);
        }
        if it.received > 0 && it.condition.is_none() {
            let detail = "say in what state they arrived".to_owned();
            refuse("condition", "missing", detail);
        }
    }
    let missing = lines.iter().any(|line| {
        let named = arrived.iter().any(|it| it.line_id == line.line_id);
        !named
    });
    if missing {
        let detail = "expected every line of the return";
        errors.push(FieldError::new("/lines", "missing", detail));
    } else if arrived.iter().all(|it| it.received == 0) {
        let detail = "nothing arrived: cancel the return instead";
        errors.push(FieldError::new("/lines", "out_of_range", detail));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(OrdersError::InvalidRequest { fields: errors })
    }
}

#[cfg(test)]
mod tests;
