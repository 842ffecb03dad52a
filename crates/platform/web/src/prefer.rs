//! `Prefer` (RFC 7240): what a caller would like of an answer, and what of it was done.
//!
//! A preference decides what is said, never what is done: it is no part of what an idempotency key stands for, and the
//! outcome that is kept under a key is whole.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tenon_kernel::{ErrorKind, FieldError};

use crate::endpoint::Shape;
use crate::{EndpointBuilder, Problem};

/// The header of requests.
pub(crate) static PREFER: HeaderName = HeaderName::from_static("prefer");
/// The header of answers.
pub(crate) static PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// The preference of whoever does not want to wait for the work.
const RESPOND_ASYNC: &str = "respond-async";
/// Most preferences that are looked at.
const MAX_PREFERENCES: usize = 16;
/// Longest name that a refusal repeats.
const MAX_SHOWN: usize = 40;

/// What a request prefers. Whoever does not know a preference leaves it alone, and nothing about it can be wrong, unless
/// the caller asks for that with `handling=strict`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Names in lower case with their values; of each name the first counts.
    wanted: Vec<(String, String)>,
    is_malformed: bool,
}

/// How much a caller wants to hear of what it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    Minimal,
    Representation,
}

impl Preferences {
    /// Reads all lines of the header.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut read = Self::default();
        for line in headers.get_all(&PREFER) {
            match line.to_str() {
                Ok(line) => split(line, ',').for_each(|one| read.add(one)),
                Err(_) => read.is_malformed = true,
            }
        }
        read
    }

    fn add(&mut self, text: &str) {
        if text.trim().is_empty() {
            return; // a list may have empty elements (RFC 9110 §5.6.1)
        }
        // Parameters belong to preferences that define some; none of ours does.
        let preference = split(text, ';').next().unwrap_or_default();
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        let (name, value) = (name.trim(), word(value.trim()));
        match value {
            Some(value) if is_token(name) && self.wanted.len() < MAX_PREFERENCES => {
                let name = name.to_ascii_lowercase();
                if self.get(&name).is_none() {
                    self.wanted.push((name, value));
                }
            }
            _ => self.is_malformed = true,
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.wanted.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// How long the caller would like to wait for something to happen, bounded; `None` if it does not say so.
    pub fn wait(&self, at_most: Duration) -> Option<Duration> {
        let seconds = self.get("wait")?;
        let is_number = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
        // A number that no integer holds is as long as any.
        let seconds = is_number.then(|| seconds.parse().unwrap_or(u64::MAX))?;
        Some(Duration::from_secs(seconds).min(at_most))
    }

    /// Whether the caller would rather be answered before the work is done (RFC 7240 §4.1).
    pub fn responds_async(&self) -> bool {
        self.get(RESPOND_ASYNC) == Some("")
    }

    fn wants(&self) -> Option<Return> {
        match self.get("return")? {
            "minimal" => Some(Return::Minimal),
            "representation" => Some(Return::Representation),
            _ => None,
        }
    }

    fn is_strict(&self) -> bool {
        self.get("handling") == Some("strict")
    }

    /// Refuses what the operation does not know, if the caller asks for that.
    pub(crate) fn check(&self, shape: &Shape) -> Result<(), Problem> {
        if !self.is_strict() {
            return Ok(());
        }
        if self.is_malformed {
            return Err(refused("invalid_value", "A preference cannot be read."));
        }
        for (name, value) in &self.wanted {
            let (is_known, is_understood) = match name.as_str() {
                "handling" => (true, true),
                "return" => (shape.takes_return(), self.wants().is_some()),
                RESPOND_ASYNC => (shape.responds_async, self.responds_async()),
                "wait" => (
                    shape.longest_wait.is_some(),
                    self.wait(Duration::MAX).is_some(),
                ),
                _ => (false, false),
            };
            let shown = name.get(..MAX_SHOWN).unwrap_or(name);
            if !is_known {
                let detail = format!("The operation does not know the preference `{shown}`.");
                return Err(refused("unknown_value", detail));
            }
            if !is_understood {
                let shown_value = if is_token(value) && value.len() <= MAX_SHOWN {
                    format!(" `{value}`")
                } else {
                    String::new()
                };
                let detail = format!("The preference `{shown}` has no value{shown_value}.");
                return Err(refused("unknown_value", detail));
            }
        }
        Ok(())
    }

    /// Does what can be done about a successful answer, and says so in `Preference-Applied`.
    pub(crate) fn apply(&self, shape: &Shape, response: &mut Response) {
        if !response.status().is_success() {
            return;
        }
        let mut applied = Vec::new();
        if let Some(wait) = shape.longest_wait.and_then(|most| self.wait(most)) {
            applied.push(format!("wait={}", wait.as_secs()));
        }
        let is_accepted = response.status() == StatusCode::ACCEPTED;
        if shape.responds_async && self.responds_async() && is_accepted {
            applied.push(RESPOND_ASYNC.to_owned());
        }
        let wants = self.wants().filter(|_| shape.takes_return());
        match wants {
            Some(Return::Minimal) => {
                without_body(response);
                applied.push("return=minimal".to_owned());
            }
            Some(Return::Representation) if response.status() != StatusCode::NO_CONTENT => {
                applied.push("return=representation".to_owned());
            }
            Some(Return::Representation) | None => {}
        }
        if self.is_strict() {
            applied.push("handling=strict".to_owned());
        }
        if !applied.is_empty() {
            let applied = HeaderValue::try_from(applied.join(", "));
            response.headers_mut().insert(
                PREFERENCE_APPLIED.clone(),
                applied.expect("names and digits are header text"),
            );
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Preferences {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl EndpointBuilder {
    /// Takes `Prefer: wait=n`: the handler may let the caller wait so long for something to happen.
    pub fn waits(mut self, at_most: Duration) -> Self {
        self.shape.longest_wait = Some(at_most);
        self.deadline(at_most + Duration::from_secs(10))
    }

    /// Takes `Prefer: respond-async`: the handler answers 202 with the operation that goes on, and does so by itself where
    /// there is much to do.
    pub fn responds_async(mut self) -> Self {
        self.shape.responds_async = true;
        self
    }

    /// The answer holds what nobody can ask for again, a secret for example: it is sent whatever the caller prefers.
    pub fn shown_once(mut self) -> Self {
        self.shape.is_shown_once = true;
        self
    }
}

impl Shape {
    /// Whether `Prefer: return=minimal` may leave out the answer: it says what a command has made of a thing, and the
    /// headers say where the thing is or which version of it.
    pub(crate) fn takes_return(&self) -> bool {
        let mut answers = self.answers.iter();
        self.method != Method::GET
            && self.path.starts_with("/v1/")
            && !self.is_shown_once
            && !self.answers_html
            && answers.any(|answer| {
                answer.schema.is_some() && (answer.has_location || self.needs_if_match)
            })
    }

    /// What it takes in `Prefer`, for documents.
    pub(crate) fn preferences(&self) -> Vec<&'static str> {
        let mut known = Vec::new();
        if self.takes_return() {
            known.push("return");
        }
        if self.longest_wait.is_some() {
            known.push("wait");
        }
        if self.responds_async {
            known.push(RESPOND_ASYNC);
        }
        known
    }
}

/// The same answer for whoever wants to know no more than that it was done.
fn without_body(response: &mut Response) {
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    *response.body_mut() = Body::empty();
    response.headers_mut().remove(CONTENT_TYPE);
    response.headers_mut().remove(CONTENT_LENGTH);
}

/// Splits a list at a mark, leaving quoted strings whole.
fn split(text: &str, mark: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |character| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        match character {
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            other => return other == mark && !is_quoted,
        }
        false
    })
}

/// A token or a quoted string; nothing is a value, too, and the same as an empty one.
fn word(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('"') else {
        return (text.is_empty() || is_token(text)).then(|| text.to_owned());
    };
    let mut value = String::new();
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => return rest.as_str().is_empty().then_some(value),
            '\\' => value.push(rest.next()?),
            other => value.push(other),
        }
    }
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_letter)
}

