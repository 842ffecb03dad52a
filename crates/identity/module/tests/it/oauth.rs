//! The authorization server, as programs and browsers meet it.

mod authorize;
pub(crate) mod browser;
mod clients;
mod code;
mod consents;
mod pages;
mod scopes;
mod tokens;
