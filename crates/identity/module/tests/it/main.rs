//! Identity through its REST surface and its contract, on both engines.

mod access;
mod api_keys;
mod bootstrap;
mod contract;
mod erasure;
mod error_pages;
mod factors;
mod federation;
mod housekeeping;
mod invitations;
mod me;
mod oauth;
mod passkeys;
mod recovery;
mod refresh;
mod registration;
mod required_factor;
mod secrets;
mod sign_in;
mod signing_keys;
mod users;
mod world;
