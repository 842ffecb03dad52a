//! Sends a parcel, notes its arrival, names its tracking.

use orders_contract::{FulfillmentId, OrderDelivered, OrderShipped, OrdersError, Tracking};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::{Tx, retrying};

use super::{Outcome, Service, internal};
use crate::domain::fulfillment::{Fulfillment, FulfillmentStatus, parcel_value};
use crate::domain::order::{Happening, next};
use crate::domain::patch::Patch;
use crate::store::order_rows::StoredOrder;
use crate::store::{self, Access};

/// What to change.
#[derive(Debug, Clone, Default)]
pub(crate) struct UpdateFulfillment {
    pub(crate) status: Option<FulfillmentStatus>,
    pub(crate) carrier: Patch<String>,
    pub(crate) tracking_number: Patch<String>,
    pub(crate) tracking_url: Patch<String>,
}

impl Service {
    /// Moves a parcel forward: `shipped`, then `delivered`. Payments takes the money of an `on_ship` order when it
    /// hears that a parcel left.
    ///
    /// # Errors
    ///
    /// [`OrdersError::FulfillmentTransition`] for any other move, [`OrdersError::StaleVersion`].
    #[tracing::instrument(name = "orders.update_fulfillment", skip_all, fields(fulfillment.id = %id))]
    pub(crate) async fn update_fulfillment(
        &self,
        ctx: &CallCtx,
        id: FulfillmentId,
        access: &Access,
        version: i64,
        change: UpdateFulfillment,
    ) -> Outcome<Fulfillment> {
        let not_found = || SeamError::Domain(OrdersError::FulfillmentNotFound);
        let order_id = store::fulfillments::find(&mut self.db.read(ctx), id)
            .await?
            .ok_or_else(not_found)?
            .order_id;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.update_fulfillment").await?;
            let order = store::orders::lock(&mut tx, order_id, access)
                .await?
                .ok_or_else(not_found)?;
            let mut parcel = store::fulfillments::find(&mut tx, id)
                .await?
                .ok_or_else(not_found)?;
            if parcel.version != version {
                return Err(SeamError::Domain(OrdersError::StaleVersion {
                    current: parcel.version,
                }));
            }
            let before = audited(&parcel);
            parcel.version += 1;
            change.apply_tracking(&mut parcel.tracking);
            if let Some(status) = change.status.filter(|status| *status != parcel.status) {
                if !matches!(
                    status,
                    FulfillmentStatus::Shipped | FulfillmentStatus::Delivered
                ) || !parcel.status.can_become(status)
                {
                    let (from, to) = (
                        parcel.status.as_str().to_owned(),
                        status.as_str().to_owned(),
                    );
                    return Err(SeamError::Domain(OrdersError::FulfillmentTransition {
                        from,
                        to,
                    }));
                }
                parcel.status = status;
                match status {
                    FulfillmentStatus::Shipped => ship(&mut tx, &order, &mut parcel).await?,
                    _ => deliver(&mut tx, &order, &mut parcel).await?,
                }
            }
            store::fulfillments::save(&mut tx, &parcel).await?;
            tx.emit(&AuditRecorded {
                action: "order.fulfillment_updated".to_owned(),
                target: id.to_string(),
                before: Some(before),
                after: Some(audited(&parcel)),
            })
            .await?;
            tx.commit().await?;
            Ok(parcel)
        })
        .await
    }
}

/// Counts the pieces as gone and tells the world, which includes whoever takes the money.
async fn ship(tx: &mut Tx<'_>, stored: &StoredOrder, parcel: &mut Fulfillment) -> Outcome<()> {
    let order = &stored.order;
    let shipped: i64 = parcel.lines.iter().map(|line| line.quantity).sum();
    let left: i64 = order
        .lines
        .iter()
        .map(|line| line.quantity - line.shipped)
        .sum();
    let complete = left == shipped;
    // Parcels of orders that cannot be sent were cancelled with their order.
    let status = next(order.status, Happening::Shipped { complete })
        .ok_or_else(|| internal("order status"))?;
    let value = parcel_value(
        &order.lines,
        &order.totals,
        &parcel.lines,
        stored.shipped_value,
        complete,
    );
    parcel.shipped_at = Some(tx.now());
    store::order_lines::ship(tx, order.order_id, &parcel.lines).await?;
    store::orders::ship(tx, order.order_id, status, value).await?;
    tx.emit(&OrderShipped {
        order_id: order.order_id,
        number: order.number.clone(),
        customer: order.customer.clone(),
        fulfillment_id: parcel.id,
        lines: parcel.lines.clone(),
        tracking: Some(parcel.tracking.clone()),
        payment_id: order.payment_id,
        capture: order.capture,
        value,
        complete,
    })
    .await?;
    Ok(())
}

async fn deliver(tx: &mut Tx<'_>, stored: &StoredOrder, parcel: &mut Fulfillment) -> Outcome<()> {
    let order = &stored.order;
    parcel.delivered_at = Some(tx.now());
    tx.emit(&OrderDelivered {
        order_id: order.order_id,
        number: order.number.clone(),
        customer: order.customer.clone(),
        fulfillment_id: parcel.id,
        lines: parcel.lines.clone(),
    })
    .await?;
    Ok(())
}

fn audited(parcel: &Fulfillment) -> Value {
    json!({ "status": parcel.status.as_str(), "tracking": parcel.tracking })
}

impl UpdateFulfillment {
    fn apply_tracking(&self, tracking: &mut Tracking) {
        self.carrier.clone().apply(&mut tracking.carrier);
        self.tracking_number.clone().apply(&mut tracking.number);
        self.tracking_url.clone().apply(&mut tracking.url);
    }
}
