//! The REST golden suite, for the program `scenarios` and for tests that run servers of their own.

#![expect(clippy::print_stdout, reason = "reports are printed")]

pub mod golden;
