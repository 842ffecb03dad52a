//! A parcel as the shop and its buyer see it.

use orders_contract::{FulfillmentId, OrderId, ShippedLine, Tracking};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::Timestamp;

use crate::domain::fulfillment::Fulfillment;

/// A parcel of an order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Fulfillment")]
pub(super) struct FulfillmentView {
    id: FulfillmentId,
    order_id: OrderId,
    /// Goes into `If-Match` as `"v<version>"`.
    version: i64,
    /// `pending`, `shipped`, `delivered` or `cancelled`.
    status: &'static str,
    tracking: Tracking,
    lines: Vec<ShippedLine>,
    created_at: Timestamp,
    shipped_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
}

impl From<Fulfillment> for FulfillmentView {
    fn from(parcel: Fulfillment) -> Self {
        Self {
            id: parcel.id,
            order_id: parcel.order_id,
            version: parcel.version,
            status: parcel.status.as_str(),
            tracking: parcel.tracking,
            lines: parcel.lines,
            created_at: parcel.created_at,
            shipped_at: parcel.shipped_at,
            delivered_at: parcel.delivered_at,
        }
    }
}
