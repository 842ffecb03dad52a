//! An order as its buyer and the shop see it.

use orders_contract::{
    Address, CancelReason, CartId, Customer, Order, OrderId, OrderLine, OrderStatus, PaymentRef,
    PaymentState, RatesSource, Totals,
};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Money, Timestamp};

use super::fulfillment_view::FulfillmentView;
use super::return_view::ReturnView;
use super::trail_view::TrailView;
use crate::domain::trail::Trail;

/// An order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub(super) struct OrderView {
    #[serde(flatten)]
    facts: OrderFactsView,
    shipping_address: Option<Address>,
    billing_address: Option<Address>,
    /// Parcels, oldest first.
    fulfillments: Vec<FulfillmentView>,
    /// With `expand=returns`; oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    returns: Option<Vec<ReturnView>>,
    /// With `explain=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<TrailView>,
}

/// An order as lists show it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderSummary")]
pub(super) struct OrderSummaryView {
    #[serde(flatten)]
    facts: OrderFactsView,
    /// With `expand=fulfillments`: parcels, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    fulfillments: Option<Vec<FulfillmentView>>,
    /// With `expand=returns`; oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    returns: Option<Vec<ReturnView>>,
}

/// What is said of an order everywhere.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderFactsView {
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
            facts: order.into(),
            shipping_address,
            billing_address,
            fulfillments,
            returns: None,
            explanation: None,
        }
    }

    /// Adds what came back of it.
    pub(super) fn with_returns(self, returns: Vec<ReturnView>) -> Self {
        Self {
            returns: Some(returns),
            ..self
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

impl OrderSummaryView {
    /// Adds its parcels.
    pub(super) fn with_fulfillments(self, parcels: Vec<FulfillmentView>) -> Self {
        Self {
            fulfillments: Some(parcels),
            ..self
        }
    }

    /// Adds what came back of it.
    pub(super) fn with_returns(self, returns: Vec<ReturnView>) -> Self {
        Self {
            returns: Some(returns),
            ..self
        }
    }
}

impl From<Order> for OrderSummaryView {
    fn from(order: Order) -> Self {
        Self {
            facts: order.into(),
            fulfillments: None,
            returns: None,
        }
    }
}

impl From<Order> for OrderFactsView {
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
