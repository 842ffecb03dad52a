//! Requests and answers of the payments contract.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Cursor, Money, PageRequest};

use crate::{OrderRef, PaymentId, RefundId, UserRef};

/// When authorised money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// As soon as it is authorised; payments does it by itself.
    Immediate,
    /// When `order.shipped` arrives, or on command.
    OnShip,
}

/// Opens a payment.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OpenPayment {
    /// Made by the caller.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// Who may look at the payment, besides staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<UserRef>,
    /// Exactly this is authorised, or nothing.
    pub amount: Money,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// The provider's name for how the buyer pays, at most 255 characters; without it the buyer is sent to the
    /// provider's page to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
    /// Where the provider's page sends the buyer afterwards, at most 2,048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// Starts another attempt after a decline.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct StartAttempt {
    /// Which payment.
    pub payment_id: PaymentId,
    /// As in [`OpenPayment`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
}

/// Asks the provider now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RefreshPayment {
    /// Which payment.
    pub payment_id: PaymentId,
}

/// Which payments are wanted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GetPayments {
    /// At most [`crate::MAX_IDS`].
    #[schemars(length(max = 200))]
    pub ids: Vec<PaymentId>,
}

/// Those that exist.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FoundPayments {
    /// In no particular order.
    pub payments: Vec<Payment>,
}

/// Takes authorised money.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CapturePayment {
    /// Which payment.
    pub payment_id: PaymentId,
    /// At most what is authorised and neither captured nor being captured.
    pub amount: Money,
}

/// Undoes a payment.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct VoidPayment {
    /// Which payment.
    pub payment_id: PaymentId,
    /// For people, at most 500 characters; a stable word where a program decided: `checkout_expired`.
    pub reason: String,
}

/// Gives captured money back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RefundPayment {
    /// Which payment.
    pub payment_id: PaymentId,
    /// Made by the caller: the same id is the same refund.
    pub refund_id: RefundId,
    /// At most what is captured and neither refunded nor being refunded.
    pub amount: Money,
    /// For people, at most 500 characters.
    pub reason: String,
    /// The member of staff who wants it: above the limit of the shop somebody else must approve. Absent where a
    /// program decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<UserRef>,
}

/// Asks for a stretch of all settlements.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ListSettlements {
    /// Which stretch.
    pub page: PageRequest,
}

/// A payment: one amount for one order, over as many attempts as it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Payment {
    /// Its id.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// Where it stands.
    pub status: PaymentStatus,
    /// What is to be paid.
    pub amount: Money,
    /// What the provider has promised, whether taken since or not; zero again after a void.
    pub authorized: Money,
    /// What was taken.
    pub captured: Money,
    /// What was given back.
    pub refunded: Money,
    /// What the buyer must do, while [`PaymentStatus::RequiresAction`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// Why the last attempt was declined, while [`PaymentStatus::Declined`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline: Option<DeclineClass>,
    /// How often it was attempted.
    pub attempts: u32,
    /// Whether it is to be undone as soon as that can be.
    #[serde(default)]
    pub void_requested: bool,
    /// Grows with every change.
    pub version: i64,
}

/// Where a payment stands. Open: a newer peer may know more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentStatus {
    /// An attempt is on its way to the provider, or the provider works on it.
    Pending,
    /// The buyer must do something: see [`Payment::next_action`].
    RequiresAction,
    /// The provider promised exactly the amount; nothing is taken yet.
    Authorized,
    /// At least a part was taken.
    Captured,
    /// The last attempt was refused; another may be started.
    Declined,
    /// Nobody can say yet whether the provider took the attempt; it is being found out.
    Unknown,
    /// Undone before anything was taken.
    Voided,
    /// All that was taken was given back.
    Refunded,
    /// A part of what was taken was given back.
    PartiallyRefunded,
    /// Ended without success and for good: the provider's report did not match, or it never knew the payment.
    Failed,
    /// A status this version does not know.
    #[serde(other)]
    Unrecognized,
}

/// What the buyer must do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextAction {
    /// What kind of thing.
    pub kind: NextActionKind,
    /// Where.
    pub url: String,
}

/// What kind of thing the buyer must do. Open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NextActionKind {
    /// Open the URL in the browser.
    Redirect,
    /// A kind this version does not know; showing the URL is the best that can be done.
    #[serde(other)]
    Unrecognized,
}

/// Why an attempt was declined, coarsely: providers' own words stay with staff. Open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeclineClass {
    /// The bank said no.
    Declined,
    /// There is not enough money.
    InsufficientFunds,
    /// The buyer failed or left the authentication.
    AuthenticationFailed,
    /// The means of payment has expired.
    Expired,
    /// The buyer did not act in time, or went back.
    Abandoned,
    /// The provider suspects fraud.
    SuspectedFraud,
    /// A class this version does not know.
    #[serde(other)]
    Unrecognized,
}

/// The wish to undo a payment is recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VoidAccepted {
    /// Which payment.
    pub payment_id: PaymentId,
    /// The payment as it is now; absent if it was never opened, and now never will be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
}

/// Money on its way back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Refund {
    /// Its id.
    pub refund_id: RefundId,
    /// Which payment.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderRef,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub status: RefundStatus,
    /// For people.
    pub reason: String,
}

/// Where a refund stands. Open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefundStatus {
    /// Somebody else than who asked for it must approve; the amount is set aside meanwhile.
    AwaitingApproval,
    /// On its way to the provider, or the provider works on it.
    Pending,
    /// The money is given back.
    Succeeded,
    /// The provider refused for good, or nobody approved; the amount may be refunded anew.
    Failed,
    /// Nobody can say yet; it is repeated under the same key until somebody can.
    Unknown,
    /// A status this version does not know.
    #[serde(other)]
    Unrecognized,
}

/// What became of one payment's money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settlement {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What was paid for.
    pub order_id: OrderRef,
    /// Where it stands.
    pub status: PaymentStatus,
    /// What is promised.
    pub authorized: Money,
    /// What was taken.
    pub captured: Money,
    /// What was given back.
    pub refunded: Money,
}

/// A stretch of all settlements, oldest payment first.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Settlements {
    /// At most as many as asked for.
    pub settlements: Vec<Settlement>,
    /// Present if there are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

impl PaymentStatus {
    /// Whether the money is promised or taken: what an order waits for.
    pub fn is_paid(self) -> bool {
        matches!(
            self,
            Self::Authorized | Self::Captured | Self::PartiallyRefunded
        )
    }

    /// Whether it may still change without anybody asking: the buyer, the provider or the poller move it.
    pub fn is_in_motion(self) -> bool {
        matches!(self, Self::Pending | Self::RequiresAction | Self::Unknown)
    }
}
