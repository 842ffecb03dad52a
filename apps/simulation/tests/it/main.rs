//! A whole installation on a simulated network: every module a process of its own, buyers who do not give up, and
//! whatever a seed throws at them.
//!
//! Each process is built and served by the code that production is served by (`tenon-node`), up to the socket: real
//! stores, workers, feeds, TLS and passes. One thread plays all of them (`turmoil`), in a time that it makes itself,
//! so that a seed is the same run each time. What would not be: work of other threads is waited for on the spot
//! (`tenon_chaos::steady`), deadlines are measured with the runtime's time (`tenon_kernel::testing::simulate_elapsed`),
//! ids come from the seed.

mod apart;
mod asked;
mod books;
mod booth;
mod bulkhead;
mod buyer;
mod client;
mod courier;
mod deadline;
mod faults;
mod feeds;
mod judge;
mod network;
mod panics;
mod process;
mod quiet;
mod run;
mod seeds;
mod shop;
mod stage;
mod template;
mod time;
mod trace;
