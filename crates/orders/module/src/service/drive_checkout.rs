//! Drives a checkout through its saga, from wherever it is, as far as it goes.
//!
//! Requests, events, jobs and the sweeper all do this, at the same time if it so happens. The saga's version lets
//! one of them make each transition; the others find that they have lost, stop and look again. What a step asks of
//! another module is repeated under the same id and key, so a driver that dies half-way leaves nothing behind that
//! the next one does not finish or undo.
//!
//! | step | transaction here | steps of the design it covers |
//! |---|---|---|
//! | start | `orders.start_checkout` | 1 freeze |
//! | `reserve` | `orders.create_order` | 2 reserve, 3 redeem, 4 create |
//! | `open_payment`, `start_attempt`, `await_payment` | `orders.await_payment` if it must wait | 5 open, 6 await |
//! | the same | `orders.place` | 7 pivot, 8 place |
//! | `commit_stock` | `orders.complete_checkout` | 9 commit; 10 is done by payments itself |
//! | `undo` | `orders.start_undo` (`orders.undo_exhausted` if 3 fails), `orders.finish_undo` | 5, 4 and 3, 2, 1 backwards |
//!
//! A checkout that is paid at once takes four transactions.

use std::future::ready;
use std::pin::Pin;
use std::time::Duration;

use orders_contract::{CheckoutId, OrderId};
use tenon_jobs::{Saga, SagaStatus};
use tenon_kernel::{CallCtx, Deadline};
use tenon_seam::SeamFault;
use tenon_store::{StoreError, retrying};

use super::Service;
use super::drive::{DriveError, Driven, Moved, Process, Push, SAGA};
use crate::domain::checkout::{Checkout, CheckoutState, CheckoutStatus, Step};
use crate::store;

/// More transitions than a checkout can make at a stretch.
const MOST_STEPS: u32 = 32;
/// How often an event that waited for a driver, or lost a race, looks again.
const MOST_RACES: u32 = 4;
/// How long an event waits for a driver that is at work before it looks for itself.
const EVENT_PATIENCE: Duration = Duration::from_millis(500);
/// When a client may ask again about a checkout that is still in hand.
const IN_FLIGHT_RETRY_MS: u64 = 1_000;
/// How long letting go of a checkout may take, after the deadline of the request that drove it too.
const LETTING_GO: Duration = Duration::from_secs(2);
/// Half a minute of failures: from here on it is no hiccup.
const FAILURES_TO_TELL: u32 = 6;

impl Service {
    /// Drives a checkout as far as it goes; returns it as it stands then. A confirmation that is left in `push` when
    /// the race is lost has not been heard. A driver that cannot go on lets go: the next look comes soon, and who
    /// asks then does not wait for a driver that is no longer there.
    #[tracing::instrument(name = "orders.drive_checkout", skip_all, fields(checkout.id = %process.checkout.id))]
    pub(crate) async fn drive(
        &self,
        ctx: &CallCtx,
        mut process: Process,
        push: &mut Push,
    ) -> Driven<Checkout> {
        let resumes = matches!(push, Push::Resume);
        for _ in 0..MOST_STEPS {
            let moved = match self.step(ctx, &process, push).await {
                Err(DriveError::Fault(fault)) => {
                    tracing::warn!(%fault, step = process.saga.step, "a checkout cannot go on now");
                    // One that waits for its buyer, or is at its attempt, goes on, whoever looked in vain meanwhile.
                    let is_others = match process.step()? {
                        Step::AwaitPayment => !resumes,
                        Step::OpenPayment | Step::StartAttempt => {
                            matches!(push, Push::PaymentMoved)
                        }
                        _ => false,
                    };
                    if !is_others {
                        Box::pin(self.postpone(ctx, process)).await;
                    }
                    return Err(DriveError::Fault(fault));
                }
                moved => moved?,
            };
            match moved {
                Moved::On(next) => process = *next,
                Moved::Nowhere => return Ok(process.checkout),
            }
        }
        tracing::error!(step = process.saga.step, "a checkout goes round in circles");
        Err(DriveError::Fault(super::internal("checkout circle")))
    }

