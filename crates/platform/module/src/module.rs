//! A module as plain data.

use std::sync::Arc;

use tenon_events::{Progress, Subscription};
use tenon_jobs::{JobKind, SagaKind, Schedule};
use tenon_store::Db;
use tenon_web::Endpoint;

use crate::Invariant;

/// Everything the platform runs for a module. The contract implementation is returned beside it.
pub struct Module {
    /// `orders`
    pub name: &'static str,
    /// Its store.
    pub db: Db,
    /// Its part of the REST API.
    pub endpoints: Vec<Endpoint>,
    /// Events it reacts to.
    pub subscriptions: Vec<Subscription>,
    /// Jobs it runs.
    pub jobs: Vec<JobKind>,
    /// Jobs it starts by the clock.
    pub schedules: Vec<Schedule>,
    /// Sagas it has, as those who run the installation may have them go on.
    pub sagas: Vec<SagaKind>,
    /// What must always be true of its data.
    pub invariants: Vec<Arc<dyn Invariant>>,
    /// How far its subscriptions are, for its reads; known once the runtime has them.
    pub progress: Progress,
}

impl Module {
    /// A module that does nothing yet but has a store: the start of every other, and a producer in tests.
    pub fn new(db: Db) -> Self {
        Self {
            name: db.module(),
            db,
            endpoints: Vec::new(),
            subscriptions: Vec::new(),
            jobs: Vec::new(),
            schedules: Vec::new(),
            sagas: Vec::new(),
            invariants: Vec::new(),
            progress: Progress::default(),
        }
    }
}
