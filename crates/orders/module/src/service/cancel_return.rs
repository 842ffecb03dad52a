//! Gives a return up before anything arrived.

use orders_contract::{OrderReturnCancelled, ReturnId};
use serde_json::json;
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::retrying;

use super::decide_return::{lock, release};
use super::{Outcome, Service};
use crate::domain::returns::{Return, ReturnStatus};
use crate::store::{self, Access};

impl Service {
    /// Gives a return of the caller up; one that was given up already stays as it is.
    ///
    /// # Errors
    ///
    /// [`orders_contract::OrdersError::ReturnTransition`] once it was received or rejected.
    #[tracing::instrument(name = "orders.cancel_return", skip_all, fields(return.id = %id))]
    pub(crate) async fn cancel_return(
        &self,
        ctx: &CallCtx,
        id: ReturnId,
        access: &Access,
    ) -> Outcome<Return> {
        let order_id = self.get_return(ctx, id, access).await?.order_id;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.cancel_return").await?;
            let (stored, mut it) = lock(&mut tx, order_id, id, access).await?;
            if it.status == ReturnStatus::Cancelled {
                return Ok(it);
            }
            let before = it.status;
            before
                .check_move(ReturnStatus::Cancelled)
                .map_err(SeamError::Domain)?;
            it.status = ReturnStatus::Cancelled;
            it.version += 1;
            it.closed_at = Some(tx.now());
            release(&mut tx, &it).await?;
            store::returns::save(&mut tx, &it).await?;
            tx.emit(&OrderReturnCancelled {
                order_id,
                number: stored.order.number,
                return_id: id,
            })
            .await?;
            tx.emit(&AuditRecorded {
                action: "order.return_cancelled".to_owned(),
                target: id.to_string(),
                before: Some(json!({ "status": before.as_str() })),
                after: Some(json!({ "status": it.status.as_str() })),
            })
            .await?;
            tx.commit().await?;
            Ok(it)
        })
        .await
    }
}
