//! Events from emit to effect, on both engines and over every kind of link.

mod delivery;
mod era;
mod feed;
mod keep;
mod lease;
mod link;
mod outbox;
mod support;
mod upkeep;
