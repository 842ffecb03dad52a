//! Problem documents (RFC 9457) with `code`, `retry`, `trace_id` and `errors[]`.

use std::error::Error;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use tenon_kernel::{ErrorKind, FieldError, Retry, ServiceError};
use tenon_seam::{SeamError, SeamFault};
use tenon_store::StoreError;

/// When to come back if nobody knows better.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);
/// Longest sentence repeated to a caller: their own input may be part of it.
const MAX_DETAIL: usize = 500;
/// Members that extensions cannot take.
const RESERVED: [&str; 11] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "trace_id",
    "retry",
    "retry_after_ms",
    "errors",
    "incident",
];

/// An answer that says what went wrong and what to do about it.
///
/// `instance` and `trace_id` are filled in by the edge.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: Option<String>,
    retry: Retry,
    retry_after: Option<Duration>,
    fields: Vec<FieldError>,
    extensions: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    incident: Option<String>,
    cause: Option<String>,
    oauth: Option<&'static str>,
}

/// What only the edge knows about a problem.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Occurrence<'a> {
    pub(crate) instance: Option<&'a str>,
    pub(crate) trace_id: Option<&'a str>,
}

/// The document as it is sent.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    type_: String,
    title: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    retry: Retry,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<&'a str>,
    #[serde(flatten)]
    extensions: &'a Map<String, Value>,
}

impl Problem {
    /// Makes a problem of its own: for extractors and handlers.
    pub fn new(kind: ErrorKind, code: &'static str, detail: impl Into<String>) -> Self {
        let status = status_of(kind);
        let detail = shortened(detail.into());
        // A 500 tells the caller nothing but its incident; the sentence goes to the log.
        let (detail, cause) = if kind == ErrorKind::Internal {
            (None, Some(detail))
        } else {
            (Some(detail), None)
        };
        Self(Box::new(Parts {
            status,
            code,
            detail,
            retry: default_retry(kind),
            retry_after: None,
            fields: Vec::new(),
            extensions: Map::new(),
            headers: Vec::new(),
            incident: None,
            cause,
            oauth: None,
        }))
    }

    /// Names the wrong members; modules say what is wrong as errors do, callers read sentences.
    #[must_use]
    pub fn with_fields(mut self, mut fields: Vec<FieldError>) -> Self {
        for field in &mut fields {
            field.detail = sentence(&field.detail);
        }
        self.0.fields = fields;
        self
    }

    /// Says what to do next, where it differs from the kind's own advice.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Says when to come back; sets `retry` to `after`.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry = Retry::After;
        self.0.retry_after = Some(after);
        self
    }

    /// Adds a public member of its own; the standard members cannot be replaced.
    #[must_use]
    pub fn with_extension(mut self, name: &str, value: impl Into<Value>) -> Self {
        if !RESERVED.contains(&name) {
            self.0.extensions.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Adds the current `ETag`: for 412.
    #[must_use]
    pub fn with_version(self, version: i64) -> Self {
        let etag =
            HeaderValue::from_str(&format!("\"v{version}\"")).expect("digits are header text");
        self.with_header(ETAG, etag)
    }

    /// Translates an error of a contract. The only place where an error becomes HTTP.
    pub fn from_error(error: &dyn ServiceError) -> Self {
        let kind = error.kind();
        let mut problem = Self::new(kind, error.code(), sentence(&error.to_string()))
            .with_retry(error.retry())
            .with_fields(error.fields());
        for (name, value) in error.extensions().unwrap_or_default() {
            problem = problem.with_extension(&name, value);
        }
        if problem.0.status.is_server_error() {
            problem.0.detail = None;
            problem.0.cause = Some(chain(error));
        }
        problem
    }

    /// Says what it is in the words of OAuth, where they are others than those that follow from the status.
    #[must_use]
    pub fn with_oauth_error(mut self, error: &'static str) -> Self {
        self.0.oauth = Some(error);
        self
    }

    /// Adds a header: challenges.
    #[must_use]
    pub fn with_challenge(self, challenge: &'static str) -> Self {
        self.with_header(
            http::header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        )
    }

    /// One or two sentences for people, if they may know.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable public code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The wrong members.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Answers with a status that no kind stands for: the ones of HTTP itself.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// Says it in other words, also where the status would say nothing.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(shortened(detail.into()));
        self
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// What the log says and the caller does not learn.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The name of the log line: the fault's own, or the trace.
    pub(crate) fn incident<'a>(&'a self, occurrence: Occurrence<'a>) -> Option<&'a str> {
        if self.0.status.is_server_error() {
            self.0.incident.as_deref().or(occurrence.trace_id)
        } else {
            None
        }
    }

    /// Writes the answer as OAuth clients read it (RFC 6749 §5.2).
    pub(crate) fn render_oauth(&self) -> Response {
        let mut response = self.render(Occurrence::default());
        let parts = &*self.0;
        let error = parts.oauth.unwrap_or(match parts.status.as_u16() {
            401 => "invalid_client",
            403 => "access_denied",
            429 | 503 => "temporarily_unavailable",
            500..=599 => "server_error",
            _ => "invalid_request",
        });
        let mut document =
            serde_json::json!({ "error": error, "error_uri": format!("/errors/{}", parts.code) });
        if parts.oauth.is_some() {
            // The words are those of the RFC, and explained there and in the guide.
            document
                .as_object_mut()
                .map(|members| members.remove("error_uri"));
        }
        let named = parts
            .fields
            .first()
            .map(|field| format!("{}: {}", field.pointer, field.detail));
        if let Some(detail) = named.as_deref().or(parts.detail.as_deref()) {
            document["error_description"] = oauth_text(detail).into();
        }
        *response.body_mut() = Body::from(without_markup(document.to_string().as_bytes()));
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }

    /// The document, for what tells later of something that went wrong; of which request it was nobody knows then.
    pub fn document(&self) -> Value {
        serde_json::to_value(self.document_of(Occurrence::default()))
            .expect("a problem is plain data")
    }

    fn retry_after(&self) -> Option<Duration> {
        let parts = &*self.0;
        (parts.retry == Retry::After).then(|| parts.retry_after.unwrap_or(DEFAULT_RETRY_AFTER))
    }

    fn document_of<'a>(&'a self, occurrence: Occurrence<'a>) -> Document<'a> {
        let parts = &*self.0;
        Document {
            type_: format!("/errors/{}", parts.code),
            title: title_of(parts.code),
            status: parts.status.as_u16(),
            detail: parts.detail.as_deref(),
            instance: occurrence.instance,
            code: parts.code,
            trace_id: occurrence.trace_id,
            retry: parts.retry,
            retry_after_ms: self
                .retry_after()
                .map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
            errors: &parts.fields,
            incident: self.incident(occurrence),
            extensions: &parts.extensions,
        }
    }

    /// Writes the answer.
    pub(crate) fn render(&self, occurrence: Occurrence<'_>) -> Response {
        let parts = &*self.0;
        let document = self.document_of(occurrence);
        let body = serde_json::to_vec(&document).expect("a problem is plain data");

        let mut response = Response::new(Body::from(without_markup(&body)));
        *response.status_mut() = parts.status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(after) = self.retry_after() {
            headers.insert(
                RETRY_AFTER,
                HeaderValue::from(after.as_millis().div_ceil(1_000).min(86_400) as u32),
            );
        }
        for (name, value) in &parts.headers {
            headers.append(name, value.clone());
        }
        response
    }
}

/// Writes `<` and `>` as JSON may: a problem repeats what its caller sent, and that is no markup to anybody, whatever they take
/// the document for. In JSON both stand in strings only.
fn without_markup(json: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(json.len());
    for byte in json {
        match byte {
            b'<' => written.extend_from_slice(b"\\u003c"),
            b'>' => written.extend_from_slice(b"\\u003e"),
            other => written.push(*other),
        }
    }
    written
}

impl<E: ServiceError> From<SeamError<E>> for Problem {
    fn from(error: SeamError<E>) -> Self {
        match error {
            SeamError::Domain(error) => Self::from_error(&error),
            SeamError::Seam(fault) => fault.into(),
        }
    }
}

impl From<SeamFault> for Problem {
    fn from(fault: SeamFault) -> Self {
        let mut problem = Self::from_error(&fault);
        problem.0.retry_after = fault.retry_after();
        if let SeamFault::Internal { incident } = &fault {
            problem.0.incident = Some(incident.clone());
        }
        problem
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        SeamFault::from(error).into()
    }
}

/// The edge finds the problem in the response's extensions and writes it again with what it knows.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.render(Occurrence::default());
        response.extensions_mut().insert(self);
        response
    }
}

