//! The checkout: where it stands, what its saga does next, and what a payment means for it.

use orders_contract::{
    CancelReason, CapturePolicy, CartId, CheckoutId, OrderId, PaymentRef, ReservationRef, Shortage,
};
use payments_contract::{DeclineClass, NextAction, Payment, PaymentStatus};
use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, Timestamp};

use super::quote::Quote;

/// A checkout as stored.
#[derive(Debug, Clone)]
pub(crate) struct Checkout {
    pub(crate) id: CheckoutId,
    pub(crate) version: i64,
    pub(crate) status: CheckoutStatus,
    pub(crate) reason: Option<CancelReason>,
    pub(crate) cart_id: CartId,
    /// The id the order has, once there is one.
    pub(crate) order_id: OrderId,
    pub(crate) payment_id: PaymentRef,
    pub(crate) reservation_id: ReservationRef,
    pub(crate) token_hash: Option<Vec<u8>>,
    pub(crate) quote: Quote,
    pub(crate) has_order: bool,
    pub(crate) seen: Option<PaymentSeen>,
    pub(crate) shortages: Vec<Shortage>,
    pub(crate) exhausted: Option<Exhausted>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What the last look at the payment showed; older looks never replace newer ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PaymentSeen {
    pub(crate) version: i64,
    pub(crate) status: PaymentStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_action: Option<NextAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decline: Option<DeclineClass>,
    pub(crate) attempts: u32,
}

/// Promotions that were used up before the order could be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exhausted {
    pub(crate) codes: Vec<String>,
    /// What the cart costs without them.
    pub(crate) total: Money,
}

/// Where a checkout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckoutStatus {
    /// We are at work on it; over in a moment. Buyers see `processing`.
    Working,
    /// The provider is at work on it, or has not answered. Buyers see `processing`.
    Processing,
    /// The buyer must do something.
    RequiresAction,
    /// The last attempt to pay was refused; another may be made.
    PaymentDeclined,
    /// It is being undone.
    Closing,
    /// It led to an order.
    Completed,
    /// It cannot lead to an order.
    Failed,
    /// Nobody paid in time.
    Expired,
    /// The buyer gave it up.
    Cancelled,
}

/// The step that a saga does next. Names are stored: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// 2 reserve stock, then 3–4 create the order.
    Reserve,
    /// 5 open the payment.
    OpenPayment,
    /// 5 again, after a decline.
    StartAttempt,
    /// 6 wait, then 7–8 place.
    AwaitPayment,
    /// 9 commit the stock. 10, the capture, payments does by itself.
    CommitStock,
    /// Undo 5, 4, 2, 1.
    Undo,
    /// Money came after all: place the order, or give the money back.
    Rescue,
    /// Nothing.
    Done,
}

/// What the saga remembers between its steps, besides the checkout's own row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CheckoutState {
    /// Attempts to pay so far; 0 until the order is written.
    pub(crate) attempt: u32,
    /// The provider's name for how the buyer pays, in the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payment_method: Option<String>,
    /// Where the provider sends the buyer back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) return_url: Option<String>,
    /// When the money is taken; fixed when the checkout starts.
    pub(crate) capture: CapturePolicy,
    /// When the reservation ends by itself.
    pub(crate) reserved_until: Timestamp,
    /// Reservations made so far; each has an id of its own.
    pub(crate) reservations: u32,
    /// Why it is being undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<CancelReason>,
    /// How often the present step has failed.
    pub(crate) failures: u32,
    /// Late money was dealt with: its buyer has been told, and more of it no longer places the order.
    #[serde(default)]
    pub(crate) rescued: bool,
}

/// What to do about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The pivot: authorised for exactly the total.
    Place,
    /// Nothing yet.
    Wait(CheckoutStatus),
    /// Nobody knows yet: hold price and stock longer.
    Extend,
    /// It came to nothing.
    Undo(CancelReason),
}

impl CheckoutStatus {
    const ALL: [Self; 9] = [
        Self::Working,
        Self::Processing,
        Self::RequiresAction,
        Self::PaymentDeclined,
        Self::Closing,
        Self::Completed,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Processing => "processing",
            Self::RequiresAction => "requires_action",
            Self::PaymentDeclined => "payment_declined",
            Self::Closing => "closing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether we ourselves change it next, within moments.
    pub(crate) const fn is_in_hand(self) -> bool {
        matches!(self, Self::Working | Self::Closing)
    }

    /// Whether it holds its cart.
    pub(crate) const fn is_live(self) -> bool {
        !matches!(
            self,
            Self::Completed | Self::Failed | Self::Expired | Self::Cancelled
        )
    }

    /// How a checkout ends that was undone for this reason.
    pub(crate) const fn after(reason: CancelReason) -> Self {
        match reason {
            CancelReason::Expired => Self::Expired,
            CancelReason::CustomerRequest | CancelReason::ShopRequest => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}

impl Step {
    const ALL: [Self; 8] = [
        Self::Reserve,
        Self::OpenPayment,
        Self::StartAttempt,
        Self::AwaitPayment,
        Self::CommitStock,
        Self::Undo,
        Self::Rescue,
        Self::Done,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::OpenPayment => "open_payment",
            Self::StartAttempt => "start_attempt",
            Self::AwaitPayment => "await_payment",
            Self::CommitStock => "commit_stock",
            Self::Undo => "undo",
            Self::Rescue => "rescue",
            Self::Done => "done",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

impl From<&Payment> for PaymentSeen {
    fn from(payment: &Payment) -> Self {
        Self {
            version: payment.version,
            status: payment.status,
            next_action: payment.next_action.clone(),
            decline: payment.decline,
            attempts: payment.attempts,
        }
    }
}

/// Decides what a payment means for its checkout: a total function of what payments reports.
pub(crate) fn judge(payment: &Payment, total: Money, overdue: bool) -> Verdict {
    match payment.status {
        // Somebody asked for it to be undone already: whatever it is worth, it will not last.
        _ if payment.void_requested => Verdict::Undo(CancelReason::PaymentFailed),
        PaymentStatus::Authorized | PaymentStatus::Captured | PaymentStatus::PartiallyRefunded => {
            if payment.amount == total
                && payment.authorized == total
                && payment.refunded.minor() == 0
            {
                Verdict::Place
            } else {
                Verdict::Undo(CancelReason::PaymentMismatch)
            }
        }
        PaymentStatus::Pending | PaymentStatus::Unknown if overdue => Verdict::Extend,
        PaymentStatus::RequiresAction | PaymentStatus::Declined if overdue => {
            Verdict::Undo(CancelReason::Expired)
        }
        PaymentStatus::RequiresAction => Verdict::Wait(CheckoutStatus::RequiresAction),
        PaymentStatus::Declined => Verdict::Wait(CheckoutStatus::PaymentDeclined),
        PaymentStatus::Voided | PaymentStatus::Refunded | PaymentStatus::Failed => {
            Verdict::Undo(CancelReason::PaymentFailed)
        }
        // In time, or told by a newer peer that knows more than we do: do nothing that cannot be undone.
        _ => Verdict::Wait(CheckoutStatus::Processing),
    }
}

#[cfg(test)]
#[path = "checkout_tests.rs"]
mod tests;
