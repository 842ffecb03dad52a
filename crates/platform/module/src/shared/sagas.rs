//! `GET /v1/admin/sagas` and `POST /v1/admin/sagas/{id}/resumptions`: longer processes that are not at their end.

mod list;
mod resume;
mod view;

use tenon_access::Policy;
use tenon_jobs::SagaKind;
use tenon_kernel::Role;
use tenon_store::Db;

use crate::Module;

pub(super) use self::list::{PART as LIST_PART, endpoint as list_endpoint, part as list_part};
pub(super) use self::resume::{
    PART as RESUME_PART, endpoint as resume_endpoint, part as resume_part,
};

const POLICY: Policy = Policy::Has(Role::Admin);

/// A module's sagas.
pub(super) struct Sagas {
    db: Db,
    kinds: Vec<SagaKind>,
}

impl Sagas {
    pub(super) fn of(module: &Module) -> Self {
        Self {
            db: module.db.clone(),
            kinds: module.sagas.clone(),
        }
    }
}
