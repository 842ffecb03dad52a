//! Modules running together, on both engines.

mod invariants;
mod runtime;
mod support;
