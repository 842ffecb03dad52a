//! Server-Sent Events, made of pages: the edge asks the handler for one page after another and keeps the connection.
//!
//! A handler never holds a stream. It answers a [`StreamPage`] like any other request, here or in another process,
//! so a stream costs neither memory nor a database connection while its reader is slow or nothing happens.

mod driver;
mod places;

use std::fmt::{self, Write as _};
use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use tenon_kernel::{ErrorKind, FieldError};

pub(crate) use self::driver::{Opening, PATIENCE, open};
pub(crate) use self::places::Places;
use crate::{Preferences, Problem};

/// The media type of a stream.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";
/// Where a reader goes on, and where a page ends.
pub(crate) static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Bytes after which a page takes no further event: what a slow reader makes the edge hold is bounded by it.
const FULL: usize = 64 * 1024;

/// Marks an answer whose body goes on for long: its connection is in use as long as its reader takes something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lasting;

/// Where a page of a stream begins, and how long its handler may wait for something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFrom {
    /// The id of the last event that the reader has; `None` for a reader that begins.
    pub after: Option<String>,
    /// Zero at the beginning and as long as there is more.
    pub wait: Duration,
}

/// The next events of a stream; none if nothing happened.
#[derive(Debug)]
pub struct StreamPage {
    text: String,
    position: String,
}

impl StreamPage {
    /// A page without events: the next one begins after `position`.
    pub fn after(position: impl Into<String>) -> Self {
        Self {
            text: String::new(),
            position: position.into(),
        }
    }

    /// Adds an event; the next page begins after it. Returns whether there is room for another.
    ///
    /// # Errors
    ///
    /// A view that is not JSON.
    pub fn push<T: Serialize>(&mut self, id: String, view: &T) -> Result<bool, serde_json::Error> {
        // JSON on one line: the data of an event ends with the line.
        let data = serde_json::to_string(view)?;
        write!(self.text, "id: {id}\ndata: {data}\n\n").expect("a string takes everything");
        self.position = id;
        Ok(self.text.len() < FULL)
    }
}

impl IntoResponse for StreamPage {
    fn into_response(self) -> Response {
        let Ok(position) = HeaderValue::try_from(self.position) else {
            let bug = "the position of a stream is not header text";
            return Problem::new(ErrorKind::Internal, "internal", bug).into_response();
        };
        let mut response = Response::new(Body::from(self.text));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
        headers.insert(LAST_EVENT_ID.clone(), position);
        response
    }
}

impl<S: Sync> FromRequestParts<S> for StreamFrom {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(&LAST_EVENT_ID).iter();
        let value = values.next().filter(|value| !value.is_empty());
        let after = match (value.map(HeaderValue::to_str), values.next()) {
            (None, None) => None,
            (Some(Ok(text)), None) => Some(text.to_owned()),
            (_, Some(_)) | (Some(Err(_)), _) => {
                return Err(wrong_position("Expected one id of an event."));
            }
        };
        // The edge writes it, whatever the reader prefers.
        let wait = Preferences::of(&parts.headers).wait(PATIENCE);
        Ok(Self {
            after,
            wait: wait.unwrap_or_default(),
        })
    }
}

impl StreamFrom {
    /// Reads where to go on.
    ///
    /// # Errors
    ///
    /// 400 that names the header, if `read` makes nothing of it.
    pub fn position<T>(&self, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let read = self
            .after
            .as_deref()
            .map(|text| read(text).ok_or_else(|| wrong_position("There is no such event.")));
        read.transpose()
    }
}

fn wrong_position(detail: &str) -> Problem {
    let wrong = FieldError::new("Last-Event-ID:", "invalid_value", detail);
    Problem::new(
        ErrorKind::Malformed,
        "invalid_request",
        "Members of the request are wrong; `errors` names them.",
    )
    .with_fields(vec![wrong])
}

/// Why a stream ends, for its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ending(String);

impl fmt::Display for Ending {
    /// An event without an id: the reader goes on after the last one that had one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = serde_json::Value::from(self.0.as_str());
        write!(f, "event: end\ndata: {{\"reason\":{reason}}}\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_an_id_and_one_line_of_json() {
        let mut page = StreamPage::after("1");
        assert!(page.push("2".to_owned(), &"a\nb").expect("JSON"));
        assert_eq!(page.text, "id: 2\ndata: \"a\\nb\"\n\n");
        assert_eq!(page.position, "2");
    }

    #[test]
    fn a_page_is_full_at_some_size() {
        let mut page = StreamPage::after("1");
        assert!(!page.push("2".to_owned(), &"x".repeat(FULL)).expect("JSON"));
    }

    #[test]
    fn a_reason_is_told_as_json() {
        assert_eq!(
            Ending("stopping".to_owned()).to_string(),
            "event: end\ndata: {\"reason\":\"stopping\"}\n\n"
        );
    }
}
