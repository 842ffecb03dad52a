//! An order as its buyer and the shop see it.

use orders_contract::{
    Address, CancelReason, CartId, Customer, Order, OrderId, OrderLine, OrderStatus, PaymentRef,
    PaymentState, RatesSource, Totals,
};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Money, Timestamp};

use super::fulfillment_view::FulfillmentView;
use super::trail_view::TrailView;
use crate::domain::trail::Trail;

/// An order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub(super) struct OrderView {
    #[serde(flatten)]
    summary: OrderSummaryView,
    shipping_address: Option<Address>,
    billing_address: Option<Address>,
    /// Parcels, oldest first.
    fulfillments: Vec<FulfillmentView>,
    /// With `explain=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<TrailView>,
}

/// An order as lists show it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderSummary")]
pub(super) struct OrderSummaryView {
    id: OrderId,
    /// For people: on mails and invoices.
    number: String,
    status: OrderStatus,
    cancel_reason: Option<CancelReason>,
    customer: Customer,
    lines: Vec<OrderLine>,
    totals: Totals,
    rates_source: RatesSource,
    shipping_method: Option<String>,
    cart_id: CartId,
    payment_id: PaymentRef,
    payment_status: PaymentState,
    captured: Money,
    refunded: Money,
    created_at: Timestamp,
    placed_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
}

impl OrderView {
    pub(super) fn new(mut order: Order, fulfillments: Vec<FulfillmentView>) -> Self {
        let (shipping_address, billing_address) =
            (order.shipping_address.take(), order.billing_address.take());
        Self {
            summary: order.into(),
            shipping_address,
            billing_address,
            fulfillments,
            explanation: None,
        }
    }

    /// Adds how it came to its total.
    pub(super) fn explained(self, trail: Trail) -> Self {
        Self {
            explanation: Some(trail.into()),
            ..self
        }
    }
}

impl From<Order> for OrderSummaryView {
    fn from(order: Order) -> Self {
        Self {
            id: order.order_id,
            number: order.number,
            status: order.status,
            cancel_reason: order.cancel_reason,
            customer: order.customer,
            lines: order.lines,
            totals: order.totals,
            rates_source: order.rates_source,
            shipping_method: order.shipping_method,
            cart_id: order.cart_id,
            payment_id: order.payment_id,
            payment_status: order.payment_status,
            captured: order.captured,
            refunded: order.refunded,
            created_at: order.created_at,
            placed_at: order.placed_at,
            cancelled_at: order.cancelled_at,
        }
    }
}
