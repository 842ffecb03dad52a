//! Modules running together, on both engines.

mod cut_over;
mod invariants;
mod runtime;
mod support;
