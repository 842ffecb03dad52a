//! An endpoint: method, path, policy, schemas, answers and handler in one value.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Interface;

use crate::deprecation::Part;
use crate::expand::Expansion;
use crate::stream::PATIENCE;
use crate::{DeprecatedPart, Deprecation, KeyRecordOf};

/// What axum takes as a handler with state `S`.
pub use axum::handler::Handler;

/// Largest request body unless the endpoint says otherwise.
const DEFAULT_MAX_BODY: usize = 1024 * 1024;

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

/// An endpoint that still lacks its handler.
#[must_use = "an endpoint needs a handler"]
pub struct EndpointBuilder {
    pub(crate) shape: Shape,
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

impl EndpointBuilder {
    fn new(method: Method, path: &'static str, operation: &'static str, policy: Policy) -> Self {
        let shape = Shape {
            method,
            path,
            operation,
            policy,
            tag: "",
            summary: "",
            description: "",
            key_rule: KeyRule::Unused,
            key_record: None,
            needs_if_match: false,
            versioned: false,
            body: None,
            needs_body: false,
            query: None,
            path_params: Vec::new(),
            headers: Vec::new(),
            answers: Vec::new(),
            problems: Vec::new(),
            max_body: DEFAULT_MAX_BODY,
            rate_limit: "default",
            deadline: None,
            longest_wait: None,
            is_shown_once: false,
            expansions: Vec::new(),
            interface: Interface::Rest,
            is_stream: false,
            scope_rule: ScopeRule::Api,
            needs_recent_sign_in: false,
            takes_form: false,
            answers_html: false,
            speaks_oauth: false,
            same_origin: false,
            secrets: Secrets::default(),
            deprecations: Vec::new(),
        };
        Self { shape }
    }

    /// Groups operations in the documentation; the module's name.
    pub fn tag(mut self, tag: &'static str) -> Self {
        self.shape.tag = tag;
        self
    }

    /// One sentence.
    pub fn summary(mut self, summary: &'static str) -> Self {
        self.shape.summary = summary;
        self
    }

    /// More than one sentence, Markdown.
    pub fn description(mut self, description: &'static str) -> Self {
        self.shape.description = description;
        self
    }

    /// Whether `Idempotency-Key` must be there; `Unused` unless said.
    pub fn idempotency(mut self, rule: KeyRule) -> Self {
        self.shape.key_rule = rule;
        self
    }

    /// Under which operation of the store outcomes are kept by key, and where the resource that they name is: `{}`
    /// stands for its id. For whoever asks what became of a request.
    pub fn kept_as(mut self, operation: &'static str, location: Option<&'static str>) -> Self {
        self.shape.key_record = Some(KeyRecordOf {
            operation,
            location,
        });
        self
    }

    /// Needs `If-Match` (428 without, 412 if stale).
    pub fn needs_if_match(mut self) -> Self {
        self.shape.needs_if_match = true;
        self
    }

    /// Answers with an `ETag`, so that `If-None-Match` can get 304. Said by itself where the same path has a
    /// command that needs `If-Match`.
    pub fn versioned(mut self) -> Self {
        self.shape.versioned = true;
        self
    }

    /// The request body.
    pub fn body<T: JsonSchema>(self) -> Self {
        let mut taking = self.optional_body::<T>();
        taking.shape.needs_body = true;
        taking
    }

    /// A request body that may be left out: for handlers that take `Option<ApiJson<T>>`.
    pub fn optional_body<T: JsonSchema>(mut self) -> Self {
        self.shape.body = Some(SchemaGenerator::subschema_for::<T>);
        self.shape.needs_body = false;
        self
    }

    /// The request body as a form: `application/x-www-form-urlencoded`, for handlers that take [`crate::ApiForm`].
    pub fn form<T: JsonSchema>(self) -> Self {
        let mut taking = self.body::<T>();
        taking.shape.takes_form = true;
        taking
    }

    /// Which tokens of programs it takes: [`ScopeRule::Api`] unless said.
    pub fn scope_rule(mut self, rule: ScopeRule) -> Self {
        self.shape.scope_rule = rule;
        self
    }

    /// Asks people for a sign-in that is not long ago (RFC 9470): for what cannot be taken back.
    pub fn needs_recent_sign_in(mut self) -> Self {
        self.shape.needs_recent_sign_in = true;
        self.problem(401, "insufficient_user_authentication")
    }

    /// `Authorization` is the client's own proof, which the handler checks: it is handed on instead of read as an access
    /// token. Errors of the operation, also those of the platform, have the form of RFC 6749 §5.2.
    pub fn oauth_client(mut self) -> Self {
        self.shape.secrets.client = true;
        self.shape.speaks_oauth = true;
        self
    }

    /// Hands this cookie on to the handler, and no other.
    pub fn cookie(mut self, name: &'static str) -> Self {
        self.shape.secrets.cookie = Some(name);
        self
    }

