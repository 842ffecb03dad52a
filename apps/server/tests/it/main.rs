//! The whole server as processes: every module, real listeners, a simulated payment provider.

mod backup;
mod buyer;
mod fleet;
mod golden;
mod guards;
mod invariants;
mod keys;
mod kills;
mod operators;
mod process;
mod races;
mod remote;
mod server;
mod settings;
mod stop;
mod streams;
