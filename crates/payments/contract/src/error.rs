//! What payments refuses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenon_kernel::{ErrorKind, FieldError, Money, Retry, ServiceError};

use crate::{PaymentId, PaymentStatus, RefundId, RefundStatus};

/// Failures of the payments module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentsError {
    /// There is no such payment, or not for this caller.
    #[error("there is no payment {payment_id}")]
    NotFound {
        /// As asked for.
        payment_id: PaymentId,
    },
    /// There is no such refund, or not for this caller.
    #[error("there is no refund {refund_id}")]
    RefundNotFound {
        /// As asked for.
        refund_id: RefundId,
    },
    /// The payment id was used for another order, amount or capture mode.
    #[error("payment {payment_id} exists with other content")]
    PaymentExists {
        /// As sent.
        payment_id: PaymentId,
    },
    /// The refund id was used for another refund.
    #[error("refund {refund_id} exists with other content")]
    RefundExists {
        /// As sent.
        refund_id: RefundId,
    },
    /// The last attempt may still succeed.
    #[error("an attempt at payment {payment_id} is still open")]
    AttemptOpen {
        /// Which payment.
        payment_id: PaymentId,
        /// Where it stands.
        status: PaymentStatus,
    },
    /// The payment was attempted too often.
    #[error("payment {payment_id} was attempted {limit} times")]
    TooManyAttempts {
        /// Which payment.
        payment_id: PaymentId,
        /// The bound.
        limit: u32,
    },
    /// The payment succeeded, was voided or failed: nothing can be attempted any more.
    #[error("payment {payment_id} is closed")]
    PaymentClosed {
        /// Which payment.
        payment_id: PaymentId,
        /// Where it stands.
        status: PaymentStatus,
    },
    /// No money is authorised.
    #[error("payment {payment_id} has nothing to capture")]
    NotCapturable {
        /// Which payment.
        payment_id: PaymentId,
        /// Where it stands.
        status: PaymentStatus,
    },
    /// More than is authorised and neither captured nor being captured.
    #[error("at most {capturable} can be captured")]
    CaptureExceedsAuthorized {
        /// What is left.
        capturable: Money,
    },
    /// More than is captured and neither refunded nor being refunded.
    #[error("at most {refundable} can be refunded")]
    RefundExceedsCaptured {
        /// What is left.
        refundable: Money,
    },
    /// Who asked for a refund cannot approve it.
    #[error("refund {refund_id} must be approved by somebody else than who asked for it")]
    ApprovalByRequester {
        /// Which refund.
        refund_id: RefundId,
    },
    /// The refund does not wait for approval, or not any more.
    #[error("refund {refund_id} does not wait for approval")]
    RefundNotAwaiting {
        /// Which refund.
        refund_id: RefundId,
        /// Where it stands.
        status: RefundStatus,
    },
    /// So much money is given back with a second person only.
    #[error(
        "giving back more than {limit} needs the approval of a second person: ask for a refund"
    )]
    ApprovalRequired {
        /// The shop's limit for one person.
        limit: Money,
    },
    /// The amount is not in the payment's currency.
    #[error("the payment is in {expected}")]
    CurrencyMismatch {
        /// The payment's currency.
        expected: String,
    },
    /// The amount is not positive.
    #[error("the amount must be positive")]
    InvalidAmount,
    /// A member of the request breaks a rule.
    #[error("{}", .field.detail)]
    InvalidRequest {
        /// Which, and how.
        field: FieldError,
    },
    /// More ids than one request may name.
    #[error("at most {limit} ids at once")]
    TooManyIds {
        /// The bound.
        limit: u32,
    },
    /// The cursor was not made for this list.
    #[error("the cursor does not belong to this list")]
    InvalidCursor,
    /// No provider has this name.
    #[error("there is no such provider")]
    UnknownProvider,
    /// The signature of a provider's call is missing, wrong or too old.
    #[error("the signature is not valid")]
    BadSignature,
    /// A provider's call cannot be read, though its signature is good.
    #[error("the provider's event cannot be read")]
    UnreadableEvent,
    /// An error this version does not know.
    #[error("payments refused for a reason this version does not know")]
    #[serde(other)]
    Unknown,
}

