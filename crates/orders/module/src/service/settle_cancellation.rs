//! Money and stock of a cancelled order: both go back, once.

use catalog_contract::Restock;
use orders_contract::OrderId;
use payments_contract::VoidPayment;
use tenon_jobs::{Saga, SagaStatus};
use tenon_kernel::CallCtx;

use super::drive::{DriveError, Driven, SAGA};
use super::{Service, command, upstream};
use crate::domain::checkout::CheckoutState;
use crate::{same_id, store};

/// What became of an attempt to settle.
pub(crate) enum Settled {
    /// Both asked for; what is not known yet payments settles by itself.
    Done,
    /// The order's checkout has not sold the stock yet: not before it has.
    TooEarly,
}

impl Service {
    /// Has the payment undone and the stock put back. Repeated, it has one effect.
    #[tracing::instrument(name = "orders.settle_cancellation", skip_all, fields(order.id = %id))]
    pub(crate) async fn settle_cancellation(&self, ctx: &CallCtx, id: OrderId) -> Driven<Settled> {
        let Some(checkout) = store::checkouts::of_order(&mut self.db.read(ctx), id).await? else {
            return Err(super::internal("checkout of a cancelled order").into());
        };
        let saga =
            Saga::<CheckoutState>::find(&mut self.db.read(ctx), SAGA, checkout.id.uuid()).await?;
        if saga.is_some_and(|saga| saga.status != SagaStatus::Completed) {
            return Ok(Settled::TooEarly);
        }

        let void = VoidPayment {
            payment_id: same_id(checkout.payment_id),
            reason: "order_cancelled".to_owned(),
        };
        let call = command(ctx, format!("{id}/void"), &void);
        self.payments
            .void_payment(&call, void)
            .await
            .map_err(|error| DriveError::Fault(upstream(&error)))?;

        let restock = Restock {
            reservation_id: same_id(checkout.reservation_id),
            reason: "order_cancelled".to_owned(),
        };
        let call = command(ctx, format!("{id}/restock"), &restock);
        self.catalog
            .restock(&call, restock)
            .await
            .map_err(|error| DriveError::Fault(upstream(&error)))?;
        Ok(Settled::Done)
    }
}