fn refused(code: &str, detail: impl Into<String>) -> Problem {
    Problem::new(
        ErrorKind::Malformed,
        "invalid_request",
        "Members of the request are wrong; `errors` names them.",
    )
    .with_fields(vec![FieldError::new("Prefer:", code, detail)])
}

#[cfg(test)]
mod tests {
    use tenon_access::Policy;

    use super::*;
    use crate::Endpoint;

    fn preferring(lines: &[&str]) -> Preferences {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_bytes()).expect("header text");
            headers.append(&PREFER, line);
        }
        Preferences::of(&headers)
    }

    const MOST: Duration = Duration::from_secs(20);

    #[test]
    fn waiting_is_bounded_and_what_is_no_number_is_left_alone() {
        let wait = |line: &str| preferring(&[line]).wait(MOST).map(|wait| wait.as_secs());
        assert_eq!(wait("wait=5"), Some(5));
        assert_eq!(
            wait("return=minimal, WAIT = \"600\"; why=\"a, b\""),
            Some(20)
        );
        assert_eq!(wait("wait=99999999999999999999999"), Some(20));
        for other in [
            "",
            "respond-async",
            "wait",
            "wait=",
            "wait=-1",
            "wait=+1",
            "wait=soon",
            "wait=1.5",
        ] {
            assert_eq!(wait(other), None, "{other}");
        }
    }

    #[test]
    fn to_be_answered_early_has_no_value() {
        assert!(preferring(&["wait=1, Respond-Async"]).responds_async());
        for other in ["", "wait=1", "respond-async=1", "respond-asynch"] {
            assert!(!preferring(&[other]).responds_async(), "{other}");
        }
    }

    #[test]
    fn an_endpoint_says_that_it_answers_early() {
        let plain = Endpoint::put("/v1/pots", "set_pots", Policy::Public);
        let early = Endpoint::put("/v1/pots", "set_pots", Policy::Public).responds_async();
        assert_eq!(early.shape.preferences(), ["respond-async"]);
        let takes = |asked: &EndpointBuilder, line: &str| {
            let line = format!("handling=strict, {line}");
            preferring(&[&line]).check(&asked.shape).is_ok()
        };
        assert!(takes(&early, "respond-async"));
        assert!(!takes(&early, "respond-async=1") && !takes(&plain, "respond-async"));
    }

    #[test]
    fn of_each_preference_the_first_counts_on_whatever_line() {
        let both = preferring(&["return=minimal;a=b", "return=representation, wait=3"]);
        assert_eq!(both.wants(), Some(Return::Minimal));
        assert_eq!(both.wait(MOST), Some(Duration::from_secs(3)));
        assert_eq!(preferring(&["return=less"]).wants(), None);
        assert!(!both.is_malformed);
    }

    #[test]
    fn what_cannot_be_read_takes_nothing_else_away() {
        for broken in [
            "<b>", "=", "a b", "x=\"open", "x=\"a\"b", "x=<b>", "\u{e9}=1",
        ] {
            let read = preferring(&[&format!("wait=1, {broken}")]);
            assert!(read.is_malformed, "{broken}");
            assert_eq!(read.wait(MOST).is_some(), broken.is_ascii(), "{broken}");
        }
        let many = vec!["a"; 200].join("=1,");
        assert!(preferring(&[&many]).wanted.len() <= MAX_PREFERENCES);
        assert!(!preferring(&[", ,wait=1,"]).is_malformed);
    }
}
