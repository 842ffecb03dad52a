//! Writes down that pieces of an order are to come back.

use orders_contract::{
    OrderId, OrderReturnApproved, OrderReturnRequested, OrdersError, ReturnId, ReturnRequester,
    ReturnedLine,
};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Money, Timestamp};
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::{Claim, Tx, retrying};

use super::{Outcome, Service, internal};
use crate::domain::returns::{
    RefundState, RestockState, Return, ReturnStatus, WantedLine, check_return, is_returnable,
    returnable_until,
};
use crate::store::order_rows::StoredOrder;
use crate::store::{self, Access};

pub(crate) const OPERATION: &str = "create_return";

impl Service {
    /// Writes a return down. That of a buyer waits for the shop's decision and comes within the shop's window; the shop's
    /// own is approved at once, whenever it comes.
    ///
    /// # Errors
    ///
    /// [`OrdersError::OrderNotReturnable`] unless something has left, [`OrdersError::ReturnWindowClosed`],
    /// [`OrdersError::InvalidRequest`] naming each wrong line.
    #[tracing::instrument(name = "orders.create_return", skip_all, fields(order.id = %order))]
    pub(crate) async fn create_return(
        &self,
        ctx: &CallCtx,
        order: OrderId,
        access: &Access,
        wanted: Vec<WantedLine>,
        note: Option<String>,
    ) -> Outcome<Return> {
        check_note("/note", note.as_deref())?;
        let id: ReturnId = self.db.env().new_id();
        let made = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.create_return").await?;
            match tx.claim_key::<ReturnId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => return outcome.map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            let locked = store::orders::lock(&mut tx, order, access).await?;
            let stored = locked.ok_or(SeamError::Domain(OrdersError::OrderNotFound))?;
            if !is_returnable(stored.order.status) {
                let refusal = OrdersError::OrderNotReturnable {
                    status: stored.order.status,
                };
                let refusal = tx
                    .refuse::<ReturnId, OrdersError>(OPERATION, refusal)
                    .await?;
                return Err(SeamError::Domain(refusal));
            }
            let returned = store::return_lines::returned(&mut tx, order).await?;
            let lines =
                check_return(&stored.order.lines, &returned, &wanted).map_err(SeamError::Domain)?;
            if !access.staff
                && let Some(closed_at) = self.closed_before(&mut tx, order, &wanted).await?
            {
                let refusal = OrdersError::ReturnWindowClosed { closed_at };
                let refusal = tx
                    .refuse::<ReturnId, OrdersError>(OPERATION, refusal)
                    .await?;
                return Err(SeamError::Domain(refusal));
            }
            for line in &lines {
                let counted =
                    store::return_lines::count(&mut tx, order, line.line_id, line.quantity).await?;
                if !counted {
                    return Err(internal("pieces of a locked order").into());
                }
            }
            let now = tx.now();
            let nothing = Money::zero(stored.order.totals.total.currency());
            let it = Return {
                id,
                order_id: order,
                version: 1,
                status: if access.staff {
                    ReturnStatus::Approved
                } else {
                    ReturnStatus::Requested
                },
                requested_by: if access.staff {
                    ReturnRequester::Shop
                } else {
                    ReturnRequester::Buyer
                },
                note: note.clone(),
                decision_note: None,
                lines,
                refund: nothing,
                delivery: nothing,
                refund_id: id.derive("refund"),
                refund_status: RefundState::None,
                refund_failure: None,
                restock_status: RestockState::None,
                received_by: None,
                created_at: now,
                approved_at: access.staff.then_some(now),
                received_at: None,
                closed_at: None,
            };
            store::returns::insert(&mut tx, &it).await?;
            say(&mut tx, &stored, &it).await?;
            tx.commit_outcome::<ReturnId, OrdersError>(OPERATION, &Ok(id), Some(id.to_string()))
                .await?;
            Ok(id)
        })
        .await?;
        let found = store::returns::find(&mut self.db.read(ctx), made).await?;
        found.ok_or(SeamError::Domain(OrdersError::ReturnNotFound))
    }

    /// When the first of the lines could not be sent back any more, if that is over.
    async fn closed_before(
        &self,
        tx: &mut Tx<'_>,
        order: OrderId,
        wanted: &[WantedLine],
    ) -> Outcome<Option<Timestamp>> {
        let parcels = store::fulfillments::of_order(tx, order).await?;
        let window = self.settings.return_window();
        let now = tx.now();
        Ok(wanted
            .iter()
            .filter_map(|want| returnable_until(want.line_id, &parcels, window))
            .filter(|until| *until < now)
            .min())
    }
}

async fn say(tx: &mut Tx<'_>, stored: &StoredOrder, it: &Return) -> Outcome<()> {
    let order = &stored.order;
    let lines: Vec<ReturnedLine> = it
        .lines
        .iter()
        .map(|line| ReturnedLine {
            line_id: line.line_id,
            variant_id: line.variant_id,
            quantity: line.quantity,
            reason: line.reason,
        })
        .collect();
    let after = json!({ "order_id": order.order_id, "status": it.status.as_str(), "lines": lines, "note": it.note });
    tx.emit(&OrderReturnRequested {
        order_id: order.order_id,
        number: order.number.clone(),
        customer: order.customer.clone(),
        return_id: it.id,
        lines,
        requested_by: it.requested_by,
    })
    .await?;
    if it.status == ReturnStatus::Approved {
        tx.emit(&OrderReturnApproved {
            order_id: order.order_id,
            number: order.number.clone(),
            customer: order.customer.clone(),
            return_id: it.id,
            note: None,
        })
        .await?;
    }
    tx.emit(&AuditRecorded {
        action: "order.return_requested".to_owned(),
        target: it.id.to_string(),
        before: None,
        after: Some(after),
    })
    .await?;
    Ok(())
}

/// Checks what a person writes: a line of at most 500 characters.
pub(super) fn check_note(pointer: &str, note: Option<&str>) -> Outcome<()> {
    let fits = |note: &str| note.chars().count() <= 500 && !note.chars().any(char::is_control);
    if note.is_none_or(fits) {
        return Ok(());
    }
    let detail = "expected at most 500 characters on one line";
    Err(SeamError::Domain(OrdersError::field(
        pointer,
        "invalid_text",
        detail,
    )))
}
