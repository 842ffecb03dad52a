//! Cancels an order before anything of it has left.

use orders_contract::{
    CancelReason, Order, OrderCancelled, OrderId, OrderStatus, OrdersError, PaymentState,
};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::{CallCtx, Money};
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::{Claim, retrying};

use super::drive::release_promotions;
use super::{Outcome, Service};
use crate::domain::fulfillment::FulfillmentStatus;
use crate::domain::order::{Happening, next};
use crate::domain::timeline::reason_name;
use crate::jobs::settle_cancellation::SettleCancellation;
use crate::store::order_rows::StoredOrder;
use crate::store::{self, Access};

pub(crate) const OPERATION: &str = "cancel_order";

impl Service {
    /// Decides that an order will not be delivered. Money and stock follow by a job: the payment is undone now, or
    /// as soon as its outcome is known, and the stock is put back. An order that is cancelled already stays as it is.
    ///
    /// # Errors
    ///
    /// [`OrdersError::OrderNotCancellable`] once something has left.
    #[tracing::instrument(name = "orders.cancel_order", skip_all, fields(order.id = %id))]
    pub(crate) async fn cancel_order(
        &self,
        ctx: &CallCtx,
        id: OrderId,
        access: &Access,
        note: Option<String>,
    ) -> Outcome<StoredOrder> {
        let (stored, _) = self.get_order(ctx, id, access).await?;
        if note
            .as_ref()
            .is_some_and(|note| note.chars().count() > 500 || note.chars().any(char::is_control))
        {
            let detail = "expected at most 500 characters on one line";
            return Err(SeamError::Domain(OrdersError::field(
                "/note",
                "invalid_text",
                detail,
            )));
        }
        if stored.order.status == OrderStatus::Cancelled {
            self.keep_cancellation(ctx, id).await?;
            return Ok(stored); // it is done; saying it twice changes nothing
        }
        let reason = if access.staff {
            CancelReason::ShopRequest
        } else {
            CancelReason::CustomerRequest
        };
        if stored.order.status == OrderStatus::PendingPayment {
            // Its checkout still holds it: give that up, with everything that hangs on it.
            match self.give_up(ctx, stored.checkout_id, reason).await {
                Ok(_) => {
                    self.keep_cancellation(ctx, id).await?;
                    return self
                        .get_order(ctx, id, access)
                        .await
                        .map(|(stored, _)| stored);
                }
                Err(SeamError::Domain(OrdersError::CheckoutClosed { .. })) => {} // placed meanwhile
                Err(error) => return Err(error),
            }
        }
        self.cancel_placed(ctx, id, access, reason, note.as_deref())
            .await?;
        self.get_order(ctx, id, access)
            .await
            .map(|(stored, _)| stored)
    }

    /// Stores under the request's key that the order is cancelled, or finds that it was stored: a key that was used
    /// for another request is refused, whatever the order's state.
    async fn keep_cancellation(&self, ctx: &CallCtx, id: OrderId) -> Outcome<()> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.keep_cancellation").await?;
            match tx.claim_key::<OrderId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => outcome.map(|_| ()).map_err(SeamError::Domain),
                Claim::Fresh => {
                    let (outcome, resource) = (Ok(id), Some(id.to_string()));
                    tx.commit_outcome::<OrderId, OrdersError>(OPERATION, &outcome, resource)
                        .await?;
                    Ok(())
                }
            }
        })
        .await
    }

    async fn cancel_placed(
        &self,
        ctx: &CallCtx,
        id: OrderId,
        access: &Access,
        reason: CancelReason,
        note: Option<&str>,
    ) -> Outcome<()> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.cancel_order").await?;
            match tx.claim_key::<OrderId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => return outcome.map(|_| ()).map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            let locked = store::orders::lock(&mut tx, id, access).await?;
            let order = locked
                .ok_or(SeamError::Domain(OrdersError::OrderNotFound))?
                .order;
            if order.status == OrderStatus::PendingPayment
                || next(order.status, Happening::Cancelled).is_none()
            {
                let refusal = OrdersError::OrderNotCancellable {
                    status: order.status,
                };
                let refusal = tx
                    .refuse::<OrderId, OrdersError>(OPERATION, refusal)
                    .await?;
                return Err(SeamError::Domain(refusal));
            }
            for mut parcel in store::fulfillments::of_order(&mut tx, id).await? {
                if parcel.status.can_become(FulfillmentStatus::Cancelled) {
                    parcel.status = FulfillmentStatus::Cancelled;
                    parcel.version += 1;
                    store::fulfillments::save(&mut tx, &parcel).await?;
                    store::order_lines::pack(&mut tx, id, &parcel.lines, -1).await?;
                }
            }
            store::orders::cancel(&mut tx, id, order.status, reason).await?;
            if order.totals.discount().minor() > 0 {
                release_promotions(&mut tx, id, reason).await?;
            }
            let (before, after) = (
                json!({ "status": order.status }),
                json!({ "status": OrderStatus::Cancelled }),
            );
            let refund_due = refund_due(&order);
            tx.emit(&OrderCancelled {
                order_id: id,
                number: order.number,
                customer: order.customer,
                reason,
                was_placed: true,
                refund_due,
                payment_id: order.payment_id,
            })
            .await?;
            tx.emit(&AuditRecorded {
                action: "order.cancelled".to_owned(),
                target: id.to_string(),
                before: Some(before),
                after: Some(merge(
                    after,
                    json!({ "reason": reason_name(reason), "note": note }),
                )),
            })
            .await?;
            let options = JobOptions {
                run_at: None,
                unique_key: Some(id.to_string()),
            };
            tx.enqueue(&SettleCancellation { order_id: id }, options)
                .await?;
            tx.commit_outcome::<OrderId, OrdersError>(OPERATION, &Ok(id), Some(id.to_string()))
                .await?;
            Ok(())
        })
        .await
    }
}

/// What goes back to the buyer: what was taken and not given back yet, or the hold on it.
fn refund_due(order: &Order) -> Money {
    match order.payment_status {
        PaymentState::Captured | PaymentState::PartiallyRefunded => order
            .captured
            .checked_sub(order.refunded)
            .unwrap_or(order.captured),
        PaymentState::Authorized | PaymentState::Issue => order.totals.total,
        _ => Money::zero(order.totals.total.currency()),
    }
}

fn merge(mut base: serde_json::Value, more: serde_json::Value) -> serde_json::Value {
    if let (Some(base), serde_json::Value::Object(more)) = (base.as_object_mut(), more) {
        base.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    base
}
