//! The edge from outside: requests in, answers out.

mod admission;
mod answers;
mod commands;
mod deprecations;
mod documents;
mod forwarded;
mod input;
mod origins;
mod protocols;
mod shaping;
mod smuggling;
mod socket;
mod streams;
mod support;
mod timing;
