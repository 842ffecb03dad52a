//! The catalog through its contract and its REST API, on both engines.

mod bad_input;
mod demo;
mod guard;
mod inventory;
mod keys;
mod oversell;
mod pressure;
mod pricing;
mod products;
mod races;
mod reservations;
mod search;
mod shop;
mod statements;
mod watch;
