//! Processes that host modules.

mod service;
