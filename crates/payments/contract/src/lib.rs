//! Contract of the payments module: all that other modules may know about it.
//!
//! **Architecture invariant:** no IO here, and no dependency except `tenon-kernel` and `tenon-seam`.
//! A caller of [`Payments`] cannot tell whether the module runs in its process or in another.
//! Checked by `cargo xtask check boundaries`.

mod error;
mod event;
mod id;
mod model;
#[cfg(feature = "testing")]
pub mod testing;

use tenon_kernel::CallCtx;
use tenon_seam::{SeamResult, contract};

pub use self::error::PaymentsError;
pub use self::event::{
    EVENTS, LedgerPosted, LedgerSide, PaymentActionRequired, PaymentAttemptStarted,
    PaymentAuthorized, PaymentCaptureFailed, PaymentCaptured, PaymentDeclined, PaymentMismatch,
    PaymentResolved, PaymentUnknown, PaymentVoided, RefundApprovalRequested, RefundFailed,
    RefundRequested, RefundSucceeded,
};
pub use self::id::{
    AttemptId, AttemptKind, CaptureId, CaptureKind, LedgerEntryId, LedgerEntryKind, OrderRef,
    OrderRefKind, PaymentId, PaymentKind, RefundId, RefundKind, UserRef, UserRefKind,
};
pub use self::model::{
    CaptureMode, CapturePayment, DeclineClass, FoundPayments, GetPayments, ListSettlements,
    NextAction, NextActionKind, OpenPayment, Payment, PaymentStatus, RefreshPayment, Refund,
    RefundPayment, RefundStatus, Settlement, Settlements, StartAttempt, VoidAccepted, VoidPayment,
};

/// Most ids in one [`GetPayments`].
pub const MAX_IDS: usize = 200;
/// Most attempts at one payment: more is testing cards, not paying.
pub const MAX_ATTEMPTS: u32 = 20;

/// What other modules may ask of payments.
///
/// A provider that times out, breaks or vanishes is never an error here: the payment is then
/// [`PaymentStatus::Unknown`], the module finds out by itself, and says so by event.
#[contract(module = "payments", version = 1)]
pub trait Payments: Send + Sync + 'static {
    /// Opens a payment and starts its first attempt with the provider.
    ///
    /// Naturally idempotent by `payment_id`: a repeat with the same content returns the payment as it is now.
    /// The rows are committed before the provider is called, so a crash in between loses nothing.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::PaymentExists`] if the id was used for another order, amount or capture mode,
    /// [`PaymentsError::InvalidAmount`] unless the amount is positive, [`PaymentsError::InvalidRequest`].
    #[command(idempotent_by = "request", timeout = "10s")]
    async fn open_payment(
        &self,
        ctx: &CallCtx,
        req: OpenPayment,
    ) -> SeamResult<Payment, PaymentsError>;

    /// Starts another attempt after a decline, or in place of one that waits for the buyer, which is called off.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::NotFound`], [`PaymentsError::AttemptOpen`] while the outcome of the last attempt is not known,
    /// [`PaymentsError::PaymentClosed`] once the payment succeeded, failed or was voided,
    /// [`PaymentsError::TooManyAttempts`] after [`MAX_ATTEMPTS`].
    #[command(idempotent_by = "ctx", timeout = "10s")]
    async fn start_attempt(
        &self,
        ctx: &CallCtx,
        req: StartAttempt,
    ) -> SeamResult<Payment, PaymentsError>;

    /// Asks the provider now and returns the payment as it is then; asks nothing if there is nothing to learn.
    ///
    /// Safe to call any number of times. A provider that does not answer leaves the payment as it was.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::NotFound`].
    #[command(idempotent_by = "request", timeout = "10s")]
    async fn refresh_payment(
        &self,
        ctx: &CallCtx,
        req: RefreshPayment,
    ) -> SeamResult<Payment, PaymentsError>;

    /// Returns those of the given payments that exist, in no particular order.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::TooManyIds`] for more than [`MAX_IDS`].
    #[query(timeout = "500ms")]
    async fn get_payments(
        &self,
        ctx: &CallCtx,
        req: GetPayments,
    ) -> SeamResult<FoundPayments, PaymentsError>;

    /// Takes authorised money, all or a part of it. The provider is called after the capture is recorded;
    /// until its answer is known the money counts as neither captured nor free to capture again.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::NotFound`], [`PaymentsError::NotCapturable`] unless money is authorised,
    /// [`PaymentsError::CaptureExceedsAuthorized`], [`PaymentsError::CurrencyMismatch`], [`PaymentsError::InvalidAmount`].
    #[command(idempotent_by = "ctx", timeout = "10s")]
    async fn capture_payment(
        &self,
        ctx: &CallCtx,
        req: CapturePayment,
    ) -> SeamResult<Payment, PaymentsError>;

    /// Undoes a payment: voids what is authorised, refunds what is captured.
    ///
    /// Accepted as an intent, whatever the payment's state: while its outcome is unknown or pending it is settled
    /// later, and for a payment that does not exist (yet) a tombstone is kept, so that it can never be opened.
    /// Naturally idempotent. [`Payment::void_requested`] says that it waits for the outcome.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::InvalidRequest`] for a reason over 500 characters.
    #[command(idempotent_by = "request", timeout = "10s")]
    async fn void_payment(
        &self,
        ctx: &CallCtx,
        req: VoidPayment,
    ) -> SeamResult<VoidAccepted, PaymentsError>;

    /// Gives captured money back, all or a part of it. Naturally idempotent by `refund_id`.
    ///
    /// Above the limit of the shop a refund that a person asked for waits as [`RefundStatus::AwaitingApproval`].
    ///
    /// # Errors
    ///
    /// [`PaymentsError::NotFound`], [`PaymentsError::RefundExceedsCaptured`] beyond what is captured, not refunded and
    /// not being refunded, [`PaymentsError::RefundExists`] if the id was used for another refund,
    /// [`PaymentsError::CurrencyMismatch`], [`PaymentsError::InvalidAmount`].
    #[command(idempotent_by = "request", timeout = "10s")]
    async fn refund_payment(
        &self,
        ctx: &CallCtx,
        req: RefundPayment,
    ) -> SeamResult<Refund, PaymentsError>;

    /// Lists what became of every payment's money, oldest payment first: for reconciliation.
    ///
    /// # Errors
    ///
    /// [`PaymentsError::InvalidCursor`].
    #[query(timeout = "2s")]
    async fn list_settlements(
        &self,
        ctx: &CallCtx,
        req: ListSettlements,
    ) -> SeamResult<Settlements, PaymentsError>;
}
