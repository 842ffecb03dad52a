//! What audit does later: the tree grows.

mod grow_tree;

use std::sync::Arc;

use tenon_jobs::{Job as _, JobKind, Schedule};

use self::grow_tree::GrowTree;
use crate::service::Service;

/// Binds each kind of job to the service.
pub(crate) fn kinds(service: &Arc<Service>) -> Vec<JobKind> {
    vec![JobKind::of::<GrowTree>(Arc::clone(service) as _)]
}

/// What runs by the clock.
pub(crate) fn schedules() -> Vec<Schedule> {
    vec![Schedule::cron(GrowTree::KIND, "* * * * *", GrowTree {})]
}
