//! The test kit itself.

mod app;
mod consistency;
mod deprecations;
mod jobs;
mod kit;
mod operations;
