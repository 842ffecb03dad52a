//! A checkout as its buyer sees it.

use orders_contract::{CancelReason, CartId, CheckoutId, OrderId, OrderLine, PaymentRef, Totals};
use payments_contract::{DeclineClass, NextAction, PaymentStatus};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::Timestamp;
use tenon_web::Reply;

use crate::domain::checkout::{Checkout, CheckoutStatus};

/// A checkout: a frozen cart on its way to an order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Checkout")]
pub(super) struct CheckoutView {
    id: CheckoutId,
    /// `processing`, `requires_action`, `payment_declined`, `closing`, `completed`, `failed`, `expired` or
    /// `cancelled`. More may come.
    status: &'static str,
    cart_id: CartId,
    /// The order, once it is written down; it is placed when the checkout is `completed`.
    order_id: Option<OrderId>,
    payment: Option<CheckoutPaymentView>,
    /// What the buyer must do next.
    next_action: Option<NextAction>,
    /// What stands in the way.
    problems: Vec<CheckoutProblemView>,
    lines: Vec<OrderLine>,
    totals: Totals,
    /// Why it came to nothing.
    reason: Option<CancelReason>,
    created_at: Timestamp,
    /// Until when price and stock are held.
    expires_at: Timestamp,
}

/// The payment of a checkout, as of the last look at it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CheckoutPayment")]
struct CheckoutPaymentView {
    id: PaymentRef,
    status: PaymentStatus,
    attempts: u32,
}

/// Something that stands in the way of a checkout.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CheckoutProblem")]
struct CheckoutProblemView {
    /// `payment_declined`
    code: &'static str,
    /// One sentence for people.
    detail: &'static str,
    /// Why the last attempt to pay was refused.
    decline: Option<DeclineClass>,
}

/// A checkout with its version.
pub(super) fn reply(checkout: Checkout) -> Reply {
    let version = checkout.version;
    Reply::ok(&CheckoutView::from(checkout)).version(version)
}

impl From<Checkout> for CheckoutView {
    fn from(checkout: Checkout) -> Self {
        let Checkout {
            quote,
            seen,
            status,
            ..
        } = checkout;
        let declined = status == CheckoutStatus::PaymentDeclined;
        let problem = declined.then(|| CheckoutProblemView {
            code: "payment_declined",
            detail: "The payment was refused. Confirm with another payment method to try again.",
            decline: seen.as_ref().and_then(|seen| seen.decline),
        });
        Self {
            id: checkout.id,
            status: if status == CheckoutStatus::Working {
                "processing"
            } else {
                status.as_str()
            },
            cart_id: checkout.cart_id,
            order_id: checkout.has_order.then_some(checkout.order_id),
            next_action: seen
                .as_ref()
                .filter(|_| status == CheckoutStatus::RequiresAction)
                .and_then(|seen| seen.next_action.clone()),
            payment: seen.map(|seen| CheckoutPaymentView {
                id: checkout.payment_id,
                status: seen.status,
                attempts: seen.attempts,
            }),
            problems: problem.into_iter().collect(),
            lines: quote.lines,
            totals: quote.totals,
            reason: checkout.reason,
            created_at: checkout.created_at,
            expires_at: checkout.expires_at,
        }
    }
}
