//! An endpoint: method, path, policy, schemas, answers and handler in one value.

mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Method;
use schemars::{Schema, SchemaGenerator};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Interface;

use crate::expand::Expansion;
use crate::{DeprecatedPart, KeyRecordOf};

pub use self::builder::EndpointBuilder;

/// What axum takes as a handler with state `S`.
pub use axum::handler::Handler;

/// How long a page of a stream may take beyond its waiting.
pub(crate) const STREAM_DEADLINE: Duration = Duration::from_secs(10);

/// Makes the schema of a type whose name is forgotten.
pub(crate) type SchemaFn = fn(&mut SchemaGenerator) -> Schema;

/// A handler with its state, both forgotten.
pub(crate) type ErasedHandler = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// Whether `Idempotency-Key` must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRule {
    /// Not used: reads, and commands that are idempotent by nature.
    Unused,
    /// Used if sent.
    Optional,
    /// 400 `idempotency_key_required` without it: moves money or stock, or sends.
    Required,
}

/// One operation of the REST API.
///
/// ```ignore
/// Endpoint::post("/v1/checkouts", "start_checkout", Policy::Bearer)
///     .tag("orders")
///     .summary("Starts a checkout from a cart.")
///     .idempotency(KeyRule::Required)
///     .body::<StartCheckoutBody>()
///     .answers::<CheckoutView>(201, "The checkout, with what to do next.")
///     .problem(409, "orders.out_of_stock")
///     .handler(start_checkout::handler, state)
/// ```
///
/// Problems that any endpoint can answer (400, 401, 403, 413, 415, 429, 500, 503 …) are added by the platform.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) shape: Shape,
    handler: ErasedHandler,
}

/// Everything an endpoint says about itself.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) policy: Policy,
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) key_rule: KeyRule,
    pub(crate) key_record: Option<KeyRecordOf>,
    pub(crate) needs_if_match: bool,
    pub(crate) versioned: bool,
    pub(crate) body: Option<SchemaFn>,
    pub(crate) needs_body: bool,
    pub(crate) query: Option<SchemaFn>,
    pub(crate) path_params: Vec<Param>,
    pub(crate) headers: Vec<Header>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) problems: Vec<(u16, &'static str)>,
    pub(crate) max_body: usize,
    pub(crate) rate_limit: &'static str,
    pub(crate) deadline: Option<Duration>,
    pub(crate) longest_wait: Option<Duration>,
    pub(crate) responds_async: bool,
    pub(crate) is_shown_once: bool,
    pub(crate) expansions: Vec<Expansion>,
    pub(crate) interface: Interface,
    pub(crate) is_stream: bool,
    pub(crate) scope_rule: ScopeRule,
    pub(crate) needs_recent_sign_in: bool,
    pub(crate) takes_form: bool,
    pub(crate) answers_html: bool,
    pub(crate) speaks_oauth: bool,
    pub(crate) same_origin: bool,
    pub(crate) secrets: Secrets,
    pub(crate) deprecations: Vec<DeprecatedPart>,
}

/// Credentials that the handler checks itself. No handler sees any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Secrets {
    /// `Authorization` holds what a client proves itself by (RFC 6749 §2.3.1), not an access token.
    pub(crate) client: bool,
    /// Of the cookies, this one.
    pub(crate) cookie: Option<&'static str>,
}

/// A member of the path.
#[derive(Debug, Clone)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) schema: SchemaFn,
    pub(crate) description: &'static str,
}

/// A header that the handler reads itself.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) description: &'static str,
}

/// A successful answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) schema: Option<SchemaFn>,
    pub(crate) description: &'static str,
    /// Whether `Location` says where to look: 201 and 202, unless said.
    pub(crate) has_location: bool,
    /// Whether it is a page for people.
    pub(crate) is_page: bool,
    /// Headers of its own.
    pub(crate) headers: Vec<Header>,
}

impl Endpoint {
    /// Declares `GET path`. `operation` is the OpenAPI operation id, `<verb>_<resource>`.
    pub fn get(path: &'static str, operation: &'static str, policy: Policy) -> EndpointBuilder {
        EndpointBuilder::new(Method::GET, path, operation, policy)
    }

    /// Declares `POST path`.
    pub fn post(path: &'static str, operation: &'static str, policy: Policy) -> EndpointBuilder {
        EndpointBuilder::new(Method::POST, path, operation, policy)
    }

    /// Declares `PATCH path` (`application/merge-patch+json` or `application/json`).
    pub fn patch(path: &'static str, operation: &'static str, policy: Policy) -> EndpointBuilder {
        EndpointBuilder::new(Method::PATCH, path, operation, policy)
    }

    /// Declares `PUT path`.
    pub fn put(path: &'static str, operation: &'static str, policy: Policy) -> EndpointBuilder {
        EndpointBuilder::new(Method::PUT, path, operation, policy)
    }

    /// Declares `DELETE path`.
    pub fn delete(path: &'static str, operation: &'static str, policy: Policy) -> EndpointBuilder {
        EndpointBuilder::new(Method::DELETE, path, operation, policy)
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.shape.method
    }

    /// The path with its members in braces.
    pub fn path(&self) -> &'static str {
        self.shape.path
    }

    /// The OpenAPI operation id.
    pub fn operation_id(&self) -> &'static str {
        self.shape.operation
    }

    /// Who may use it.
    pub fn policy(&self) -> Policy {
        self.shape.policy
    }

    /// Whether it uses `Idempotency-Key`.
    pub fn key_rule(&self) -> KeyRule {
        self.shape.key_rule
    }

    /// Under what it keeps what became of its keyed requests.
    pub fn key_record(&self) -> Option<KeyRecordOf> {
        self.shape.key_record
    }

    /// Largest request body in bytes.
    pub fn max_body(&self) -> usize {
        self.shape.max_body
    }

    /// The problems it declares: status and code, without those that any endpoint can answer.
    pub fn problems(&self) -> &[(u16, &'static str)] {
        &self.shape.problems
    }

    /// The same operation with another handler.
    pub(crate) fn with_handler(self, handler: ErasedHandler) -> Self {
        Self { handler, ..self }
    }

    /// Runs the handler.
    pub(crate) fn call(&self, request: Request) -> BoxFuture<'static, Response> {
        (self.handler)(request)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

/// Every operation with who may use it: for guard tests and documents.
pub fn policy_table(endpoints: &[Endpoint]) -> Vec<(Method, &'static str, &'static str, Policy)> {
    endpoints
        .iter()
        .map(|endpoint| {
            (
                endpoint.shape.method.clone(),
                endpoint.path(),
                endpoint.operation_id(),
                endpoint.policy(),
            )
        })
        .collect()
}