    /// Takes requests of our own pages only, by `Origin` and `Sec-Fetch-Site`; the allow-list of CORS does not count.
    pub fn same_origin(mut self) -> Self {
        self.shape.same_origin = true;
        self
    }

    /// An answer that is a page for people. Whoever asks must take `text/html`.
    pub fn answers_page(mut self, status: u16, description: &'static str) -> Self {
        self.shape.answers_html = true;
        self.shape.answers.push(Answer {
            status,
            schema: None,
            description,
            has_location: false,
            is_page: true,
            headers: Vec::new(),
        });
        self
    }

    /// 303: the browser goes on to `Location`.
    pub fn redirects(mut self, description: &'static str) -> Self {
        self.shape.answers.push(Answer {
            status: 303,
            schema: None,
            description,
            has_location: true,
            is_page: false,
            headers: Vec::new(),
        });
        self
    }

    /// The query members. An endpoint without them refuses every query.
    pub fn query<T: JsonSchema>(mut self) -> Self {
        self.shape.query = Some(|generator| T::json_schema(generator));
        self
    }

    /// The schema of a path member; a string unless said.
    pub fn path_param<T: JsonSchema>(
        mut self,
        name: &'static str,
        description: &'static str,
    ) -> Self {
        let schema: SchemaFn = SchemaGenerator::subschema_for::<T>;
        self.shape.path_params.push(Param {
            name,
            schema,
            description,
        });
        self
    }

    /// A header the handler reads itself.
    pub fn header(mut self, name: &'static str, required: bool, description: &'static str) -> Self {
        self.shape.headers.push(Header {
            name,
            required,
            description,
        });
        self
    }

    /// An answer with a body.
    pub fn answers<T: JsonSchema>(mut self, status: u16, description: &'static str) -> Self {
        let schema: SchemaFn = SchemaGenerator::subschema_for::<T>;
        self.shape.answers.push(Answer {
            status,
            schema: Some(schema),
            description,
            has_location: matches!(status, 201 | 202),
            is_page: false,
            headers: Vec::new(),
        });
        self
    }

    /// An answer without a body.
    pub fn answers_empty(mut self, status: u16, description: &'static str) -> Self {
        self.shape.answers.push(Answer {
            status,
            schema: None,
            description,
            has_location: matches!(status, 201 | 202),
            is_page: false,
            headers: Vec::new(),
        });
        self
    }

    /// The answer declared last has no `Location`: there is nothing to look at.
    pub fn without_location(mut self) -> Self {
        if let Some(answer) = self.shape.answers.last_mut() {
            answer.has_location = false;
        }
        self
    }

    /// A header that the answer just declared may have, beside those that the platform adds.
    pub fn with_header(mut self, name: &'static str, description: &'static str) -> Self {
        if let Some(answer) = self.shape.answers.last_mut() {
            answer.headers.push(Header {
                name,
                required: false,
                description,
            });
        }
        self
    }

    /// A problem this operation can answer, by its public code.
    pub fn problem(mut self, status: u16, code: &'static str) -> Self {
        self.shape.problems.push((status, code));
        self
    }

    /// Largest request body in bytes; 1 MiB unless said.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.shape.max_body = bytes;
        self
    }

    /// Counts against another rate limit than `default`, for example `auth`.
    pub fn rate_limit(mut self, policy: &'static str) -> Self {
        self.shape.rate_limit = policy;
        self
    }

    /// How long the caller may wait, where it differs from the installation's own limit: long polls.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.shape.deadline = Some(deadline);
        self
    }

    /// Answers 200 with Server-Sent Events. The handler takes [`crate::StreamFrom`] and answers with one
    /// [`crate::StreamPage`] at a time; the edge makes the stream of them, wherever the handler runs.
    pub fn streams(mut self, description: &'static str) -> Self {
        self.shape.is_stream = true;
        self.shape.deadline = Some(PATIENCE + STREAM_DEADLINE);
        self.header(
            "Last-Event-ID",
            false,
            "The `id` of the last event that the caller has: the stream goes on after it.",
        )
        .answers_empty(200, description)
        .problem(429, "too_many_streams")
    }

    /// How the request came in, where it is not a plain REST request: webhooks.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.shape.interface = interface;
        self
    }

    pub(crate) fn deprecated_part(mut self, part: Part, terms: Deprecation) -> Self {
        let operation = self.shape.operation;
        self.shape.deprecations.push(DeprecatedPart {
            operation,
            part,
            terms,
        });
        self
    }

    /// The handler, with its state.
    pub fn handler<H, T, S>(self, handler: H, state: S) -> Endpoint
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        let handler: ErasedHandler =
            Arc::new(move |request| Box::pin(handler.clone().call(request, state.clone())));
        Endpoint {
            shape: self.shape,
            handler,
        }
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
