//! Captures, voids and refunds: calls to the provider that are repeated under one key until their outcome is known.

use payments_contract::{
    AttemptId, CaptureId, PaymentId, Refund as RefundView, RefundId, RefundStatus, UserRef,
};
use tenon_kernel::{Money, Timestamp};

use super::approval::{Approval, ApprovalState};
use super::payment::Payment;
use super::schedule;

words! {
    /// Where a capture, void or refund stands.
    OperationStatus {
        /// Recorded; the provider was never asked.
        ToSend = "to_send",
        /// The provider was asked, or the process died just before.
        InFlight = "in_flight",
        /// The provider was asked and its answer is not known.
        Unknown = "unknown",
        /// Done.
        Succeeded = "succeeded",
        /// The provider refused for good.
        Failed = "failed",
        /// Taken back before the provider was asked.
        Cancelled = "cancelled",
    }
}

/// The part that captures, voids and refunds have in common.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    pub(crate) status: OperationStatus,
    /// The provider's word for why it refused.
    pub(crate) failure: Option<String>,
    /// How often the provider was asked.
    pub(crate) tries: u32,
    /// When it will be asked again; present while the operation is open.
    pub(crate) next_try_at: Option<Timestamp>,
}

/// Authorised money being taken.
#[derive(Debug, Clone)]
pub(crate) struct Capture {
    pub(crate) id: CaptureId,
    pub(crate) payment_id: PaymentId,
    pub(crate) attempt_id: AttemptId,
    pub(crate) number: u32,
    pub(crate) amount: Money,
    pub(crate) progress: Progress,
    pub(crate) created_at: Timestamp,
}

/// Captured money being given back.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: RefundId,
    pub(crate) payment_id: PaymentId,
    pub(crate) attempt_id: AttemptId,
    pub(crate) amount: Money,
    pub(crate) reason: String,
    pub(crate) progress: Progress,
    /// The person who wanted it; absent where a program decided.
    pub(crate) requested_by: Option<UserRef>,
    /// Present if it needs a second person, or needed one.
    pub(crate) approval: Option<Approval>,
    pub(crate) created_at: Timestamp,
}

/// An attempt being undone before its money is taken.
#[derive(Debug, Clone)]
pub(crate) struct Void {
    pub(crate) attempt_id: AttemptId,
    pub(crate) payment_id: PaymentId,
    pub(crate) reason: String,
    pub(crate) progress: Progress,
}

impl OperationStatus {
    /// Whether its outcome is still to come.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::ToSend | Self::InFlight | Self::Unknown)
    }

    /// How callers see it: in flight is pending as long as it is young.
    pub(crate) fn for_callers(self) -> RefundStatus {
        match self {
            Self::ToSend | Self::InFlight => RefundStatus::Pending,
            Self::Unknown => RefundStatus::Unknown,
            Self::Succeeded => RefundStatus::Succeeded,
            Self::Failed | Self::Cancelled => RefundStatus::Failed,
        }
    }
}

impl Refund {
    /// Whether it must not be sent before somebody has approved it.
    pub(crate) fn is_awaiting(&self) -> bool {
        self.approval
            .as_ref()
            .is_some_and(|approval| approval.state == ApprovalState::Awaiting)
    }

    /// How callers see it.
    pub(crate) fn status(&self) -> RefundStatus {
        if self.is_awaiting() {
            RefundStatus::AwaitingApproval
        } else {
            self.progress.status.for_callers()
        }
    }

    /// What other modules see.
    pub(crate) fn view(&self, payment: &Payment) -> RefundView {
        RefundView {
            refund_id: self.id,
            payment_id: self.payment_id,
            order_id: payment.order_id,
            amount: self.amount,
            status: self.status(),
            reason: self.reason.clone(),
        }
    }
}

impl Progress {
    /// A new operation; a job looks after it at `next_try_at`.
    pub(crate) fn new(next_try_at: Timestamp) -> Self {
        Self {
            status: OperationStatus::ToSend,
            failure: None,
            tries: 0,
            next_try_at: Some(next_try_at),
        }
    }

    /// The provider is about to be asked; `again_at` is when a job looks after it.
    pub(crate) fn claim(&mut self, again_at: Timestamp) {
        if self.status == OperationStatus::ToSend {
            self.status = OperationStatus::InFlight;
        }
        self.tries = self.tries.saturating_add(1);
        self.next_try_at = Some(again_at);
    }

    /// The provider's answer is not known: it will be asked again under the same key.
    pub(crate) fn doubt(&mut self, now: Timestamp) {
        self.status = OperationStatus::Unknown;
        self.next_try_at = Some(now + schedule::doubtful(self.tries.saturating_sub(1)));
    }

    /// Ends it.
    pub(crate) fn close(&mut self, status: OperationStatus, failure: Option<String>) {
        self.status = status;
        self.failure = failure;
        self.next_try_at = None;
    }
}
