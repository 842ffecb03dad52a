//! REST conventions. A module declares [`Endpoint`]s; everything that all endpoints share happens here.
//!
//! **Architecture invariant:** an error becomes HTTP in `problem.rs` and nowhere else, and no route exists
//! without a [`tenon_access::Policy`]: the constructors of [`Endpoint`] ask for one.

mod client;
mod consistency;
mod conventions;
mod cors;
mod deprecation;
mod dispatch;
mod endpoint;
mod error_pages;
mod expand;
mod extract;
mod fields;
mod forward;
mod keys;
mod limiter;
mod markdown;
mod negotiate;
mod onward;
mod openapi;
mod operations;
mod pages;
mod prefer;
mod problem;
mod reply;
mod router;
mod routes;
mod server;
mod settings;
mod shaping;
mod stream;
mod trace;

pub use self::client::Connection;
pub use self::consistency::Follows;
pub use self::conventions::conventions_table;
pub use self::deprecation::{DeprecatedPart, Deprecation, NoteUse};
pub use self::endpoint::{Endpoint, EndpointBuilder, Handler, KeyRule, policy_table};
pub use self::expand::Expand;
pub use self::extract::{
    ApiCookie, ApiForm, ApiJson, ApiPath, ApiQuery, BearerSecret, ClientAddress, Ctx, IfMatch,
    RawBody, page_request,
};
pub use self::forward::{GATEWAY, HttpDispatch};
pub use self::keys::{KeyOwner, KeyRecordOf, KeysAtWork, MAX_IDEMPOTENCY_KEY, is_idempotency_key};
pub use self::onward::Onward;
pub use self::openapi::{ApiInfo, SchemaConflict, openapi_document};
pub use self::prefer::Preferences;
pub use self::problem::Problem;
pub use self::reply::{ListView, Reply};
pub use self::router::{Edge, EdgeError, EdgeState, Readiness};
pub use self::server::{ServeOptions, serve};
pub use self::settings::{RateLimit, RateLimits, WebSettings};
pub use self::stream::{StreamFrom, StreamPage};
