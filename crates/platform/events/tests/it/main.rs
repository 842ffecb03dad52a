//! Events from emit to effect, on both engines.

mod delivery;
mod feed;
mod lease;
mod outbox;
mod support;
mod upkeep;
