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
        if !checkout.status.is_live() {
            return self.closed(ctx, checkout).await;
        }
        let Some(process) = self.load(ctx, id).await.map_err(into_fault)? else {
            return Err(SeamError::Domain(OrdersError::CheckoutNotFound));
        };
        if process.checkout.status.is_in_hand() {
            let settled = self
                .settled(ctx, id, self.settings.repeat_wait())
                .await
                .map_err(into_fault)?;
            return self.closed(ctx, settled).await;
        }
        let is_new_wish =
            ctx.idempotency.is_some() || payment_method != process.saga.state.payment_method;
        let push = Push::Confirm(Confirmation {
            payment_method,
            may_attempt: is_new_wish,
        });
        let checkout = match self.drive(ctx, process, push).await {
            Ok(checkout) => checkout,
            Err(DriveError::Lost) => self
                .settled(ctx, id, self.settings.repeat_wait())
                .await
                .map_err(into_fault)?,
            Err(DriveError::Fault(fault)) => {
                // What was begun goes on by itself; what was not begun is an error.
                let now = self.get_checkout(ctx, id, access).await?;
                if !now.status.is_in_hand() {
                    return Err(SeamError::Seam(fault));
                }
                now
            }
        };
        self.closed(ctx, checkout).await
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
