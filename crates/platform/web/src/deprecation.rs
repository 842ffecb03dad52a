//! Deprecation for each caller: whoever uses a part of the API that will go is told so, and nobody else is.
//!
//! An endpoint says which of its parts are deprecated. Its handler is wrapped where the module runs, so the headers are
//! the same in every topology: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and links to the page that explains both.

mod day;
mod member;
mod page;

use std::fmt;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::LINK;
use http::{HeaderName, HeaderValue};
use http_body_util::BodyExt as _;
use prometheus::{IntCounterVec, register_int_counter_vec};
use tenon_access::Credential;
use tenon_kernel::Timestamp;

use self::day::Day;
use crate::extract::{Facts, decode_name};
use crate::{Endpoint, EndpointBuilder, Problem};

pub(crate) use self::page::page;

/// Where the page is.
pub(crate) const PAGE: &str = "/deprecations";

static DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
static SUNSET: HeaderName = HeaderName::from_static("sunset");

static USES: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_deprecated_uses_total",
        "Requests that used a deprecated part of the API and were not refused.",
        &["part"]
    )
    .expect("the metric is registered once")
});

/// Since when a part is deprecated, until when it certainly stays, and what replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deprecation {
    since: Day,
    sunset: Day,
    successor: &'static str,
}

/// A part of an operation that is deprecated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeprecatedPart {
    pub(crate) operation: &'static str,
    pub(crate) part: Part,
    pub(crate) terms: Deprecation,
}

/// Which part of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Operation,
    /// A member of the query.
    Query(&'static str),
    /// A member of the request body, by JSON pointer; `*` stands for each item of an array.
    RequestMember(&'static str),
    /// A member of the answer, likewise.
    AnswerMember(&'static str),
}

/// Writes down who used what.
#[async_trait]
pub trait NoteUse: Send + Sync + 'static {
    /// A request with this credential has used the part, and was not refused.
    async fn note(&self, part: &DeprecatedPart, credential: &Credential);
}

impl Deprecation {
    /// Says it with dates such as `2026-12-01`; `successor` is one sentence with what to use instead, in Markdown.
    ///
    /// # Panics
    ///
    /// If a date is none, or the sunset is less than six months later: in a constant this does not compile.
    pub const fn new(since: &str, sunset: &str, successor: &'static str) -> Self {
        let (since, sunset) = (Day::parse(since), Day::parse(sunset));
        assert!(
            sunset.is_from_six_months_after(since),
            "what is deprecated stays for six months"
        );
        Self {
            since,
            sunset,
            successor,
        }
    }

    /// Sentences for people.
    pub(crate) fn sentences(self) -> String {
        let (since, sunset) = (self.since, self.sunset);
        let successor = self.successor;
        format!("Deprecated since {since}; may go after {sunset}. {successor}")
    }
}

impl DeprecatedPart {
    /// `list_products?q`; also the anchor on the page.
    pub fn name(&self) -> String {
        self.to_string()
    }

    /// Since when.
    pub fn since(&self) -> Timestamp {
        self.terms.since.begins_at()
    }

    /// Until when it stays.
    pub fn sunset(&self) -> Timestamp {
        self.terms.sunset.begins_at()
    }

    /// What to use instead.
    pub fn successor(&self) -> &'static str {
        self.terms.successor
    }
}

/// `cancel_checkout`, `list_products?q`, `start_checkout request/note`, `get_order answer/total`.
impl fmt::Display for DeprecatedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        match self.part {
            Part::Operation => Ok(()),
            Part::Query(name) => write!(f, "?{name}"),
            Part::RequestMember(pointer) => write!(f, " request{pointer}"),
            Part::AnswerMember(pointer) => write!(f, " answer{pointer}"),
        }
    }
}

impl EndpointBuilder {
    /// The whole operation is deprecated.
    pub fn deprecated(self, terms: Deprecation) -> Self {
        self.deprecated_part(Part::Operation, terms)
    }

    /// A member of the query is deprecated.
    pub fn deprecated_query(self, name: &'static str, terms: Deprecation) -> Self {
        self.deprecated_part(Part::Query(name), terms)
    }

    /// A member of the request body is deprecated; `*` in the pointer stands for each item of an array.
    pub fn deprecated_request_member(self, pointer: &'static str, terms: Deprecation) -> Self {
        self.deprecated_part(Part::RequestMember(pointer), terms)
    }

    /// A member of the answer is deprecated; whoever gets it has used it.
    pub fn deprecated_answer_member(self, pointer: &'static str, terms: Deprecation) -> Self {
        self.deprecated_part(Part::AnswerMember(pointer), terms)
    }
}

impl Endpoint {
    /// Its deprecated parts.
    pub fn deprecations(&self) -> &[DeprecatedPart] {
        &self.shape.deprecations
    }

