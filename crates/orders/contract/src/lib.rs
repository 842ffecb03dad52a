//! Contract of the orders module: all that other modules may know about it.
//!
//! **Architecture invariant:** no IO here, and no dependency except `tenon-kernel` and `tenon-seam`.
//! A caller of [`Orders`] cannot tell whether the module runs in its process or in another.
//! Checked by `cargo xtask check boundaries`.

mod error;
mod event;
mod id;
mod model;
mod returns;
#[cfg(feature = "testing")]
pub mod testing;

use tenon_kernel::CallCtx;
use tenon_seam::{SeamResult, contract};

pub use self::error::{OrdersError, Shortage};
pub use self::event::{
    CheckoutCompleted, CheckoutExpired, CheckoutFailed, CheckoutStarted, EVENTS, EventLine,
    MAX_EVENT_TITLE, OrderCancelled, OrderCreated, OrderDelivered, OrderFulfillmentCreated,
    OrderPaymentReturned, OrderPlaced, OrderShipped, PromotionRedeemed, PromotionReleased,
    ShippedLine, Tracking, short_title,
};
pub use self::id::{
    CartId, CartKind, CheckoutId, CheckoutKind, FulfillmentId, FulfillmentKind, LineId, LineKind,
    OrderId, OrderKind, PaymentRef, PaymentRefKind, ProductRef, ProductRefKind, PromotionId,
    PromotionKind, RefundRef, RefundRefKind, ReservationRef, ReservationRefKind, ReturnId,
    ReturnKind, UserRef, UserRefKind, VariantRef, VariantRefKind,
};
pub use self::model::{
    Address, CancelReason, CapturePolicy, CartProblem, CartProblemCode, Customer, GetOrders,
    LeftOut, ListOrderPayments, Order, OrderLine, OrderPayment, OrderPayments, OrderStatus,
    OrdersFound, PaymentState, RatesSource, Totals,
};
pub use self::returns::{
    OrderReturnApproved, OrderReturnCancelled, OrderReturnReceived, OrderReturnRejected,
    OrderReturnRequested, ReceivedLine, ReturnCondition, ReturnReason, ReturnRequester,
    ReturnedLine,
};

/// What other modules may ask of orders.
#[contract(module = "orders", version = 1)]
pub trait Orders: Send + Sync + 'static {
    /// Returns those of the given orders that exist, in no particular order; at most 200 ids.
    #[query(timeout = "500ms")]
    async fn get_orders(
        &self,
        ctx: &CallCtx,
        req: GetOrders,
    ) -> SeamResult<OrdersFound, OrdersError>;

    /// Lists what each order expects of its payment, oldest first: for reconciliation.
    #[query(timeout = "1s")]
    async fn list_order_payments(
        &self,
        ctx: &CallCtx,
        req: ListOrderPayments,
    ) -> SeamResult<OrderPayments, OrdersError>;
}