    /// What comes next. Each step is made on the heap, out of the sight of the others: held by value they would all take
    /// part in the size of this future, and of those around it.
    fn step<'s>(
        &'s self,
        ctx: &'s CallCtx,
        process: &'s Process,
        push: &'s mut Push,
    ) -> Pin<Box<dyn Future<Output = Driven<Moved>> + Send + 's>> {
        let step = match process.step() {
            Ok(step) => step,
            Err(error) => return Box::pin(ready(Err(error))),
        };
        match (process.saga.status, step) {
            (SagaStatus::Compensated, _) if matches!(push, Push::PaymentMoved) => {
                Box::pin(self.notice(ctx, process))
            }
            (SagaStatus::Completed | SagaStatus::Compensated, _) | (_, Step::Done) => {
                Box::pin(ready(Ok(Moved::Nowhere)))
            }
            (SagaStatus::Compensating, _) | (_, Step::Undo) => Box::pin(self.undo(ctx, process)),
            (SagaStatus::Running, Step::Rescue) => Box::pin(self.rescue(ctx, process)),
            (SagaStatus::Running, Step::CommitStock) => Box::pin(self.commit_stock(ctx, process)),
            // Up to here nothing has been decided: it can still be given up.
            (SagaStatus::Running, step) => match (&*push, step) {
                (Push::Cancel(reason), _) => Box::pin(self.start_undo(ctx, process, *reason, None)),
                (Push::PaymentMoved, Step::OpenPayment | Step::StartAttempt) => {
                    Box::pin(self.overtake(ctx, process))
                }
                (_, Step::Reserve) => Box::pin(self.reserve(ctx, process)),
                (_, Step::OpenPayment) => Box::pin(self.open_payment(ctx, process)),
                (_, Step::StartAttempt) => Box::pin(self.start_attempt(ctx, process)),
                _ => Box::pin(self.look(ctx, process, push)),
            },
        }
    }

    /// Loads a checkout for driving; `None` if there is none.
    pub(crate) async fn load(&self, ctx: &CallCtx, id: CheckoutId) -> Driven<Option<Process>> {
        let mut reader = self.db.read(ctx);
        let saga = Saga::<CheckoutState>::find(&mut reader, SAGA, id.uuid()).await?;
        let Some(saga) = saga else { return Ok(None) };
        let checkout = store::checkouts::load(&mut reader, id).await?;
        Ok(checkout.map(|mut checkout| {
            // The row learns of its order with its next change; the saga knows at once.
            checkout.has_order |= saga.state.attempt > 0;
            Process { saga, checkout }
        }))
    }

    /// Drives a checkout from the database; a lost race is no failure. `None` if there is no such checkout.
    pub(crate) async fn drive_by_id(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        mut push: Push,
    ) -> Driven<Option<Checkout>> {
        let Some(process) = self.load(ctx, id).await? else {
            return Ok(None);
        };
        match self.drive(ctx, process, &mut push).await {
            Err(DriveError::Lost) => Ok(store::checkouts::load(&mut self.db.read(ctx), id).await?),
            driven => driven.map(Some),
        }
    }

    /// Waits until nobody is at work on a checkout: the answer of whoever came second is that of the first.
    /// Takes over what has been left lying.
    ///
    /// # Errors
    ///
    /// [`SeamFault::KeyInFlight`] if it takes longer than `patience`.
    pub(crate) async fn settled(
        &self,
        ctx: &CallCtx,
        id: CheckoutId,
        patience: Duration,
    ) -> Driven<Checkout> {
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(5);
        loop {
            let found = self.load(ctx, id).await?;
            let Process { saga, checkout } =
                found.ok_or_else(|| DriveError::Fault(super::internal("checkout vanished")))?;
            if !checkout.status.is_in_hand() {
                return Ok(checkout);
            }
            if saga.wake_at.is_none_or(|until| until < self.db.env().now()) {
                let driven = self.drive_by_id(ctx, id, Push::Resume).await?;
                if let Some(driven) = driven.filter(|checkout| !checkout.status.is_in_hand()) {
                    return Ok(driven);
                }
            }
            if waited >= patience {
                return Err(SeamFault::KeyInFlight {
                    retry_after_ms: IN_FLIGHT_RETRY_MS,
                }
                .into());
            }
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    /// Drives the checkout of an order because payments told something about it. One that is in hand is left to its
    /// driver, for a while.
    pub(crate) async fn payment_moved(&self, ctx: &CallCtx, order: OrderId) -> Driven<()> {
        let Some(checkout) = store::checkouts::of_order(&mut self.db.read(ctx), order).await?
        else {
            return Ok(()); // not one of ours
        };
        if checkout.status == CheckoutStatus::Completed {
            return Ok(());
        }
        let mut is_patient = true;
        for _ in 0..MOST_RACES {
            let Some(process) = self.load(ctx, checkout.id).await? else {
                return Ok(());
            };
            if process.checkout.status.is_in_hand() && is_patient {
                // Mostly the request that opened the payment is about to see the same thing itself.
                match self.settled(ctx, checkout.id, EVENT_PATIENCE).await {
                    Ok(settled) if settled.status == CheckoutStatus::Completed => return Ok(()),
                    Ok(_) | Err(DriveError::Lost) => {}
                    Err(DriveError::Fault(SeamFault::KeyInFlight { .. })) => is_patient = false,
                    Err(error) => return Err(error),
                }
                continue;
            }
            match self.drive(ctx, process, &mut Push::PaymentMoved).await {
                Err(DriveError::Lost) => {} // whoever was faster may have looked too early: look again
                driven => return driven.map(|_| ()),
            }
        }
        Err(DriveError::Lost)
    }

    /// Puts a checkout that cannot go on now aside for a while. If that fails too, its driver counts as vanished.
    async fn postpone(&self, ctx: &CallCtx, process: Process) {
        if process.saga.status.is_finished() {
            return;
        }
        let (id, failures) = (process.checkout.id, process.saga.state.failures + 1);
        if failures == FAILURES_TO_TELL {
            tracing::error!(checkout.id = %id, step = process.saga.step, failures, "a checkout does not get on");
        }
        let postponed = retrying(|| async {
            let mut process = process.clone();
            let mut ctx = ctx.child();
            ctx.deadline = Deadline::after(LETTING_GO);
            let mut tx = self.db.begin(&mut ctx, "orders.postpone_checkout").await?;
            process.postpone(&mut tx).await?;
            tx.commit().await
        })
        .await;
        match postponed {
            Ok(()) | Err(StoreError::LeaseLost) => {}
            Err(error) => {
                tracing::warn!(checkout.id = %id, error = &error as &dyn std::error::Error, "a checkout could not be put aside");
            }
        }
    }
}
