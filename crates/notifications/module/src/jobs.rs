//! What this module does later.

mod close_digest;
mod deliver_webhooks;
mod forget_user;
mod purge_contents;
mod purge_events;
mod purge_webhooks;
mod send_message;

use std::sync::Arc;

use tenon_jobs::{Job as _, JobKind, Schedule};

pub(crate) use self::close_digest::CloseDigest;
pub(crate) use self::deliver_webhooks::DeliverWebhooks;
pub(crate) use self::forget_user::ForgetUser;
use self::purge_contents::PurgeContents;
use self::purge_events::PurgeEvents;
use self::purge_webhooks::PurgeWebhooks;
pub(crate) use self::send_message::SendMessage;
use crate::service::{EventLog, Service, Webhooks};

/// Once an hour, away from the maintenance of all stores.
const HOURLY: &str = "41 * * * *";
/// Once an hour, after events were dropped.
const HOURLY_LATER: &str = "46 * * * *";
/// Once an hour, after that.
const HOURLY_LAST: &str = "51 * * * *";

/// The kinds of jobs.
pub(crate) fn kinds(
    service: &Arc<Service>,
    log: &Arc<EventLog>,
    webhooks: &Arc<Webhooks>,
) -> Vec<JobKind> {
    vec![
        JobKind::of::<SendMessage>(Arc::clone(service) as _),
        JobKind::of::<CloseDigest>(Arc::clone(service) as _),
        JobKind::of::<ForgetUser>(Arc::clone(service) as _),
        JobKind::of::<PurgeContents>(Arc::clone(service) as _),
        JobKind::of::<PurgeEvents>(Arc::clone(log) as _),
        JobKind::of::<DeliverWebhooks>(Arc::clone(webhooks) as _),
        JobKind::of::<PurgeWebhooks>(Arc::clone(webhooks) as _),
    ]
}

/// What is done by the clock.
pub(crate) fn schedules() -> Vec<Schedule> {
    vec![
        Schedule::cron(PurgeEvents::KIND, HOURLY, PurgeEvents {}),
        Schedule::cron(PurgeWebhooks::KIND, HOURLY_LATER, PurgeWebhooks {}),
        Schedule::cron(PurgeContents::KIND, HOURLY_LAST, PurgeContents {}),
    ]
}
