//! Ids of orders, and of the things of other modules that orders carries along.

use tenon_kernel::{Id, IdKind};

macro_rules! ids {
    ($($(#[$doc:meta])* $kind:ident, $id:ident, $prefix:literal;)+) => {$(
        #[doc = concat!("Kind of [`", stringify!($id), "`].")]
        #[derive(Debug)]
        pub struct $kind;

        impl IdKind for $kind {
            const PREFIX: &'static str = $prefix;
        }

        $(#[$doc])*
        pub type $id = Id<$kind>;
    )+};
}

ids! {
    /// Names a cart.
    CartKind, CartId, "crt";
    /// Names a line of a cart, and later of the order made from it.
    LineKind, LineId, "lin";
    /// Names a checkout.
    CheckoutKind, CheckoutId, "chk";
    /// Names an order.
    OrderKind, OrderId, "ord";
    /// Names a fulfilment: one parcel of an order.
    FulfillmentKind, FulfillmentId, "ful";
    /// Names a promotion.
    PromotionKind, PromotionId, "prm";
    /// Names a return: pieces of an order that come back.
    ReturnKind, ReturnId, "ret";
    /// Names a refund; the payments module owns it.
    RefundRefKind, RefundRef, "rfd";
    /// Names a payment; the payments module owns it.
    PaymentRefKind, PaymentRef, "pay";
    /// Names a reservation of stock; the catalog module owns it.
    ReservationRefKind, ReservationRef, "rsv";
    /// Names a variant of a product; the catalog module owns it.
    VariantRefKind, VariantRef, "var";
    /// Names a product; the catalog module owns it.
    ProductRefKind, ProductRef, "prd";
    /// Names a person; the identity module owns it.
    UserRefKind, UserRef, "usr";
}
