//! Checkouts and orders. Buyers are told by their id; addresses and the numbers of parcels, which lead to a door, are not.

use orders_contract::{
    CheckoutCompleted, CheckoutExpired, CheckoutFailed, CheckoutStarted, OrderCancelled,
    OrderCreated, OrderDelivered, OrderFulfillmentCreated, OrderPaymentReturned, OrderPlaced,
    OrderReturnApproved, OrderReturnCancelled, OrderReturnReceived, OrderReturnRejected,
    OrderReturnRequested, OrderShipped, PromotionRedeemed, PromotionReleased,
};

use super::EventTypes;

const SOURCE: &str = "orders";

pub(super) fn name_all(list: &mut impl EventTypes) {
    list.add::<CheckoutStarted>(
        SOURCE,
        &["checkout_id", "cart_id", "order_id", "total", "expires_at"],
        &[],
    );
    list.add::<CheckoutCompleted>(SOURCE, &["checkout_id", "cart_id", "order_id"], &[]);
    list.add::<CheckoutFailed>(
        SOURCE,
        &["checkout_id", "cart_id", "order_id", "reason"],
        &[],
    );
    list.add::<CheckoutExpired>(SOURCE, &["checkout_id", "cart_id", "order_id"], &[]);
    list.add::<OrderCreated>(
        SOURCE,
        &[
            "order_id",
            "number",
            "lines.variant_id",
            "lines.title",
            "lines.quantity",
            "lines.total",
            "total",
            "payment_id",
        ],
        &[],
    );
    list.add::<OrderPlaced>(
        SOURCE,
        &[
            "order_id",
            "number",
            "customer.user_id",
            "lines.variant_id",
            "lines.title",
            "lines.quantity",
            "lines.total",
            "totals.subtotal",
            "totals.discount",
            "totals.shipping",
            "totals.tax",
            "totals.tax_included",
            "totals.total",
            "payment_id",
            "reservation_id",
            "capture",
        ],
        &["customer.email"],
    );
    list.add::<OrderCancelled>(
        SOURCE,
        &[
            "order_id",
            "number",
            "customer.user_id",
            "reason",
            "was_placed",
            "refund_due",
            "payment_id",
        ],
        &["customer.email"],
    );
    list.add::<OrderPaymentReturned>(
        SOURCE,
        &[
            "order_id",
            "number",
            "customer.user_id",
            "amount",
            "payment_id",
            "reason",
        ],
        &["customer.email"],
    );
    list.add::<OrderFulfillmentCreated>(
        SOURCE,
        &[
            "order_id",
            "fulfillment_id",
            "lines.line_id",
            "lines.variant_id",
            "lines.quantity",
        ],
        &[],
    );
    list.add::<OrderShipped>(
        SOURCE,
        &[
            "order_id",
            "number",
            "customer.user_id",
            "fulfillment_id",
            "lines.line_id",
            "lines.variant_id",
            "lines.quantity",
            "tracking.carrier",
            "payment_id",
            "capture",
            "value",
            "complete",
        ],
        &["customer.email", "tracking.number", "tracking.url"],
    );
    list.add::<OrderDelivered>(
        SOURCE,
        &[
            "order_id",
            "number",
            "customer.user_id",
            "fulfillment_id",
            "lines.line_id",
            "lines.variant_id",
            "lines.quantity",
        ],
        &["customer.email"],
    );
    list.add::<PromotionRedeemed>(
        SOURCE,
        &["promotion_id", "order_id", "discount", "remaining"],
        &[],
    );
    list.add::<PromotionReleased>(
        SOURCE,
        &["promotion_id", "order_id", "reason", "remaining"],
        &[],
    );
    name_returns(list);
}

/// Returns. What people wrote in their own words stays here.
fn name_returns(list: &mut impl EventTypes) {
    list.add::<OrderReturnRequested>(
        SOURCE,
        &[
            "order_id",
            "number",
            "customer.user_id",
            "return_id",
            "lines.line_id",
            "lines.variant_id",
            "lines.quantity",
            "lines.reason",
            "requested_by",
        ],
        &["customer.email"],
    );
    list.add::<OrderReturnApproved>(
        SOURCE,
        &["order_id", "number", "customer.user_id", "return_id"],
        &["customer.email", "note"],
    );
    list.add::<OrderReturnRejected>(
        SOURCE,
        &["order_id", "number", "customer.user_id", "return_id"],
        &["customer.email", "note"],
    );
    list.add::<OrderReturnCancelled>(SOURCE, &["order_id", "number", "return_id"], &[]);
    list.add::<OrderReturnReceived>(
        SOURCE,
        &[
            "order_id",
            "number",
            "customer.user_id",
            "return_id",
            "lines.line_id",
            "lines.variant_id",
            "lines.received",
            "lines.restock",
            "lines.condition",
            "lines.amount",
            "refund",
            "delivery",
            "refund_id",
            "payment_id",
        ],
        &["customer.email"],
    );
}
