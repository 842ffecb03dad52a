//! What clients see of payments.

use payments_contract::{
    AttemptId, CaptureId, CaptureMode, DeclineClass, NextAction, OrderRef, Payment, PaymentId,
    PaymentStatus, RefundId, RefundStatus, UserRef,
};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Money, Timestamp};

use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::operation::{Capture, OperationStatus, Refund};
use crate::service::PaymentWithParts;

/// A payment with everything that was tried for it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Payment")]
pub(super) struct PaymentView {
    id: PaymentId,
    /// What is paid for.
    order_id: OrderRef,
    status: PaymentStatus,
    /// What is to be paid.
    amount: Money,
    /// What the provider has promised, whether taken since or not.
    authorized: Money,
    /// What was taken.
    captured: Money,
    /// What was given back.
    refunded: Money,
    /// When the money is taken.
    capture: CaptureMode,
    /// What the buyer must do now.
    next_action: Option<NextAction>,
    /// Whether it is to be undone as soon as its outcome is known.
    void_requested: bool,
    /// First one first.
    attempts: Vec<AttemptView>,
    /// First one first.
    captures: Vec<CaptureView>,
    /// First one first.
    refunds: Vec<RefundView>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// One try to get the money.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PaymentAttempt")]
pub(super) struct AttemptView {
    id: AttemptId,
    /// Counted from 1.
    number: u32,
    status: AttemptStatus,
    /// Why it was declined.
    decline: Option<DeclineClass>,
    /// The provider's own word for it; staff only.
    decline_code: Option<String>,
    /// The provider's id; staff only.
    provider_reference: Option<String>,
    created_at: Timestamp,
}

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PaymentAttemptStatus")]
enum AttemptStatus {
    /// On its way, or being worked on.
    Pending,
    /// The buyer must act.
    RequiresAction,
    /// Its outcome is being found out.
    Unknown,
    /// It holds the money.
    Authorized,
    /// It was refused.
    Declined,
    /// What it holds is being let go.
    Releasing,
    /// Nothing is held.
    Voided,
}

/// Where a capture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PaymentOperationStatus")]
pub(super) enum OperationView {
    /// On its way, or being worked on.
    Pending,
    /// Its outcome is being found out; it is repeated under the same key.
    Unknown,
    /// Done.
    Succeeded,
    /// Refused for good.
    Failed,
    /// Taken back before it was sent.
    Cancelled,
}

/// Authorised money being taken.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Capture")]
pub(super) struct CaptureView {
    id: CaptureId,
    payment_id: PaymentId,
    /// Counted from 1.
    number: u32,
    amount: Money,
    pub(super) status: OperationView,
    created_at: Timestamp,
}

/// Captured money being given back.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
pub(super) struct RefundView {
    id: RefundId,
    payment_id: PaymentId,
    amount: Money,
    status: RefundStatus,
    reason: String,
    /// The second person that a large refund needs; staff only.
    approval: Option<ApprovalView>,
    created_at: Timestamp,
}

/// The approval that a large refund needs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RefundApproval")]
pub(super) struct ApprovalView {
    /// `awaiting`, `approved`, `rejected`, `expired` or `undone`: the payment was undone as a whole.
    state: &'static str,
    /// Who asked for the refund, and cannot approve it.
    requested_by: Option<UserRef>,
    /// Until when somebody can decide.
    expires_at: Timestamp,
    decided_by: Option<UserRef>,
    decided_at: Option<Timestamp>,
    /// In the words of who decided.
    note: Option<String>,
}

impl PaymentView {
    /// `for_staff` adds what the provider says in its own words.
    pub(super) fn new(found: PaymentWithParts, for_staff: bool) -> Self {
        let PaymentWithParts {
            payment,
            attempts,
            captures,
            refunds,
        } = found;
        let Payment {
            status,
            next_action,
            void_requested,
            ..
        } = payment.view();
        Self {
            id: payment.id,
            order_id: payment.order_id,
            status,
            amount: payment.amount,
            authorized: payment.authorized,
            captured: payment.captured,
            refunded: payment.refunded,
            capture: payment.capture_mode,
            next_action,
            void_requested,
            attempts: attempts
                .into_iter()
                .map(|attempt| AttemptView::new(attempt, for_staff))
                .collect(),
            captures: captures.into_iter().map(CaptureView::from).collect(),
            refunds: refunds
                .into_iter()
                .map(|refund| RefundView::new(refund, for_staff))
                .collect(),
            created_at: payment.created_at,
            updated_at: payment.updated_at,
        }
    }
}

impl AttemptView {
    fn new(attempt: Attempt, for_staff: bool) -> Self {
        Self {
            id: attempt.id,
            number: attempt.number,
            status: attempt.state.into(),
            decline: attempt.decline_class,
            decline_code: attempt.decline_code.filter(|_| for_staff),
            provider_reference: attempt.provider_ref.filter(|_| for_staff),
            created_at: attempt.created_at,
        }
    }
}

impl From<AttemptState> for AttemptStatus {
    fn from(state: AttemptState) -> Self {
        match state {
            AttemptState::ToSend | AttemptState::Processing => Self::Pending,
            AttemptState::RequiresAction => Self::RequiresAction,
            AttemptState::Unknown => Self::Unknown,
            AttemptState::Authorized => Self::Authorized,
            AttemptState::Declined => Self::Declined,
            AttemptState::Releasing => Self::Releasing,
            AttemptState::Voided | AttemptState::Lost => Self::Voided,
        }
    }
}

impl From<OperationStatus> for OperationView {
    fn from(status: OperationStatus) -> Self {
        match status {
            OperationStatus::ToSend | OperationStatus::InFlight => Self::Pending,
            OperationStatus::Unknown => Self::Unknown,
            OperationStatus::Succeeded => Self::Succeeded,
            OperationStatus::Failed => Self::Failed,
            OperationStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Capture> for CaptureView {
    fn from(capture: Capture) -> Self {
        Self {
            id: capture.id,
            payment_id: capture.payment_id,
            number: capture.number,
            amount: capture.amount,
            status: capture.progress.status.into(),
            created_at: capture.created_at,
        }
    }
}

impl RefundView {
    /// `for_staff` adds who decided what.
    pub(super) fn new(refund: Refund, for_staff: bool) -> Self {
        let status = refund.status();
        let requested_by = refund.requested_by;
        let approval = refund
            .approval
            .filter(|_| for_staff)
            .map(|it| ApprovalView {
                state: it.state.as_str(),
                requested_by,
                expires_at: it.expires_at,
                decided_by: it.decided_by,
                decided_at: it.decided_at,
                note: it.note,
            });
        Self {
            id: refund.id,
            payment_id: refund.payment_id,
            amount: refund.amount,
            status,
            reason: refund.reason,
            approval,
            created_at: refund.created_at,
        }
    }
}
