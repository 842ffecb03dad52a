//! The buyer says that something happened: look at the payment now, or attempt it again after a decline.

use orders_contract::{CheckoutId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::drive::{Confirmation, DriveError, Push};
use super::plan_checkout::check_payment_input;
use super::start_checkout::into_fault;
use super::{Outcome, Service};
use crate::domain::checkout::{Checkout, CheckoutStatus};
use crate::store::{self, Access};

/// What a key of a confirmation is claimed for.
pub(super) const OPERATION: &str = "confirm_checkout";
/// How often other drivers may get in between.
const MOST_RACES: u32 = 8;

impl Service {
    /// Asks the provider now. After a decline a new attempt starts, if the wish is a new one: another payment method
    /// than the declined one, or a request with an idempotency key of its own. So a confirmation may be repeated any
    /// number of times.
    ///
    /// # Errors
    ///
    /// [`OrdersError::QuoteExpired`] with what the cart costs now, [`OrdersError::CheckoutClosed`].
    #[tracing::instrument(name = "orders.confirm_checkout", skip_all, fields(checkout.id = %id))]
    pub(crate) async fn confirm_checkout(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        access: &Access,
        payment_method: Option<String>,
    ) -> Outcome<Checkout> {
        check_payment_input(payment_method.as_deref(), None)?;
        let checkout = self.get_checkout(ctx, id, access).await?;
        let checkout = if checkout.status.is_live() {
            self.carry_out(ctx, id, payment_method).await?
        } else {
            checkout
        };
        self.closed(ctx, checkout).await
    }

    /// Brings the buyer's wish to the payment. A driver that is at work, or was faster, does not know of it: if it
    /// leaves the payment declined, the wish is still to be fulfilled.
    async fn carry_out(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        payment_method: Option<String>,
    ) -> Outcome<Checkout> {
        let mut just_looked = false;
        for _ in 0..MOST_RACES {
            let Some(process) = self.load(ctx, id).await.map_err(into_fault)? else {
                return Err(SeamError::Domain(OrdersError::CheckoutNotFound));
            };
            let (status, attempt) = (process.checkout.status, process.saga.state.attempt);
            let is_new_wish =
                ctx.idempotency.is_some() || payment_method != process.saga.state.payment_method;
            if !status.is_in_hand() {
                let may_be_heard = is_new_wish && status == CheckoutStatus::PaymentDeclined;
                if just_looked && !may_be_heard {
                    return Ok(process.checkout);
                }
                let mut push = Push::Confirm(Confirmation {
                    payment_method: payment_method.clone(),
                    may_attempt: is_new_wish,
                });
                match self.drive(ctx, process, &mut push).await {
                    Ok(checkout) => return Ok(checkout),
                    Err(DriveError::Lost) if matches!(push, Push::Confirm(_)) => {}
                    Err(DriveError::Lost) => {
                        let settled = self.settled(ctx, id, self.settings.repeat_wait()).await;
                        return settled.map_err(into_fault);
                    }
                    Err(DriveError::Fault(fault)) => {
                        // What was begun goes on by itself; what was not begun is an error.
                        let now = self.load(ctx, id).await.map_err(into_fault)?;
                        let begun = now.filter(|now| {
                            now.checkout.status.is_in_hand()
                                && (!is_new_wish || now.saga.state.attempt > attempt)
                        });
                        let begun = begun.ok_or(SeamError::Seam(fault))?;
                        return Ok(begun.checkout);
                    }
                }
            }
            let settled = self.settled(ctx, id, self.settings.repeat_wait()).await;
            let settled = settled.map_err(into_fault)?;
            if settled.status != CheckoutStatus::PaymentDeclined {
                return Ok(settled);
            }
            just_looked = true;
        }
        Err(into_fault(DriveError::Lost))
    }

    /// Tells apart the ways in which a checkout can be over.
    async fn closed(&self, ctx: &CallCtx, checkout: Checkout) -> Outcome<Checkout> {
        match checkout.status {
            CheckoutStatus::Expired => {
                let cart = store::carts::load(&mut self.db.read(ctx), checkout.cart_id).await?;
                let cart = cart.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
                let offers = self.offers(
                    ctx,
                    cart.lines.iter().map(|line| line.variant_id).collect(),
                    cart.currency,
                );
                let mut repriced = cart.clone();
                repriced.reprice(&offers.await?);
                let price = crate::domain::quote::Price::of(&repriced, &self.settings);
                let total = price.map_err(|_| super::internal("cart"))?.totals.total;
                Err(SeamError::Domain(OrdersError::QuoteExpired { total }))
            }
            CheckoutStatus::Failed | CheckoutStatus::Cancelled => {
                let status = checkout.status.as_str().to_owned();
                Err(SeamError::Domain(OrdersError::CheckoutClosed { status }))
            }
            _ => Ok(checkout),
        }
    }
}
