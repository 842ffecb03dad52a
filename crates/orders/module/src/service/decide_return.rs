//! The shop takes pieces back, or does not.

use orders_contract::{OrderReturnApproved, OrderReturnRejected, OrdersError, ReturnId};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::{Tx, retrying};

use super::create_return::check_note;
use super::{Outcome, Service, internal};
use crate::domain::returns::{Return, ReturnStatus};
use crate::store::order_rows::StoredOrder;
use crate::store::{self, Access};

impl Service {
    /// Approves or rejects what a buyer asked for.
    ///
    /// # Errors
    ///
    /// [`OrdersError::ReturnTransition`] unless it waits for a decision, [`OrdersError::StaleVersion`].
    #[tracing::instrument(name = "orders.decide_return", skip_all, fields(return.id = %id))]
    pub(crate) async fn decide_return(
        &self,
        ctx: &CallCtx,
        id: ReturnId,
        access: &Access,
        version: i64,
        (status, note): (ReturnStatus, Option<String>),
    ) -> Outcome<Return> {
        check_note("/note", note.as_deref())?;
        let order_id = self.get_return(ctx, id, access).await?.order_id;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.decide_return").await?;
            let (stored, mut it) = lock(&mut tx, order_id, id, access).await?;
            if it.version != version {
                let current = it.version;
                return Err(SeamError::Domain(OrdersError::StaleVersion { current }));
            }
            it.status.check_move(status).map_err(SeamError::Domain)?;
            let before = it.status;
            it.status = status;
            it.version += 1;
            it.decision_note.clone_from(&note);
            let now = tx.now();
            if status == ReturnStatus::Approved {
                it.approved_at = Some(now);
            } else {
                it.closed_at = Some(now);
                release(&mut tx, &it).await?;
            }
            store::returns::save(&mut tx, &it).await?;
            say(&mut tx, &stored, &it).await?;
            tx.emit(&AuditRecorded {
                action: "order.return_decided".to_owned(),
                target: id.to_string(),
                before: Some(json!({ "status": before.as_str() })),
                after: Some(json!({ "status": status.as_str(), "note": note })),
            })
            .await?;
            tx.commit().await?;
            Ok(it)
        })
        .await
    }
}

/// Locks the order of a return and reads the return as it is then.
pub(super) async fn lock(
    tx: &mut Tx<'_>,
    order: orders_contract::OrderId,
    id: ReturnId,
    access: &Access,
) -> Outcome<(StoredOrder, Return)> {
    let not_found = || SeamError::Domain(OrdersError::ReturnNotFound);
    let stored = store::orders::lock(tx, order, access).await?;
    let stored = stored.ok_or_else(not_found)?;
    let found = store::returns::find(tx, id).await?;
    Ok((stored, found.ok_or_else(not_found)?))
}

/// Gives the pieces of a return that came to nothing free for another.
pub(super) async fn release(tx: &mut Tx<'_>, it: &Return) -> Outcome<()> {
    for line in &it.lines {
        let (order, id) = (it.order_id, line.line_id);
        if !store::return_lines::count(tx, order, id, -line.quantity).await? {
            return Err(internal("pieces of a return").into());
        }
    }
    Ok(())
}

async fn say(tx: &mut Tx<'_>, stored: &StoredOrder, it: &Return) -> Outcome<()> {
    let order = &stored.order;
    let (order_id, number, customer) =
        (order.order_id, order.number.clone(), order.customer.clone());
    let (return_id, note) = (it.id, it.decision_note.clone());
    if it.status == ReturnStatus::Approved {
        tx.emit(&OrderReturnApproved {
            order_id,
            number,
            customer,
            return_id,
            note,
        })
        .await?;
    } else {
        tx.emit(&OrderReturnRejected {
            order_id,
            number,
            customer,
            return_id,
            note,
        })
        .await?;
    }
    Ok(())
}
