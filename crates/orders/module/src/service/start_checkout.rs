//! Starts a checkout: freezes the price, then drives as far as it goes.

use orders_contract::{CancelReason, CartId, CheckoutId, CheckoutStarted, OrdersError, Shortage};
use tenon_events::Emit as _;
use tenon_jobs::Saga;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamFault};
use tenon_store::{Claim, retrying};

use super::drive::{DriveError, IN_HAND, Process, Push, SAGA};
use super::plan_checkout::{Plan, check_payment_input};
use super::{Outcome, Service};
use crate::domain::cart::Cart;
use crate::domain::checkout::{Checkout, CheckoutState, CheckoutStatus, Step};
use crate::domain::quote::Quote;
use crate::store::{self, Access};

pub(crate) const OPERATION: &str = "start_checkout";
/// How often a cart that moves under our hands is looked at again.
const MOST_LOOKS: u32 = 5;

/// What a buyer says to start with.
#[derive(Debug, Clone)]
pub(crate) struct StartCheckout {
    pub(crate) cart_id: CartId,
    pub(crate) payment_method: Option<String>,
    pub(crate) return_url: Option<String>,
}

enum Begun {
    Fresh(Box<Process>),
    Before(CheckoutId),
    /// The cart moved on between look and freeze.
    Moved,
}

impl Service {
    /// Starts a checkout of the caller's cart. A repeat under the same idempotency key finds the same checkout and
    /// waits for whoever is at work on it.
    ///
    /// # Errors
    ///
    /// [`OrdersError::CartIncomplete`], [`OrdersError::CartChanged`], [`OrdersError::CheckoutExists`],
    /// [`OrdersError::CartClosed`], [`OrdersError::OutOfStock`], [`OrdersError::PromotionExhausted`],
    /// [`OrdersError::RatesUnavailable`]: then nothing was ordered or charged.
    #[tracing::instrument(name = "orders.start_checkout", skip_all, fields(cart.id = %start.cart_id))]
    pub(crate) async fn start_checkout(
        &self,
        ctx: &CallCtx,
        access: &Access,
        start: StartCheckout,
    ) -> Outcome<Checkout> {
        check_payment_input(start.payment_method.as_deref(), start.return_url.as_deref())?;
        for _ in 0..MOST_LOOKS {
            let found = store::carts::find(&mut self.db.read(ctx), start.cart_id, access).await?;
            let cart = found.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            let plan = self.plan(ctx, &cart).await?;
            let checkout = match self.begin_checkout(ctx, &cart, plan, &start).await? {
                Begun::Moved => continue,
                Begun::Fresh(process) => self.carry_on(ctx, *process).await?,
                Begun::Before(id) => self
                    .settled(ctx, id, self.settings.repeat_wait())
                    .await
                    .map_err(into_fault)?,
            };
            return answer(checkout);
        }
        Err(SeamError::Seam(SeamFault::Overloaded {
            retry_after_ms: 200,
        }))
    }

