//! The store on both engines.

mod cancellation;
mod compile_fail;
mod durability;
mod errors;
mod fixture;
mod histories;
mod idempotency;
mod idempotency_races;
mod isolation;
mod lost_connections;
mod migrations;
mod statements;
mod units;
mod worker_lease;
