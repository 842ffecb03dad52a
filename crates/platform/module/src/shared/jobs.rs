//! `GET /v1/admin/jobs` and `PATCH /v1/admin/jobs/{id}`: what the workers of all modules have to do, and a person's word on it.

mod change;
mod list;
mod view;

use std::collections::HashSet;

use tenon_access::Policy;
use tenon_jobs::JobKind;
use tenon_kernel::Role;
use tenon_store::Db;

use crate::{Module, maintenance};

pub(super) use self::change::{
    PART as CHANGE_PART, endpoint as change_endpoint, part as change_part,
};
pub(super) use self::list::{PART as LIST_PART, endpoint as list_endpoint, part as list_part};

const POLICY: Policy = Policy::Has(Role::Admin);

/// A module's jobs.
pub(super) struct Jobs {
    db: Db,
    /// Kinds that may be cancelled. One that nobody here knows may not: another version runs it.
    cancellable: HashSet<&'static str>,
}

impl Jobs {
    pub(super) fn of(module: &Module) -> Self {
        let own = module.jobs.iter().filter(|kind| kind.is_cancellable());
        Self {
            db: module.db.clone(),
            cancellable: own.map(JobKind::name).chain([maintenance::KIND]).collect(),
        }
    }
}