    /// Step 1: the cart frozen, the price fixed, the saga written, in one transaction with the key.
    async fn begin_checkout(
        &self,
        ctx: &CallCtx,
        cart: &Cart,
        plan: Plan,
        start: &StartCheckout,
    ) -> Outcome<Begun> {
        let planned = match &plan {
            Plan::Start(quote) => Ok(self.new_checkout(cart, quote)),
            Plan::Refuse(refusal) => Err(refusal),
        };
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.start_checkout").await?;
            match tx.claim_key::<CheckoutId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => {
                    return outcome.map(Begun::Before).map_err(SeamError::Domain);
                }
                Claim::Fresh => {}
            }
            let checkout = match &planned {
                Ok(checkout) => checkout.clone(),
                Err(refusal) => {
                    let refusal = (*refusal).clone();
                    let refusal = tx
                        .refuse::<CheckoutId, OrdersError>(OPERATION, refusal)
                        .await?;
                    return Err(SeamError::Domain(refusal));
                }
            };
            if !store::carts::freeze(&mut tx, cart, checkout.id).await? {
                return Ok(Begun::Moved);
            }
            store::checkouts::insert(&mut tx, &checkout).await?;
            let state = self.new_state(&checkout, start);
            let wake_at = tx.now() + IN_HAND;
            let saga = Saga::start(
                &mut tx,
                SAGA,
                checkout.id.uuid(),
                Step::Reserve.as_str(),
                state,
                wake_at,
            )
            .await?;
            tx.emit(&CheckoutStarted {
                checkout_id: checkout.id,
                cart_id: checkout.cart_id,
                order_id: checkout.order_id,
                total: checkout.quote.totals.total,
                expires_at: checkout.expires_at,
            })
            .await?;
            let resource = Some(checkout.id.to_string());
            tx.commit_outcome::<CheckoutId, OrdersError>(OPERATION, &Ok(checkout.id), resource)
                .await?;
            Ok(Begun::Fresh(Box::new(Process { saga, checkout })))
        })
        .await
    }

    /// Drives a checkout that was just begun. It is begun, so whatever happens now is no error of this request:
    /// the saga goes on by itself.
    async fn carry_on(&self, ctx: &CallCtx, process: Process) -> Outcome<Checkout> {
        let id = process.checkout.id;
        match self.drive(ctx, process, &mut Push::Resume).await {
            Ok(checkout) => Ok(checkout),
            Err(DriveError::Lost) => self
                .settled(ctx, id, self.settings.repeat_wait())
                .await
                .map_err(into_fault),
            Err(DriveError::Fault(_)) => {
                let found = store::checkouts::load(&mut self.db.read(ctx), id).await?;
                found.ok_or_else(|| super::internal("checkout vanished").into())
            }
        }
    }

    fn new_checkout(&self, cart: &Cart, quote: &Quote) -> Checkout {
        let env = self.db.env();
        let (id, now): (CheckoutId, _) = (env.new_id(), env.now());
        Checkout {
            id,
            version: 1,
            status: CheckoutStatus::Working,
            reason: None,
            cart_id: cart.id,
            order_id: env.new_id(),
            payment_id: id.derive("payment"),
            reservation_id: id.derive("reservation/1"),
            token_hash: cart.token_hash.clone(),
            quote: quote.clone(),
            has_order: false,
            seen: None,
            shortages: Vec::new(),
            exhausted: None,
            created_at: now,
            expires_at: now + self.settings.checkout_ttl(),
            updated_at: now,
        }
    }

    fn new_state(&self, checkout: &Checkout, start: &StartCheckout) -> CheckoutState {
        CheckoutState {
            attempt: 0,
            payment_method: start.payment_method.clone(),
            return_url: start.return_url.clone(),
            capture: self.settings.capture,
            reserved_until: checkout.expires_at + self.settings.reservation_grace(),
            reservations: 1,
            reason: None,
            failures: 0,
            rescued: false,
        }
    }
}

/// A checkout that failed at once is an error to whoever started it; every repeat gets the same one.
fn answer(checkout: Checkout) -> Outcome<Checkout> {
    match (checkout.status, checkout.reason) {
        (CheckoutStatus::Failed, Some(CancelReason::OutOfStock)) if !checkout.has_order => {
            let lines: Vec<Shortage> = checkout.shortages;
            Err(SeamError::Domain(OrdersError::OutOfStock { lines }))
        }
        (CheckoutStatus::Failed, Some(CancelReason::PromotionExhausted)) => {
            let exhausted = checkout
                .exhausted
                .ok_or_else(|| super::internal("exhausted promotion"))?;
            Err(SeamError::Domain(OrdersError::PromotionExhausted {
                codes: exhausted.codes,
                total: exhausted.total,
            }))
        }
        _ => Ok(checkout),
    }
}

/// What drivers cannot do, in the words of a contract.
pub(super) fn into_fault(error: DriveError) -> SeamError<OrdersError> {
    match error {
        DriveError::Lost => SeamError::Seam(SeamFault::KeyInFlight {
            retry_after_ms: 1_000,
        }),
        DriveError::Fault(fault) => SeamError::Seam(fault),
    }
}
