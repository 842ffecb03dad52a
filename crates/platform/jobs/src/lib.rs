//! Durable jobs, operations, schedules and sagas in the module's own store.
//!
//! A job is a row that is written in the transaction that wants it ([`Enqueue`]) and run by a [`JobWorker`]
//! at least once; its effect happens once, because it commits together with the [`Receipt`].
//!
//! Time comes from the store's `Env`: due times and leases follow the clock that tests move.

mod backoff;
mod job;
mod metrics;
mod operation;
mod queue;
mod run;
mod saga;
mod schedule;
mod summary;
mod upkeep;
pub mod work;
mod worker;

pub use self::job::{Enqueue, Job, JobId, JobIdKind, JobOptions};
pub use self::operation::{
    BeginOperation, NewOperation, Operation, OperationId, OperationIdKind, OperationState,
    purge_operations,
};
pub use self::run::{JobError, JobKind, Receipt, Run};
pub use self::saga::{
    ResumeSaga, Saga, SagaId, SagaIdKind, SagaKind, SagaStatus, SagaSummary, due as due_sagas,
    find_summary as find_saga, unfinished as unfinished_sagas,
    unfinished_after as unfinished_sagas_after,
};
pub use self::schedule::Schedule;
pub use self::summary::{JobFilter, JobState, JobSummary, find_job, list_jobs};
pub use self::upkeep::{DeadJob, cancel, dead_jobs, purge_finished_jobs, put_back, retry_dead};
pub use self::work::WorkerSettings;
pub use self::worker::JobWorker;
