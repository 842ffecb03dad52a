//! Packs a parcel.

use orders_contract::{
    FulfillmentId, LineId, OrderFulfillmentCreated, OrderId, OrdersError, Tracking,
};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::{Claim, retrying};

use super::{Outcome, Service};
use crate::domain::fulfillment::{Fulfillment, FulfillmentStatus, check_parcel};
use crate::domain::order::can_be_packed;
use crate::store::{self, Access};

pub(crate) const OPERATION: &str = "create_fulfillment";

impl Service {
    /// Puts pieces of an order that are in no parcel yet into a new one.
    ///
    /// # Errors
    ///
    /// [`OrdersError::OrderNotFulfillable`] unless it is placed and not all gone, [`OrdersError::InvalidRequest`]
    /// naming each wrong line.
    #[tracing::instrument(name = "orders.create_fulfillment", skip_all, fields(order.id = %order))]
    pub(crate) async fn create_fulfillment(
        &self,
        ctx: &CallCtx,
        order: OrderId,
        access: &Access,
        wanted: Vec<(LineId, i64)>,
    ) -> Outcome<Fulfillment> {
        let id: FulfillmentId = self.db.env().new_id();
        let made = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.create_fulfillment").await?;
            match tx
                .claim_key::<FulfillmentId, OrdersError>(OPERATION)
                .await?
            {
                Claim::Replay(outcome) => return outcome.map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            let locked = store::orders::lock(&mut tx, order, access).await?;
            let stored = locked.ok_or(SeamError::Domain(OrdersError::OrderNotFound))?;
            if !can_be_packed(stored.order.status) {
                let refusal = OrdersError::OrderNotFulfillable {
                    status: stored.order.status,
                };
                return Err(SeamError::Domain(
                    tx.refuse::<FulfillmentId, OrdersError>(OPERATION, refusal)
                        .await?,
                ));
            }
            let lines = check_parcel(&stored.order.lines, &stored.packed, &wanted)
                .map_err(SeamError::Domain)?;
            let parcel = Fulfillment {
                id,
                order_id: order,
                version: 1,
                status: FulfillmentStatus::Pending,
                tracking: Tracking {
                    carrier: None,
                    number: None,
                    url: None,
                },
                lines: lines.clone(),
                created_at: tx.now(),
                shipped_at: None,
                delivered_at: None,
            };
            store::fulfillments::insert(&mut tx, &parcel).await?;
            store::order_lines::pack(&mut tx, order, &lines, 1).await?;
            let after = json!({ "fulfillment_id": id, "lines": lines });
            tx.emit(&OrderFulfillmentCreated {
                order_id: order,
                fulfillment_id: id,
                lines,
            })
            .await?;
            tx.emit(&AuditRecorded {
                action: "order.fulfillment_created".to_owned(),
                target: order.to_string(),
                before: None,
                after: Some(after),
            })
            .await?;
            tx.commit_outcome::<FulfillmentId, OrdersError>(
                OPERATION,
                &Ok(id),
                Some(id.to_string()),
            )
            .await?;
            Ok(id)
        })
        .await?;
        let found = store::fulfillments::find(&mut self.db.read(ctx), made).await?;
        found.ok_or(SeamError::Domain(OrdersError::FulfillmentNotFound))
    }
}
