//! The test kit itself.

mod app;
mod kit;
