//! What payments does later: sending again, asking again, looking at events, sweeping up.

mod poll_attempt;
mod process_provider_event;
mod send_attempt;
mod send_capture;
mod send_refund;
mod send_void;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use tenon_jobs::{JobError, JobKind, Schedule};

pub(crate) use self::poll_attempt::PollAttempt;
pub(crate) use self::process_provider_event::ProcessProviderEvent;
pub(crate) use self::send_attempt::SendAttempt;
pub(crate) use self::send_capture::SendCapture;
pub(crate) use self::send_refund::SendRefund;
pub(crate) use self::send_void::SendVoid;
pub(crate) use self::sweep::Sweep;
use crate::domain::operation::Progress;
use crate::service::Service;

/// Room for two calls to the provider and the transactions around them.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Binds each kind of job to the service.
pub(crate) fn kinds(service: &Arc<Service>) -> Vec<JobKind> {
    vec![
        JobKind::of::<SendAttempt>(Arc::clone(service) as Arc<_>),
        JobKind::of::<PollAttempt>(Arc::clone(service) as Arc<_>),
        JobKind::of::<SendCapture>(Arc::clone(service) as Arc<_>),
        JobKind::of::<SendRefund>(Arc::clone(service) as Arc<_>),
        JobKind::of::<SendVoid>(Arc::clone(service) as Arc<_>),
        JobKind::of::<ProcessProviderEvent>(Arc::clone(service) as Arc<_>),
        JobKind::of::<Sweep>(Arc::clone(service) as Arc<_>),
    ]
}

/// What runs by the clock.
pub(crate) fn schedules() -> Vec<Schedule> {
    vec![Schedule::cron("payments.sweep", "* * * * *", Sweep {})]
}

/// Comes again when the operation is due, until it is over.
fn until_settled(progress: Option<Progress>) -> Result<(), JobError> {
    match progress.and_then(|progress| progress.next_try_at) {
        Some(until) => Err(JobError::Snooze { until }),
        None => Ok(()),
    }
}
