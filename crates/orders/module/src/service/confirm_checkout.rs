//! The buyer says that something happened: look at the payment now, or attempt it again after a decline.

use orders_contract::{CheckoutId, OrdersError};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::{Claim, KeyFate, StoreError, retrying};

use super::drive::{Confirmation, DriveError, Push};
use super::plan_checkout::check_payment_input;
use super::start_checkout::into_fault;
use super::{Outcome, Service};
use crate::domain::checkout::{Checkout, CheckoutStatus};
use crate::domain::quote::Price;
use crate::store::{self, Access};

/// What a key of a confirmation is claimed for.
pub(crate) const OPERATION: &str = "confirm_checkout";
/// How often other drivers may get in between.
const MOST_RACES: u32 = 8;

impl Service {
    /// Asks the provider now. After a decline a new attempt starts, if the wish is a new one: another payment method
    /// than the declined one, or a request with an idempotency key of its own. So a confirmation may be repeated any
    /// number of times.
    ///
    /// # Errors
    ///
    /// [`OrdersError::QuoteExpired`] with what the cart costs now, or [`OrdersError::RatesUnavailable`] while nobody
    /// can say; [`OrdersError::CheckoutClosed`].
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
        if self.is_repeat(ctx).await? {
            let settled = self.settled(ctx, id, self.settings.repeat_wait()).await;
            return self.closed(ctx, settled.map_err(into_fault)?).await;
        }
        let checkout = if checkout.status.is_live() {
            self.carry_out(ctx, id, payment_method).await?
        } else {
            checkout
        };
        let outcome = self.closed(ctx, checkout).await;
        self.keep_confirmation(ctx, id, &outcome).await?;
        outcome
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

    /// Whether the request's key stands for a confirmation that was carried out; a refusal is given again.
    async fn is_repeat(&self, ctx: &CallCtx) -> Outcome<bool> {
        if self.db.key_fate(ctx, OPERATION).await? == KeyFate::Unseen {
            return Ok(false);
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "orders.recall_confirmation")
                .await?;
            let claim = tx.claim_key::<CheckoutId, OrdersError>(OPERATION).await?;
            tx.rollback().await?;
            match claim {
                Claim::Replay(outcome) => outcome.map(|_| true).map_err(SeamError::Domain),
                Claim::Fresh => Ok(false), // it was purged meanwhile
            }
        })
        .await
    }

    /// Stores what a confirmation came to under the request's key, unless its attempt did that already.
    async fn keep_confirmation(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        outcome: &Outcome<Checkout>,
    ) -> Outcome<()> {
        let kept = match outcome {
            Ok(_) => Ok(id),
            Err(SeamError::Seam(_) | SeamError::Domain(OrdersError::RatesUnavailable)) => {
                return Ok(()); // passes by itself
            }
            Err(SeamError::Domain(refusal)) => Err(refusal.clone()),
        };
        if ctx.idempotency.is_none() || self.db.key_fate(ctx, OPERATION).await? != KeyFate::Unseen {
            return Ok(());
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.keep_confirmation").await?;
            if let Claim::Replay(_) = tx.claim_key::<CheckoutId, OrdersError>(OPERATION).await? {
                return Ok(()); // a copy of the request was faster
            }
            tx.commit_outcome(OPERATION, &kept, Some(id.to_string()))
                .await
        })
        .await
        .map_err(|error: StoreError| error.into())
    }

    /// Tells apart the ways in which a checkout can be over.
    async fn closed(&self, ctx: &CallCtx, checkout: Checkout) -> Outcome<Checkout> {
        match checkout.status {
            CheckoutStatus::Expired => {
                let cart = store::carts::load(&mut self.db.read(ctx), checkout.cart_id).await?;
                let cart = cart.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
                let offers = self.offers(ctx, &cart).await?;
                let mut repriced = cart.clone();
                repriced.reprice(&offers);
                let asked = self.ask_rates(ctx, &repriced).await?;
                let codes = self.codes(ctx, &repriced).await?;
                let price = Price::of(&repriced, self.rates(&asked), &codes);
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
