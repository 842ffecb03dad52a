//! What this module does later.

mod send_message;

use std::sync::Arc;

use tenon_jobs::JobKind;

pub(crate) use self::send_message::SendMessage;
use crate::service::Service;

/// The kinds of jobs.
pub(crate) fn kinds(service: &Arc<Service>) -> Vec<JobKind> {
    vec![JobKind::of::<SendMessage>(Arc::clone(service) as _)]
}
