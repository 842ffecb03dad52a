//! What this module reacts to: everything.

mod any_event;
