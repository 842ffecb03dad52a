//! The whole server as a process: every module, real listeners, a simulated payment provider.

mod buyer;
mod golden;
mod guards;
mod kills;
mod races;
mod server;
mod settings;
