//! What identity does on its own.

mod answer_request;
mod erase_user;
mod housekeeping;
mod rotate_signing_key;

use std::sync::Arc;

use tenon_jobs::{JobKind, Schedule};

pub(crate) use self::answer_request::AnswerRequest;
use self::erase_user::{EraseDueUsers, EraseUser};
use self::housekeeping::KeepHouse;
use self::rotate_signing_key::RotateSigningKey;
use crate::service::Service;

pub(crate) fn kinds(service: &Arc<Service>) -> Vec<JobKind> {
    vec![
        JobKind::of::<AnswerRequest>(Arc::clone(service) as _),
        JobKind::of::<EraseDueUsers>(Arc::clone(service) as _),
        JobKind::of::<EraseUser>(Arc::clone(service) as _),
        JobKind::of::<KeepHouse>(Arc::clone(service) as _),
        JobKind::of::<RotateSigningKey>(Arc::clone(service) as _),
    ]
}

pub(crate) fn schedules() -> Vec<Schedule> {
    vec![
        Schedule::cron("identity.erase_due_users", "* * * * *", EraseDueUsers {}),
        Schedule::cron("identity.keep_house", "* * * * *", KeepHouse {}),
        Schedule::cron(
            "identity.rotate_signing_key",
            "17 3 * * *",
            RotateSigningKey {},
        ),
    ]
}
