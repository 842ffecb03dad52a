//! The whole server as processes: every module, real listeners, a simulated payment provider.

mod answers;
mod authorization;
mod backup;
mod buyer;
mod conventions;
mod erasure;
mod fleet;
mod golden;
mod guards;
mod hostile;
mod invariants;
mod keys;
mod kills;
mod members;
mod operations;
mod operators;
mod people;
mod process;
mod races;
mod remote;
mod server;
mod settings;
mod sqlite_tables;
mod stop;
mod streams;
