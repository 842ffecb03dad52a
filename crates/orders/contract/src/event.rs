//! Facts that orders publishes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Money, Timestamp};
use tenon_seam::{EventShape, event};

use crate::{
    CancelReason, CapturePolicy, CartId, CheckoutId, Customer, FulfillmentId, LineId, OrderId,
    OrderReturnApproved, OrderReturnCancelled, OrderReturnReceived, OrderReturnRejected,
    OrderReturnRequested, PaymentRef, PromotionId, ReservationRef, Totals, VariantRef,
};

/// Titles in events are cut to this many bytes, so that an order of 100 lines stays under 20 KiB.
pub const MAX_EVENT_TITLE: usize = 60;

/// A checkout began: prices are frozen until `expires_at`. No order exists yet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckoutStarted {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// Its cart.
    pub cart_id: CartId,
    /// The id the order will have.
    pub order_id: OrderId,
    /// What the buyer will pay.
    pub total: Money,
    /// Until when the price holds.
    pub expires_at: Timestamp,
}
event!(CheckoutStarted, "checkout.started", 1, checkout_id);

/// A checkout led to a placed order.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckoutCompleted {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// Its cart.
    pub cart_id: CartId,
    /// The order.
    pub order_id: OrderId,
}
event!(CheckoutCompleted, "checkout.completed", 1, checkout_id);

/// A checkout came to nothing: out of stock, payment impossible, cancelled by the buyer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckoutFailed {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// Its cart, which is open again.
    pub cart_id: CartId,
    /// The order, if it got that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Why.
    pub reason: CancelReason,
}
event!(CheckoutFailed, "checkout.failed", 1, checkout_id);

/// Nobody paid in time; stock and cart are free again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CheckoutExpired {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// Its cart, which is open again.
    pub cart_id: CartId,
    /// The order, if it got that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
}
event!(CheckoutExpired, "checkout.expired", 1, checkout_id);

/// One line inside an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventLine {
    /// What was bought.
    pub variant_id: VariantRef,
    /// For people, at most 60 bytes.
    pub title: String,
    /// How many.
    pub quantity: i64,
    /// What they cost together at their price, before the discount: lines add up to the subtotal.
    pub total: Money,
}

/// An order was written down; its payment is still to come.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderCreated {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// 1 to 100 lines.
    pub lines: Vec<EventLine>,
    /// What the buyer will pay.
    pub total: Money,
    /// The payment that will be opened for it.
    pub payment_id: PaymentRef,
}
event!(OrderCreated, "order.created", 1, order_id);

/// An order was placed: its payment is authorised for exactly its total.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderPlaced {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// 1 to 100 lines.
    pub lines: Vec<EventLine>,
    /// What it costs.
    pub totals: Totals,
    /// Its payment.
    pub payment_id: PaymentRef,
    /// Its stock.
    pub reservation_id: ReservationRef,
    /// When its money is taken.
    pub capture: CapturePolicy,
}
event!(OrderPlaced, "order.placed", 1, order_id);

/// An order will not be delivered.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderCancelled {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// Why.
    pub reason: CancelReason,
    /// Whether it had been placed, so that the buyer expects it.
    pub was_placed: bool,
    /// What goes back to the buyer: money that was taken, or the hold on it; zero if there is neither. Orders itself
    /// asks payments for it.
    pub refund_due: Money,
    /// Its payment.
    pub payment_id: PaymentRef,
}
event!(OrderCancelled, "order.cancelled", 1, order_id);

/// Money arrived after the order was given up and could not be used: it goes back. Said once for each order.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderPaymentReturned {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who paid.
    pub customer: Customer,
    /// What goes back.
    pub amount: Money,
    /// The payment.
    pub payment_id: PaymentRef,
    /// `late_success`
    pub reason: String,
}
event!(OrderPaymentReturned, "order.payment_returned", 1, order_id);

/// How much of a line is in a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShippedLine {
    /// The order's line.
    pub line_id: LineId,
    /// What it is.
    pub variant_id: VariantRef,
    /// How many.
    pub quantity: i64,
}

/// How to follow a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tracking {
    /// `DHL`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The carrier's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// A page for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A parcel is being packed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderFulfillmentCreated {
    /// The order.
    pub order_id: OrderId,
    /// The parcel.
    pub fulfillment_id: FulfillmentId,
    /// What is in it.
    pub lines: Vec<ShippedLine>,
}
event!(
    OrderFulfillmentCreated,
    "order.fulfillment_created",
    1,
    order_id
);

