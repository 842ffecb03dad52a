//! What the steps of a checkout's saga share: the checkout in hand, its transitions, its ids and events.

mod attempt;
mod events;
mod pay;
mod place;
mod redeem;
mod rescue;
mod reserve;
mod undo;

use std::time::Duration;

use orders_contract::{CancelReason, CheckoutId};
use serde::Serialize;
use tenon_jobs::{Enqueue as _, JobOptions, Saga, SagaStatus};
use tenon_kernel::{CallCtx, Id, IdKind, Timestamp};
use tenon_seam::SeamFault;
use tenon_store::{StoreError, Tx};

pub(super) use self::redeem::release_promotions;
use super::command;
use crate::domain::checkout::{Checkout, CheckoutState, Step};
use crate::jobs::drive_checkout::DriveCheckout;

/// Kind of the saga.
pub(crate) const SAGA: &str = "checkout";

/// How long a driver may be at one step before another one takes over: longer than any call to payments.
/// A driver that fails lets go at once; only one that vanishes is waited for that long.
pub(crate) const IN_HAND: Duration = Duration::from_secs(15);

/// How soon a step that failed is tried again; doubles with each failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Doublings of the pause: 8½ minutes at most.
const MOST_DOUBLINGS: u32 = 9;

/// A checkout in the hands of one driver.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) saga: Saga<CheckoutState>,
    pub(crate) checkout: Checkout,
}

/// Why somebody drives.
#[derive(Debug, Clone)]
pub(crate) enum Push {
    /// It goes on by itself: it just started, or it was left lying.
    Resume,
    /// Payments told something.
    PaymentMoved,
    /// The buyer says that something happened.
    Confirm(Confirmation),
    /// It is to be given up.
    Cancel(CancelReason),
}

/// What comes with a confirmation.
#[derive(Debug, Clone)]
pub(crate) struct Confirmation {
    pub(crate) payment_method: Option<String>,
    /// Whether a declined payment is to be attempted again.
    pub(crate) may_attempt: bool,
}

/// What a step did.
pub(crate) enum Moved {
    /// One transition.
    On(Box<Process>),
    /// Nothing: there is something to wait for, or nothing left.
    Nowhere,
}

/// Why a driver stops.
#[derive(Debug)]
pub(crate) enum DriveError {
    /// Another driver was faster: it goes on, we do not.
    Lost,
    /// Something does not work just now; the saga waits to be looked at again.
    Fault(SeamFault),
}

/// What a driver's step answers.
pub(crate) type Driven<T> = Result<T, DriveError>;

impl From<StoreError> for DriveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::Lost,
            error => Self::Fault(error.into()),
        }
    }
}

impl From<SeamFault> for DriveError {
    fn from(fault: SeamFault) -> Self {
        Self::Fault(fault)
    }
}

impl Process {
    /// The step that comes next.
    pub(crate) fn step(&self) -> Driven<Step> {
        Step::parse(&self.saga.step).ok_or_else(|| {
            tracing::error!(checkout.id = %self.checkout.id, step = self.saga.step, "a saga is at an unknown step");
            DriveError::Fault(super::internal("checkout step"))
        })
    }

    /// The context of a command to another module: one effect, however often this step is repeated.
    pub(crate) fn command(&self, ctx: &CallCtx, step: &str, request: &impl Serialize) -> CallCtx {
        command(ctx, format!("{}/{step}", self.checkout.id), request)
    }

    /// An id that is the same whenever this saga asks for it under this name.
    pub(crate) fn derived<K: IdKind>(&self, name: &str) -> Id<K> {
        self.checkout.id.derive(name)
    }

    /// Moves to a step that the present driver does next.
    pub(crate) async fn go_on(
        &mut self,
        tx: &mut Tx<'_>,
        step: Step,
        status: SagaStatus,
    ) -> Result<(), StoreError> {
        let wake_at = tx.now() + IN_HAND;
        self.advance(tx, step, status, Some(wake_at)).await
    }

    /// Moves to a step that waits for somebody, and makes sure that somebody looks at `wake_at` at the latest.
    pub(crate) async fn pause(
        &mut self,
        tx: &mut Tx<'_>,
        step: Step,
        wake_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.advance(tx, step, SagaStatus::Running, Some(wake_at))
            .await?;
        look_at(tx, self.checkout.id, wake_at).await
    }

    /// Moves to the end.
    pub(crate) async fn finish(
        &mut self,
        tx: &mut Tx<'_>,
        status: SagaStatus,
    ) -> Result<(), StoreError> {
        self.advance(tx, Step::Done, status, None).await
    }

    /// Stays at its step after a failure, out of the driver's hands, to be looked at again later and later.
    pub(crate) async fn postpone(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let failures = self.saga.state.failures.saturating_add(1);
        let doublings = (failures - 1).min(MOST_DOUBLINGS);
        let wake_at = tx.now() + FIRST_PAUSE * 2_u32.pow(doublings); // for ever
        self.saga.state.failures = failures;
        let (step, status) = (self.saga.step.clone(), self.saga.status);
        let step = Step::parse(&step).ok_or(StoreError::Inconsistent {
            what: format!("sagas.step = {step}"),
        })?;
        self.saga
            .advance(tx, step.as_str(), status, Some(wake_at))
            .await?;
        look_at(tx, self.checkout.id, wake_at).await
    }

    async fn advance(
        &mut self,
        tx: &mut Tx<'_>,
        step: Step,
        status: SagaStatus,
        wake_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.saga.state.failures = 0;
        self.saga.advance(tx, step.as_str(), status, wake_at).await
    }
}

/// Enqueues a look at a checkout; the sweeper would come too, but only once a minute.
pub(crate) async fn look_at(
    tx: &mut Tx<'_>,
    checkout: CheckoutId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let options = JobOptions {
        run_at: Some(at),
        unique_key: Some(checkout.to_string()),
    };
    tx.enqueue(
        &DriveCheckout {
            checkout_id: checkout,
        },
        options,
    )
    .await
    .map(|_| ())
}

impl Moved {
    pub(crate) fn on(process: Process) -> Self {
        Self::On(Box::new(process))
    }
}
