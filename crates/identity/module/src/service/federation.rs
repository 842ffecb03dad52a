//! Signing in with accounts of other OpenID Connect providers: here this installation is the client (ADR 28).
//!
//! A browser goes to the provider and comes back with a code of the provider. What that proves is one thing: who the person is over
//! there. What comes of it is decided by whoever sent the browser: a page of ours goes on to a program, an API client gets a code of
//! ours and says what it wants it for, a session or a link.

mod admit;
mod begin;
mod callback;
mod code;
mod enter;
mod link;
mod listed;
mod prove;
mod provider;
mod providers;
mod unlink;

pub(in crate::service) use self::begin::For;
pub(crate) use self::begin::{Begun, FromClient};
pub(crate) use self::callback::{Callback, CameBack};
pub(crate) use self::code::CodeOfBrowser;
pub(crate) use self::enter::FederatedSignIn;
pub(crate) use self::link::LINK;
pub(crate) use self::listed::LinkedIdentity;
pub(crate) use self::prove::Unproved;
pub(crate) use self::providers::{Providers, ShownProvider};
