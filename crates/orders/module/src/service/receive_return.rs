//! Pieces of a return arrived: decides what goes back on the shelf and what the buyer gets back.

use orders_contract::{OrderReturnReceived, OrdersError, ReceivedLine, ReturnId};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::{CallCtx, Id, Money, MoneyError};
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::create_return::check_note;
use super::decide_return::lock;
use super::{Outcome, Service, internal};
use crate::domain::returns::amounts::{paid_for, paid_for_delivery, share};
use crate::domain::returns::{
    Arrival, ArrivedLine, RefundState, RestockState, Return, ReturnStatus, check_arrival,
};
use crate::jobs::settle_return::SettleReturn;
use crate::store::order_rows::StoredOrder;
use crate::store::{self, Access};

pub(crate) const OPERATION: &str = "receive_return";

/// How a return arrived.
#[derive(Debug, Clone)]
pub(crate) struct ReceiveReturn {
    pub(crate) lines: Vec<ArrivedLine>,
    /// Whether the price of delivery goes back, too.
    pub(crate) refund_delivery: bool,
    pub(crate) note: Option<String>,
}

impl Service {
    /// Notes how an approved return arrived. Stock and money follow by a job, which asks catalog and payments until both
    /// have answered; pieces that did not arrive can be in another return.
    ///
    /// # Errors
    ///
    /// [`OrdersError::ReturnTransition`] unless it is approved, [`OrdersError::InvalidRequest`] naming each wrong line.
    #[tracing::instrument(name = "orders.receive_return", skip_all, fields(return.id = %id))]
    pub(crate) async fn receive_return(
        &self,
        ctx: &CallCtx,
        id: ReturnId,
        access: &Access,
        arrived: ReceiveReturn,
    ) -> Outcome<Return> {
        check_note("/note", arrived.note.as_deref())?;
        let order_id = self.get_return(ctx, id, access).await?.order_id;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.receive_return").await?;
            match tx.claim_key::<ReturnId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => return outcome.map(|_| ()).map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            let (stored, mut it) = lock(&mut tx, order_id, id, access).await?;
            if let Err(refusal) = it.status.check_move(ReturnStatus::Received) {
                let refusal = tx
                    .refuse::<ReturnId, OrdersError>(OPERATION, refusal)
                    .await?;
                return Err(SeamError::Domain(refusal));
            }
            check_arrival(&it.lines, &arrived.lines).map_err(SeamError::Domain)?;
            let others = store::returns::of_order(&mut tx, order_id).await?;
            arrive(&mut it, &stored, &others, &arrived)?;
            it.received_at = Some(tx.now());
            it.received_by = tx.ctx().principal.user().map(|it| Id::from_uuid(it.user));
            self.keep(&mut tx, &stored, &it).await?;
            tx.commit_outcome::<ReturnId, OrdersError>(OPERATION, &Ok(id), Some(id.to_string()))
                .await?;
            Ok(())
        })
        .await?;
        self.get_return(ctx, id, access).await
    }

    /// Writes the arrival down, says so, and has a job see to the rest.
    async fn keep(&self, tx: &mut Tx<'_>, stored: &StoredOrder, it: &Return) -> Outcome<()> {
        for line in &it.lines {
            let received = line.arrival.as_ref().map_or(0, |it| it.received);
            let missing = line.quantity - received;
            let (order, id) = (it.order_id, line.line_id);
            if missing > 0 && !store::return_lines::count(tx, order, id, -missing).await? {
                return Err(internal("pieces of a return").into());
            }
        }
        store::return_lines::save_arrival(tx, it).await?;
        store::returns::save(tx, it).await?;
        let order = &stored.order;
        let lines = received_lines(it);
        tx.emit(&AuditRecorded {
            action: "order.return_received".to_owned(),
            target: it.id.to_string(),
            before: Some(json!({ "status": "approved" })),
            after: Some(json!({
                "status": it.status.as_str(), "lines": lines, "refund": it.refund, "delivery": it.delivery,
                "note": it.decision_note,
            })),
        })
        .await?;
        tx.emit(&OrderReturnReceived {
            order_id: order.order_id,
            number: order.number.clone(),
            customer: order.customer.clone(),
            return_id: it.id,
            lines,
            refund: it.refund,
            delivery: it.delivery,
            refund_id: (it.refund.minor() > 0).then_some(it.refund_id),
            payment_id: order.payment_id,
        })
        .await?;
        let options = JobOptions {
            run_at: None,
            unique_key: Some(it.id.to_string()),
        };
        tx.enqueue(&SettleReturn { return_id: it.id }, options)
            .await?;
        Ok(())
    }
}

/// Works out what arrived and what it is worth, as the next version of the return.
fn arrive(
    it: &mut Return,
    stored: &StoredOrder,
    others: &[Return],
    arrived: &ReceiveReturn,
) -> Outcome<()> {
    let order = &stored.order;
    let mut refund = Money::zero(order.totals.total.currency());
    let mut restock = false;
    for line in &mut it.lines {
        let of_order = order.lines.iter().find(|of| of.line_id == line.line_id);
        let said = arrived.lines.iter().find(|it| it.line_id == line.line_id);
        let (Some(of_order), Some(said)) = (of_order, said) else {
            return Err(internal("lines of a return").into());
        };
        let (mut before, mut given) = (0, Money::zero(refund.currency()));
        for other in others.iter().flat_map(|other| &other.lines) {
            if let Some(earlier) = &other.arrival
                && other.line_id == line.line_id
            {
                before += earlier.received;
                given = given.checked_add(earlier.amount).map_err(amount)?;
            }
        }
        let paid = paid_for(of_order, &order.totals).map_err(amount)?;
        let amount_back =
            share(paid, of_order.quantity, before, given, said.received).map_err(amount)?;
        refund = refund.checked_add(amount_back).map_err(amount)?;
        let shelved = said.restock && said.received > 0;
        restock |= shelved;
        line.arrival = Some(Arrival {
            received: said.received,
            restock: shelved,
            condition: said.condition.filter(|_| said.received > 0),
            amount: amount_back,
        });
    }
    if arrived.refund_delivery {
        if others.iter().any(|other| other.delivery.minor() > 0) {
            let detail = "the price of delivery went back with another return";
            let refusal = OrdersError::field("/refund_delivery", "already_refunded", detail);
            return Err(SeamError::Domain(refusal));
        }
        it.delivery = paid_for_delivery(&order.lines, &order.totals).map_err(amount)?;
        refund = refund.checked_add(it.delivery).map_err(amount)?;
    }
    it.refund = refund;
    it.refund_status = if refund.minor() > 0 {
        RefundState::Due
    } else {
        RefundState::None
    };
    it.restock_status = if restock {
        RestockState::Due
    } else {
        RestockState::None
    };
    it.status = ReturnStatus::Received;
    it.version += 1;
    if arrived.note.is_some() {
        it.decision_note.clone_from(&arrived.note);
    }
    Ok(())
}

fn received_lines(it: &Return) -> Vec<ReceivedLine> {
    it.lines
        .iter()
        .filter_map(|line| {
            let arrival = line.arrival.as_ref()?;
            Some(ReceivedLine {
                line_id: line.line_id,
                variant_id: line.variant_id,
                received: arrival.received,
                restock: arrival.restock,
                condition: arrival.condition,
                amount: arrival.amount,
            })
        })
        .collect()
}

fn amount(error: MoneyError) -> StoreError {
    StoreError::Inconsistent {
        what: format!("amounts of an order: {error}"),
    }
}