/// Leaves what a description may hold (RFC 6749 §5.2): visible ASCII and spaces without `"` and `\\`.
fn oauth_text(text: &str) -> String {
    let keeps = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    text.chars()
        .map(|c| if keeps(c) { c } else { '\'' })
        .collect()
}

fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Malformed => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Gone => StatusCode::GONE,
        ErrorKind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn default_retry(kind: ErrorKind) -> Retry {
    match kind {
        ErrorKind::Unavailable | ErrorKind::RateLimited => Retry::After,
        ErrorKind::Internal => Retry::SameKey,
        ErrorKind::Malformed
        | ErrorKind::Unauthenticated
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Gone
        | ErrorKind::PreconditionFailed
        | ErrorKind::Invalid => Retry::Never,
    }
}

/// `orders.out_of_stock` is titled "Out of stock": one title for each type, as RFC 9457 asks.
fn title_of(code: &str) -> String {
    let words = code.rsplit('.').next().unwrap_or(code).replace('_', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Makes a sentence of an error message.
pub(crate) fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let mut text: String = characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    });
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn shortened(mut text: String) -> String {
    if text.len() > MAX_DETAIL {
        let end = text.floor_char_boundary(MAX_DETAIL);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_written_so_that_only_json_reads_it() {
        let json = "{\"detail\":\"<b>\u{e9}</b>\"}".as_bytes();
        let written = without_markup(json);
        assert!(!written.contains(&b'<') && !written.contains(&b'>'));
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
        assert_eq!(read(&written), read(json));
    }

    #[test]
    fn titles_follow_codes() {
        assert_eq!(title_of("orders.out_of_stock"), "Out of stock");
        assert_eq!(title_of("invalid_request"), "Invalid request");
    }

    #[test]
    fn what_is_wrong_with_a_member_is_a_sentence_whoever_says_it() {
        let details = ["expected at most 500 characters", "Expected an object."];
        let fields = details.map(|detail| FieldError::new("/note", "invalid_text", detail));
        let problem = Problem::new(ErrorKind::Invalid, "invalid_request", "Wrong.");
        let problem = problem.with_fields(fields.to_vec());
        let details: Vec<&str> = problem
            .fields()
            .iter()
            .map(|it| it.detail.as_str())
            .collect();
        assert_eq!(
            details,
            ["Expected at most 500 characters.", "Expected an object."]
        );
    }

    #[test]
    fn a_long_detail_is_cut_between_characters() {
        let problem = Problem::new(ErrorKind::Malformed, "invalid_request", "é".repeat(400));
        assert!(
            problem
                .0
                .detail
                .is_some_and(|detail| detail.len() <= MAX_DETAIL + "…".len())
        );
    }
}
