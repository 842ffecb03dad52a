//! What an endpoint says about itself, word by word.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use tenon_access::{Policy, ScopeRule};
use tenon_kernel::Interface;

use super::{
    Answer, Endpoint, ErasedHandler, Handler, Header, KeyRule, Param, STREAM_DEADLINE, SchemaFn,
    Secrets, Shape,
};
use crate::deprecation::Part;
use crate::stream::PATIENCE;
use crate::{DeprecatedPart, Deprecation, KeyRecordOf};

/// Largest request body unless the endpoint says otherwise.
const DEFAULT_MAX_BODY: usize = 1024 * 1024;

/// An endpoint that still lacks its handler.
#[must_use = "an endpoint needs a handler"]
pub struct EndpointBuilder {
    pub(crate) shape: Shape,
}

impl EndpointBuilder {
    pub(super) fn new(
        method: Method,
        path: &'static str,
        operation: &'static str,
        policy: Policy,
    ) -> Self {
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
            responds_async: false,
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
