//! Gives a checkout up.

use orders_contract::{CancelReason, CheckoutId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::drive::{DriveError, Push};
use super::start_checkout::into_fault;
use super::{Outcome, Service};
use crate::domain::checkout::{Checkout, CheckoutStatus};
use crate::store::{self, Access};

/// How often a faster driver may get in between.
const MOST_TRIES: u32 = 5;

impl Service {
    /// Undoes a checkout of the caller: stock and cart are free again, the payment is undone now or as soon as its
    /// outcome is known. One that came to nothing already is left as it is.
    ///
    /// # Errors
    ///
    /// [`OrdersError::CheckoutClosed`] if its order was placed: cancel the order instead.
    #[tracing::instrument(name = "orders.cancel_checkout", skip_all, fields(checkout.id = %id))]
    pub(crate) async fn cancel_checkout(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        access: &Access,
    ) -> Outcome<Checkout> {
        self.get_checkout(ctx, id, access).await?;
        self.give_up(ctx, id, CancelReason::CustomerRequest).await
    }

    /// As [`Service::cancel_checkout`], for a checkout whose caller has been checked.
    pub(super) async fn give_up(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        reason: CancelReason,
    ) -> Outcome<Checkout> {
        for _ in 0..MOST_TRIES {
            let Some(process) = self.load(ctx, id).await.map_err(into_fault)? else {
                return Err(SeamError::Domain(OrdersError::CheckoutNotFound));
            };
            let checkout = match self.drive(ctx, process, &mut Push::Cancel(reason)).await {
                Ok(checkout) => checkout,
                Err(DriveError::Lost) => continue,
                Err(DriveError::Fault(fault)) => {
                    let now = store::checkouts::load(&mut self.db.read(ctx), id).await?;
                    match now {
                        // Decided: the saga finishes it by itself.
                        Some(now) if now.status == CheckoutStatus::Closing => now,
                        Some(now) if now.status == CheckoutStatus::Completed => now,
                        _ => return Err(SeamError::Seam(fault)),
                    }
                }
            };
            if checkout.status == CheckoutStatus::Completed {
                let status = checkout.status.as_str().to_owned();
                return Err(SeamError::Domain(OrdersError::CheckoutClosed { status }));
            }
            return Ok(checkout);
        }
        Err(into_fault(DriveError::Lost))
    }
}
