//! The thin app: settings become stores, stores become modules, modules become one API.
//!
//! The binary `tenon` is a set of commands over this; tests build the same thing without a socket.

pub mod compose;
pub mod demo;
pub mod settings;
pub mod verify;