    /// The same operation, which tells callers which deprecated parts they use, and `notes` who they are.
    #[must_use]
    pub fn telling_deprecations(self, notes: Arc<dyn NoteUse>) -> Self {
        if self.deprecations().is_empty() {
            return self;
        }
        let parts: Arc<[DeprecatedPart]> = self.deprecations().into();
        let inner = self.clone();
        self.with_handler(Arc::new(move |request| {
            let (parts, notes, inner) = (Arc::clone(&parts), Arc::clone(&notes), inner.clone());
            Box::pin(async move { tell(&inner, &parts, &*notes, request).await })
        }))
    }
}

async fn tell(
    inner: &Endpoint,
    parts: &[DeprecatedPart],
    notes: &dyn NoteUse,
    request: Request,
) -> Response {
    let facts = request.extensions().get::<Arc<Facts>>().map(Arc::clone);
    let query = request.uri().query().unwrap_or_default();
    let body = facts.as_ref().map(|facts| &facts.body[..]);
    let mut used: Vec<_> = parts
        .iter()
        .filter(|it| it.is_asked_for(query, body.unwrap_or_default()))
        .collect();
    let mut response = inner.call(request).await;
    let answered: Vec<_> = parts.iter().filter(|it| it.is_answer()).collect();
    if !answered.is_empty() && response.status().is_success() {
        let answer;
        (response, answer) = read_answer(response).await;
        used.extend(answered.into_iter().filter(|it| it.is_answered(&answer)));
    }
    if used.is_empty() {
        return response;
    }
    // Who is only ever refused has no use of it, and strangers are no callers.
    let status = response.status();
    if status.is_success() || status.is_redirection() {
        let credential = facts.map(|facts| facts.credential.clone());
        let credential = credential.unwrap_or_default();
        for part in &used {
            USES.with_label_values(&[&part.name()]).inc();
            notes.note(part, &credential).await;
        }
    }
    decorate(response, &used)
}

/// Reads an answer that is there as a whole, and gives it back.
async fn read_answer(response: Response) -> (Response, serde_json::Value) {
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else {
        let bug = Problem::new(
            tenon_kernel::ErrorKind::Internal,
            "internal",
            "the answer could not be read",
        );
        return (
            axum::response::IntoResponse::into_response(bug),
            serde_json::Value::Null,
        );
    };
    let bytes = body.to_bytes();
    let answer = serde_json::from_slice(&bytes).unwrap_or_default();
    (Response::from_parts(parts, Body::from(bytes)), answer)
}

/// Adds the headers, of several parts those of the one that goes first.
fn decorate(mut response: Response, used: &[&DeprecatedPart]) -> Response {
    let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
    let mut add = |name: &HeaderName, value: String| {
        let value = HeaderValue::try_from(value).expect("dates and names are header text");
        headers.push((name.clone(), value));
    };
    if let Some(since) = used.iter().map(|it| it.terms.since).min() {
        add(
            &DEPRECATION,
            format!("@{}", since.begins_at().as_unix_seconds()),
        );
    }
    if let Some(sunset) = used.iter().map(|it| it.terms.sunset).min() {
        add(&SUNSET, sunset.http_date());
    }
    for part in used {
        let anchor = page::anchor(part);
        for relation in ["deprecation", "sunset"] {
            let link = format!("<{PAGE}#{anchor}>; rel=\"{relation}\"; type=\"text/html\"");
            add(&LINK, link);
        }
    }
    // The edge writes a problem anew, from what the extension says.
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let problem = headers
            .into_iter()
            .fold(problem, |it, (name, value)| it.with_header(name, value));
        return axum::response::IntoResponse::into_response(problem);
    }
    for (name, value) in headers {
        response.headers_mut().append(name, value);
    }
    response
}

impl DeprecatedPart {
    fn is_answer(&self) -> bool {
        matches!(self.part, Part::AnswerMember(_))
    }

    /// Says whether a request uses it.
    fn is_asked_for(&self, query: &str, body: &[u8]) -> bool {
        match self.part {
            Part::Operation => true,
            Part::Query(name) => query.split('&').any(|pair| {
                let written = pair.split('=').next().unwrap_or_default();
                decode_name(written).is_some_and(|written| written == name)
            }),
            Part::RequestMember(pointer) => {
                serde_json::from_slice(body).is_ok_and(|body| member::is_there(&body, pointer))
            }
            Part::AnswerMember(_) => false,
        }
    }

    /// Says whether an answer has it.
    fn is_answered(&self, answer: &serde_json::Value) -> bool {
        matches!(self.part, Part::AnswerMember(pointer) if member::is_there(answer, pointer))
    }
}
