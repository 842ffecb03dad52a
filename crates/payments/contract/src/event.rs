//! Facts that payments publishes. The subject of all facts about one payment, refunds too, is the payment:
//! they arrive in order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, Timestamp};
use tenon_seam::{EventShape, event};

use crate::{
    AttemptId, CaptureId, DeclineClass, LedgerEntryId, NextAction, OrderRef, PaymentId,
    PaymentStatus, RefundId, UserRef,
};

/// An attempt is recorded and on its way to the provider.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentAttemptStarted {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// Which attempt.
    pub attempt_id: AttemptId,
    /// Counted from 1.
    pub attempt_no: u32,
    /// Who is asked: `simulator`.
    pub provider: String,
    /// How much.
    pub amount: Money,
}
event!(
    PaymentAttemptStarted,
    "payment.attempt_started",
    1,
    payment_id
);

/// The buyer must do something.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentActionRequired {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// What to do.
    pub next_action: NextAction,
}
event!(
    PaymentActionRequired,
    "payment.action_required",
    1,
    payment_id
);

/// The provider promised exactly the payment's amount.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentAuthorized {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// The attempt that succeeded.
    pub attempt_no: u32,
    /// How much.
    pub amount: Money,
}
event!(PaymentAuthorized, "payment.authorized", 1, payment_id);

/// The provider refused an attempt for good; another may be started.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentDeclined {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What was to be paid for.
    pub order_id: OrderRef,
    /// The attempt that was refused.
    pub attempt_no: u32,
    /// Why, coarsely.
    pub decline_class: DeclineClass,
}
event!(PaymentDeclined, "payment.declined", 1, payment_id);

/// Nobody can say whether the provider took an attempt; it is being found out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentUnknown {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// Since when.
    pub since: Timestamp,
}
event!(PaymentUnknown, "payment.unknown", 1, payment_id);

/// It was found out. The fact itself follows as an event of its own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentResolved {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// Where the payment stands now.
    pub outcome: PaymentStatus,
}
event!(PaymentResolved, "payment.resolved", 1, payment_id);

/// Money was taken.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentCaptured {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What was paid for.
    pub order_id: OrderRef,
    /// Which capture.
    pub capture_id: CaptureId,
    /// How much, this time.
    pub amount: Money,
    /// How much so far.
    pub captured_total: Money,
}
event!(PaymentCaptured, "payment.captured", 1, payment_id);

/// The provider refused to take authorised money.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentCaptureFailed {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What was to be paid for.
    pub order_id: OrderRef,
    /// Which capture.
    pub capture_id: CaptureId,
    /// How much.
    pub amount: Money,
    /// The provider's reason, as a stable word.
    pub reason: String,
}
event!(
    PaymentCaptureFailed,
    "payment.capture_failed",
    1,
    payment_id
);

/// Authorised money was let go.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentVoided {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What was to be paid for.
    pub order_id: OrderRef,
    /// How much; zero if nothing had been authorised.
    pub amount: Money,
    /// Why.
    pub reason: String,
}
event!(PaymentVoided, "payment.voided", 1, payment_id);

/// The provider reports another amount or currency than was asked for; the money is let go, never counted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PaymentMismatch {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What was to be paid for.
    pub order_id: OrderRef,
    /// What was asked for.
    pub expected: Money,
    /// Minor units as reported.
    pub reported_amount: i64,
    /// Currency as reported, which may be none we know.
    pub reported_currency: String,
    /// The provider's event that said so; absent if an answer did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_event_id: Option<String>,
}
event!(PaymentMismatch, "payment.mismatch", 1, payment_id);

/// A refund above the shop's limit is recorded; it goes to the provider once somebody else has approved it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RefundApprovalRequested {
    /// Which refund.
    pub refund_id: RefundId,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// What was paid for.
    pub order_id: OrderRef,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who asked for it, and therefore cannot approve it.
    pub requested_by: UserRef,
    /// Until when it can be approved.
    pub expires_at: Timestamp,
}
event!(
    RefundApprovalRequested,
    "refund.approval_requested",
    1,
    payment_id
);

/// A refund is recorded, approved if need be, and on its way to the provider.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RefundRequested {
    /// Which refund.
    pub refund_id: RefundId,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// What was paid for.
    pub order_id: OrderRef,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
}
event!(RefundRequested, "refund.requested", 1, payment_id);

/// Money was given back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RefundSucceeded {
    /// Which refund.
    pub refund_id: RefundId,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// What was paid for.
    pub order_id: OrderRef,
    /// How much, this time.
    pub amount: Money,
    /// How much so far.
    pub refunded_total: Money,
    /// Why.
    pub reason: String,
}
event!(RefundSucceeded, "refund.succeeded", 1, payment_id);

/// The provider refused a refund for good, or it was not approved.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RefundFailed {
    /// Which refund.
    pub refund_id: RefundId,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// What was paid for.
    pub order_id: OrderRef,
    /// How much.
    pub amount: Money,
    /// Why it was asked for.
    pub reason: String,
    /// Why, as a stable word: the provider's, or `approval_rejected`, `approval_expired`, `payment_undone`.
    pub failure: String,
}
event!(RefundFailed, "refund.failed", 1, payment_id);

/// An entry was added to the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LedgerPosted {
    /// Which entry.
    pub entry_id: LedgerEntryId,
    /// Because of which payment.
    pub payment_id: PaymentId,
    /// For which order.
    pub order_id: OrderRef,
    /// What happened: `capture`, `refund`.
    pub entry_kind: String,
    /// Their sum equals that of the credits, in each currency.
    pub debits: Vec<LedgerSide>,
    /// Their sum equals that of the debits, in each currency.
    pub credits: Vec<LedgerSide>,
}
event!(LedgerPosted, "ledger.posted", 1, entry_id);

/// Every fact that payments publishes.
pub static EVENTS: &[EventShape] = &[
    EventShape::of::<PaymentAttemptStarted>(),
    EventShape::of::<PaymentActionRequired>(),
    EventShape::of::<PaymentAuthorized>(),
    EventShape::of::<PaymentDeclined>(),
    EventShape::of::<PaymentUnknown>(),
    EventShape::of::<PaymentResolved>(),
    EventShape::of::<PaymentCaptured>(),
    EventShape::of::<PaymentCaptureFailed>(),
    EventShape::of::<PaymentVoided>(),
    EventShape::of::<PaymentMismatch>(),
    EventShape::of::<RefundApprovalRequested>(),
    EventShape::of::<RefundRequested>(),
    EventShape::of::<RefundSucceeded>(),
    EventShape::of::<RefundFailed>(),
    EventShape::of::<LedgerPosted>(),
];

/// One side of a ledger entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerSide {
    /// `psp_receivable/simulator`
    pub account: String,
    /// Positive.
    pub amount: Money,
}
