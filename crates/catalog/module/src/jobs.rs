//! What the catalog does later.

mod expire_reservation;
mod refresh_search;
mod set_price_rows;

use std::sync::Arc;

use tenon_jobs::{JobKind, Schedule};

pub(crate) use self::expire_reservation::ExpireReservation;
use self::refresh_search::RefreshSearch;
pub(crate) use self::set_price_rows::SetPriceRows;
use crate::service::Service;

pub(crate) fn kinds(service: &Arc<Service>) -> Vec<JobKind> {
    vec![
        JobKind::of::<ExpireReservation>(Arc::clone(service) as _),
        JobKind::of::<RefreshSearch>(Arc::clone(service) as _),
        JobKind::of::<SetPriceRows>(Arc::clone(service) as _),
    ]
}

pub(crate) fn schedules() -> Vec<Schedule> {
    vec![Schedule::cron(
        "catalog.refresh_search",
        "* * * * *",
        RefreshSearch {},
    )]
}