/// A parcel left.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderShipped {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// The parcel.
    pub fulfillment_id: FulfillmentId,
    /// What is in it.
    pub lines: Vec<ShippedLine>,
    /// How to follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<Tracking>,
    /// The order's payment.
    pub payment_id: PaymentRef,
    /// When the order's money is taken: with [`CapturePolicy::OnShip`] payments takes `value` now.
    pub capture: CapturePolicy,
    /// What the parcel is worth of the order's total; the parcels of an order are worth its total together.
    pub value: Money,
    /// Whether nothing of the order is left to send.
    pub complete: bool,
}
event!(OrderShipped, "order.shipped", 1, order_id);

/// A parcel arrived.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderDelivered {
    /// The order.
    pub order_id: OrderId,
    /// For people.
    pub number: String,
    /// Who bought.
    pub customer: Customer,
    /// The parcel.
    pub fulfillment_id: FulfillmentId,
    /// What was in it.
    pub lines: Vec<ShippedLine>,
}
event!(OrderDelivered, "order.delivered", 1, order_id);

/// A promotion was counted for an order, in the transaction that wrote the order down.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PromotionRedeemed {
    /// The promotion.
    pub promotion_id: PromotionId,
    /// The order that it takes something off.
    pub order_id: OrderId,
    /// How much.
    pub discount: Money,
    /// How often it can be redeemed still; absent without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<i64>,
}
event!(PromotionRedeemed, "promotion.redeemed", 1, promotion_id);

/// A promotion no longer counts for an order that came to nothing: somebody else may use it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PromotionReleased {
    /// The promotion.
    pub promotion_id: PromotionId,
    /// The order that it would have taken something off.
    pub order_id: OrderId,
    /// Why the order came to nothing.
    pub reason: CancelReason,
    /// How often it can be redeemed now; absent without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<i64>,
}
event!(PromotionReleased, "promotion.released", 1, promotion_id);

/// Every fact that orders publishes.
pub static EVENTS: &[EventShape] = &[
    EventShape::of::<CheckoutStarted>(),
    EventShape::of::<CheckoutCompleted>(),
    EventShape::of::<CheckoutFailed>(),
    EventShape::of::<CheckoutExpired>(),
    EventShape::of::<OrderCreated>(),
    EventShape::of::<OrderPlaced>(),
    EventShape::of::<OrderCancelled>(),
    EventShape::of::<OrderPaymentReturned>(),
    EventShape::of::<OrderFulfillmentCreated>(),
    EventShape::of::<OrderShipped>(),
    EventShape::of::<OrderDelivered>(),
    EventShape::of::<PromotionRedeemed>(),
    EventShape::of::<PromotionReleased>(),
    EventShape::of::<OrderReturnRequested>(),
    EventShape::of::<OrderReturnApproved>(),
    EventShape::of::<OrderReturnRejected>(),
    EventShape::of::<OrderReturnCancelled>(),
    EventShape::of::<OrderReturnReceived>(),
];

/// Cuts a title at a character boundary so that it fits into an event.
pub fn short_title(title: &str) -> String {
    if title.len() <= MAX_EVENT_TITLE {
        return title.to_owned();
    }
    let ellipsis = '…';
    let mut end = MAX_EVENT_TITLE - ellipsis.len_utf8();
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ellipsis}", &title[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_cut_between_characters() {
        assert_eq!(short_title("Tea"), "Tea");
        let cut = short_title(&"ä".repeat(100));
        assert!(cut.len() <= MAX_EVENT_TITLE);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn the_largest_order_fits_into_an_event() {
        let env = tenon_kernel::Env::system();
        let currency = "EUR".parse().expect("known");
        let most = Money::new(9_007_199_254_740_991, currency).expect("in range");
        let line = EventLine {
            variant_id: env.new_id(),
            title: short_title(&"x".repeat(200)),
            quantity: 9_999,
            total: Money::new(9_999_999_999, currency).expect("in range"),
        };
        let event = OrderPlaced {
            order_id: env.new_id(),
            number: "100000000".to_owned(),
            customer: Customer {
                user_id: None,
                email: "x".repeat(254),
            },
            lines: vec![line; 100],
            totals: Totals {
                subtotal: most,
                discount: Some(most),
                shipping: most,
                tax: most,
                tax_included: true,
                total: most,
            },
            payment_id: env.new_id(),
            reservation_id: env.new_id(),
            capture: CapturePolicy::Immediate,
        };
        let size = serde_json::to_vec(&event).expect("plain data").len();
        assert!(size <= 20 * 1024, "{size} bytes");
    }
}
