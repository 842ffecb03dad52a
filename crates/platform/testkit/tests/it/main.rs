//! The test kit itself.

mod app;
mod consistency;
mod deprecations;
mod kit;
mod operations;
