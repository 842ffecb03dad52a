//! What this module does later.

mod purge_events;
mod send_message;

use std::sync::Arc;

use tenon_jobs::{Job as _, JobKind, Schedule};

use self::purge_events::PurgeEvents;
pub(crate) use self::send_message::SendMessage;
use crate::service::{EventLog, Service};

/// Once an hour, away from the maintenance of all stores.
const HOURLY: &str = "41 * * * *";

/// The kinds of jobs.
pub(crate) fn kinds(service: &Arc<Service>, log: &Arc<EventLog>) -> Vec<JobKind> {
    vec![
        JobKind::of::<SendMessage>(Arc::clone(service) as _),
        JobKind::of::<PurgeEvents>(Arc::clone(log) as _),
    ]
}

/// What is done by the clock.
pub(crate) fn schedules() -> Vec<Schedule> {
    vec![Schedule::cron(PurgeEvents::KIND, HOURLY, PurgeEvents {})]
}
