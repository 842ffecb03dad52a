//! Jobs, schedules and sagas on both engines.

mod lease;
mod rescue;
mod run;
mod saga;
mod schedule;
mod support;
mod unique;
