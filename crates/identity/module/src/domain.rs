//! Pure rules of identity: no SQL, no HTTP, no clock reads.

pub(crate) mod api_key;
pub(crate) mod change;
pub(crate) mod email;
pub(crate) mod factor;
pub(crate) mod federation;
pub(crate) mod name;
pub(crate) mod oauth;
pub(crate) mod password;
pub(crate) mod recovery_code;
pub(crate) mod refresh;
pub(crate) mod roles;
pub(crate) mod secret;
pub(crate) mod service_account;
pub(crate) mod throttle;
pub(crate) mod totp;
pub(crate) mod user;
