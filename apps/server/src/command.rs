//! One file for each command of the binary.

pub(crate) mod admin;
pub(crate) mod events;
pub(crate) mod migrate;
pub(crate) mod module;
pub(crate) mod openapi;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod verify;
