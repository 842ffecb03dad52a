//! Ids of payments and their parts, and references to things of other modules.

use tenon_kernel::{Id, IdKind};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident, $kind:ident, $prefix:literal;)*) => {$(
        #[doc = concat!("Kind of [`", stringify!($id), "`].")]
        #[derive(Debug)]
        pub struct $kind;

        impl IdKind for $kind {
            const PREFIX: &'static str = $prefix;
        }

        $(#[$doc])*
        pub type $id = Id<$kind>;
    )*};
}

ids! {
    /// Names a payment; the caller makes it, so that opening one twice is impossible.
    PaymentId, PaymentKind, "pay";
    /// Names one attempt at a payment; the provider gets it as idempotency key and never another one for this attempt.
    AttemptId, AttemptKind, "att";
    /// Names a capture; the provider's idempotency key.
    CaptureId, CaptureKind, "cap";
    /// Names a refund; the provider's idempotency key.
    RefundId, RefundKind, "rfd";
    /// Names an entry of the ledger.
    LedgerEntryId, LedgerEntryKind, "led";
    /// An order as payments refers to it: the same text and UUID as the orders module's own id.
    ///
    /// A type of its own, because the orders contract may know this one and contracts form no circle.
    OrderRef, OrderRefKind, "ord";
    /// A user as payments refers to them.
    UserRef, UserRefKind, "usr";
}
