//! Rules of the authorization server (RFC 6749, RFC 7636, RFC 9700, OpenID Connect Core).

pub(crate) mod authorization;
pub(crate) mod client;
pub(crate) mod error;
pub(crate) mod pkce;
pub(crate) mod redirect;
pub(crate) mod scopes;
