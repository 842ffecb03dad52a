//! What happened to an order, in the order in which it happened.

use orders_contract::{CancelReason, FulfillmentId, Order, ReturnId};
use tenon_kernel::{Money, Timestamp};

use super::fulfillment::Fulfillment;
use super::returns::{Return, ReturnStatus};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    /// `order.placed`, `payment.captured`
    pub(crate) kind: String,
    pub(crate) amount: Option<Money>,
    pub(crate) reason: Option<String>,
    pub(crate) fulfillment_id: Option<FulfillmentId>,
    pub(crate) return_id: Option<ReturnId>,
}

impl Moment {
    fn new(at: Timestamp, kind: &str) -> Self {
        Self {
            at,
            kind: kind.to_owned(),
            amount: None,
            reason: None,
            fulfillment_id: None,
            return_id: None,
        }
    }
}

/// Puts together what rows say anyway with the facts that payments told.
pub(crate) fn timeline(
    order: &Order,
    parcels: &[Fulfillment],
    returns: &[Return],
    payment_facts: Vec<Moment>,
) -> Vec<Moment> {
    let mut moments = vec![Moment {
        amount: Some(order.totals.total),
        ..Moment::new(order.created_at, "order.created")
    }];
    moments.extend(order.placed_at.map(|at| Moment::new(at, "order.placed")));
    moments.extend(order.cancelled_at.map(|at| {
        Moment {
            reason: order
                .cancel_reason
                .map(|reason| reason_name(reason).to_owned()),
            ..Moment::new(at, "order.cancelled")
        }
    }));
    for parcel in parcels {
        let of_parcel = |at, kind| Moment {
            fulfillment_id: Some(parcel.id),
            ..Moment::new(at, kind)
        };
        moments.push(of_parcel(parcel.created_at, "order.fulfillment_created"));
        moments.extend(parcel.shipped_at.map(|at| of_parcel(at, "order.shipped")));
        moments.extend(
            parcel
                .delivered_at
                .map(|at| of_parcel(at, "order.delivered")),
        );
    }
    moments.extend(returns.iter().flat_map(of_return));
    moments.extend(payment_facts);
    moments.sort_by_key(|moment| moment.at); // stable: what has the same time keeps the order above
    moments
}

fn of_return(it: &Return) -> Vec<Moment> {
    let at = |at, kind| Moment {
        return_id: Some(it.id),
        ..Moment::new(at, kind)
    };
    let mut moments = vec![at(it.created_at, "order.return_requested")];
    moments.extend(it.approved_at.map(|on| at(on, "order.return_approved")));
    moments.extend(it.received_at.map(|on| Moment {
        amount: Some(it.refund),
        ..at(on, "order.return_received")
    }));
    let closed = if it.status == ReturnStatus::Rejected {
        "order.return_rejected"
    } else {
        "order.return_cancelled"
    };
    moments.extend(it.closed_at.map(|on| at(on, closed)));
    moments
}

/// The stored name of a reason.
pub(crate) const fn reason_name(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::CustomerRequest => "customer_request",
        CancelReason::ShopRequest => "shop_request",
        CancelReason::Expired => "expired",
        CancelReason::OutOfStock => "out_of_stock",
        CancelReason::PaymentMismatch => "payment_mismatch",
        CancelReason::PaymentFailed => "payment_failed",
        CancelReason::PromotionExhausted => "promotion_exhausted",
        _ => "unknown",
    }
}