impl ServiceError for PaymentsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } | Self::RefundNotFound { .. } | Self::UnknownProvider => {
                ErrorKind::NotFound
            }
            Self::PaymentExists { .. }
            | Self::RefundExists { .. }
            | Self::AttemptOpen { .. }
            | Self::TooManyAttempts { .. }
            | Self::PaymentClosed { .. }
            | Self::RefundNotAwaiting { .. }
            | Self::ApprovalRequired { .. }
            | Self::NotCapturable { .. } => ErrorKind::Conflict,
            Self::ApprovalByRequester { .. } => ErrorKind::Forbidden,
            Self::CaptureExceedsAuthorized { .. }
            | Self::RefundExceedsCaptured { .. }
            | Self::CurrencyMismatch { .. }
            | Self::InvalidAmount
            | Self::InvalidRequest { .. }
            | Self::TooManyIds { .. } => ErrorKind::Invalid,
            Self::InvalidCursor | Self::UnreadableEvent => ErrorKind::Malformed,
            Self::BadSignature => ErrorKind::Unauthenticated,
            Self::Unknown => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "payments.not_found",
            Self::RefundNotFound { .. } => "payments.refund_not_found",
            Self::PaymentExists { .. } => "payments.payment_exists",
            Self::RefundExists { .. } => "payments.refund_exists",
            Self::AttemptOpen { .. } => "payments.attempt_open",
            Self::TooManyAttempts { .. } => "payments.too_many_attempts",
            Self::PaymentClosed { .. } => "payments.payment_closed",
            Self::NotCapturable { .. } => "payments.not_capturable",
            Self::CaptureExceedsAuthorized { .. } => "payments.capture_exceeds_authorized",
            Self::RefundExceedsCaptured { .. } => "payments.refund_exceeds_captured",
            Self::ApprovalByRequester { .. } => "payments.approval_by_requester",
            Self::RefundNotAwaiting { .. } => "payments.refund_not_awaiting",
            Self::ApprovalRequired { .. } => "payments.approval_required",
            Self::CurrencyMismatch { .. } => "payments.currency_mismatch",
            Self::InvalidAmount => "payments.invalid_amount",
            Self::InvalidRequest { .. } => "payments.invalid_request",
            Self::TooManyIds { .. } => "payments.too_many_ids",
            Self::InvalidCursor => "payments.invalid_cursor",
            Self::UnknownProvider => "payments.unknown_provider",
            Self::BadSignature => "payments.bad_signature",
            Self::UnreadableEvent => "payments.unreadable_event",
            Self::Unknown => "payments.unknown",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            // The same attempt may be over in a moment.
            Self::AttemptOpen { .. } => Retry::NewKey,
            Self::Unknown => Retry::SameKey,
            _ => Retry::Never,
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::InvalidRequest { field } => vec![field.clone()],
            Self::InvalidAmount => {
                vec![FieldError::new("/amount", "not_positive", self.to_string())]
            }
            Self::CurrencyMismatch { .. } => {
                vec![FieldError::new(
                    "/amount/currency",
                    "currency_mismatch",
                    self.to_string(),
                )]
            }
            Self::CaptureExceedsAuthorized { .. } | Self::RefundExceedsCaptured { .. } => {
                vec![FieldError::new(
                    "/amount/amount",
                    "too_large",
                    self.to_string(),
                )]
            }
            Self::TooManyIds { .. } => vec![FieldError::new("/ids", "too_many", self.to_string())],
            _ => Vec::new(),
        }
    }

    fn extensions(&self) -> Option<Map<String, Value>> {
        let member = match self {
            Self::CaptureExceedsAuthorized { capturable } => ("capturable", json!(capturable)),
            Self::RefundExceedsCaptured { refundable } => ("refundable", json!(refundable)),
            Self::RefundNotAwaiting { status, .. } => ("refund_status", json!(status)),
            Self::ApprovalRequired { limit } => ("limit", json!(limit)),
            Self::AttemptOpen { status, .. }
            | Self::PaymentClosed { status, .. }
            | Self::NotCapturable { status, .. } => ("payment_status", json!(status)),
            _ => return None,
        };
        Some(Map::from_iter([(member.0.to_owned(), member.1)]))
    }
}
