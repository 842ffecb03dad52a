//! Two processes on one machine, and everything that can go wrong between them.

mod cancellation;
mod commands;
mod edges;
mod events;
mod greeter;
mod identities;
mod passes;
mod peers;
mod raw;
mod restarts;
mod settings;
mod sizes;
mod world;
