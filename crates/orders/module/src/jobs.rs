//! What orders does later and by the clock.

pub(crate) mod drive_checkout;
pub(crate) mod empty_buyer;
pub(crate) mod settle_cancellation;
pub(crate) mod settle_return;
pub(crate) mod sweep_checkouts;

use std::sync::Arc;

use tenon_jobs::{JobKind, Run, SagaKind, Schedule};

use self::drive_checkout::{DriveCheckout, ResumeCheckout};
use self::empty_buyer::EmptyBuyer;
use self::settle_cancellation::SettleCancellation;
use self::settle_return::SettleReturn;
use self::sweep_checkouts::SweepCheckouts;
use crate::service::Service;
use crate::service::drive::SAGA;

pub(crate) fn kinds(service: &Arc<Service>) -> Vec<JobKind> {
    vec![
        JobKind::of::<DriveCheckout>(Arc::clone(service) as Arc<dyn Run<DriveCheckout>>),
        JobKind::of::<EmptyBuyer>(Arc::clone(service) as Arc<dyn Run<EmptyBuyer>>),
        JobKind::of::<SettleCancellation>(Arc::clone(service) as Arc<dyn Run<SettleCancellation>>),
        JobKind::of::<SettleReturn>(Arc::clone(service) as Arc<dyn Run<SettleReturn>>),
        JobKind::of::<SweepCheckouts>(Arc::clone(service) as Arc<dyn Run<SweepCheckouts>>),
    ]
}

pub(crate) fn schedules() -> Vec<Schedule> {
    vec![Schedule::cron(
        "orders.sweep_checkouts",
        "* * * * *",
        SweepCheckouts {},
    )]
}

/// Sagas, and what has one go on.
pub(crate) fn sagas() -> Vec<SagaKind> {
    vec![SagaKind::new(SAGA, Arc::new(ResumeCheckout))]
}
