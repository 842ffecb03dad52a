//! A return as the shop and its buyer see it.

use orders_contract::{
    LineId, OrderId, RefundRef, ReturnCondition, ReturnId, ReturnReason, ReturnRequester,
    VariantRef,
};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Money, Timestamp};

use crate::domain::returns::{Return, ReturnLine, ReturnStatus};

/// Pieces of an order that come back.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Return")]
pub(super) struct ReturnView {
    id: ReturnId,
    order_id: OrderId,
    /// Goes into `If-Match` as `"v<version>"`.
    version: i64,
    /// `requested`, `approved`, `received`, `rejected` or `cancelled`.
    status: &'static str,
    /// Who wrote it down.
    requested_by: ReturnRequester,
    lines: Vec<ReturnLineView>,
    /// In the words of who wrote it down.
    note: Option<String>,
    /// In the words of the shop.
    decision_note: Option<String>,
    /// What the buyer gets back; absent before the pieces arrived.
    refund: Option<ReturnRefundView>,
    /// What goes back on the shelf: `none` of it, what is `due`, or `done`.
    restock_status: &'static str,
    created_at: Timestamp,
    approved_at: Option<Timestamp>,
    received_at: Option<Timestamp>,
    /// Rejected or cancelled.
    closed_at: Option<Timestamp>,
}

/// Pieces of one line.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReturnLine")]
struct ReturnLineView {
    line_id: LineId,
    variant_id: VariantRef,
    /// How many are to come back.
    quantity: i64,
    reason: ReturnReason,
    /// How many arrived.
    received: Option<i64>,
    /// Whether they go back on the shelf.
    restock: Option<bool>,
    /// In what state they arrived.
    condition: Option<ReturnCondition>,
    /// What the buyer gets back for them.
    amount: Option<Money>,
}

/// What the buyer gets back.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReturnRefund")]
struct ReturnRefundView {
    /// To be found at `/v1/refunds/{id}` once payments was asked for it.
    id: RefundRef,
    /// All of it.
    amount: Money,
    /// What of it is for delivery.
    delivery: Money,
    /// `none` if it is worth nothing; `due`, `waiting` until the money of the order was taken, `requested`,
    /// `awaiting_approval`, `succeeded`, `failed`, or `nothing_left` if all money went back otherwise before.
    status: &'static str,
    /// Why it failed.
    failure: Option<String>,
}

impl From<Return> for ReturnView {
    fn from(it: Return) -> Self {
        let refund = (it.status == ReturnStatus::Received).then_some(ReturnRefundView {
            id: it.refund_id,
            amount: it.refund,
            delivery: it.delivery,
            status: it.refund_status.as_str(),
            failure: it.refund_failure,
        });
        Self {
            id: it.id,
            order_id: it.order_id,
            version: it.version,
            status: it.status.as_str(),
            requested_by: it.requested_by,
            lines: it.lines.into_iter().map(ReturnLineView::from).collect(),
            note: it.note,
            decision_note: it.decision_note,
            refund,
            restock_status: it.restock_status.as_str(),
            created_at: it.created_at,
            approved_at: it.approved_at,
            received_at: it.received_at,
            closed_at: it.closed_at,
        }
    }
}

impl From<ReturnLine> for ReturnLineView {
    fn from(line: ReturnLine) -> Self {
        let arrival = line.arrival.as_ref();
        Self {
            line_id: line.line_id,
            variant_id: line.variant_id,
            quantity: line.quantity,
            reason: line.reason,
            received: arrival.map(|it| it.received),
            restock: arrival.map(|it| it.restock),
            condition: arrival.and_then(|it| it.condition),
            amount: arrival.map(|it| it.amount),
        }
    }
}
