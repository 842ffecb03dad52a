//! What handlers answer.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::{Cursor, ErrorKind, Page};

use crate::Problem;

/// Room for the handler's headers and those that the edge adds, so that the map grows once.
const HEADER_CAPACITY: usize = 16;

/// A successful answer. `304 Not Modified`, `Idempotent-Replayed` and the like are added by the edge.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Result<Bytes, String>,
    next_cursor: Option<String>,
}

/// A page of a list: `{data, next_cursor, has_more}`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct ListView<T> {
    /// At most `limit` items.
    pub data: Vec<T>,
    /// Send it back as `cursor` for the next page; null on the last page.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
}

/// Travels in the response's extensions; the edge, which knows the request, makes `Link: rel="next"` of it.
#[derive(Debug, Clone)]
pub(crate) struct NextCursor(pub(crate) String);

impl Reply {
    /// 200 with a body.
    pub fn ok<T: Serialize>(view: &T) -> Self {
        Self::json(StatusCode::OK, view)
    }

    /// 201 with a body and `Location`.
    pub fn created<T: Serialize>(location: impl Into<String>, view: &T) -> Self {
        Self::json(StatusCode::CREATED, view).header(LOCATION.as_str(), location)
    }

    /// 202 with a body.
    pub fn accepted<T: Serialize>(view: &T) -> Self {
        Self::json(StatusCode::ACCEPTED, view)
    }

    /// 204.
    pub fn no_content() -> Self {
        let headers = HeaderMap::with_capacity(HEADER_CAPACITY);
        Self {
            status: StatusCode::NO_CONTENT,
            headers,
            body: Ok(Bytes::new()),
            next_cursor: None,
        }
    }

    /// A page for people; text that came from elsewhere must have been escaped.
    pub fn html(status: StatusCode, page: String) -> Self {
        let mut reply = Self::json_bytes(Bytes::from(page));
        reply.status = status;
        reply.headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        reply
    }

    /// 303: the browser goes on with GET, whatever it sent (RFC 9110 §15.4.4).
    pub fn see_other(location: impl Into<String>) -> Self {
        let reply = Self {
            status: StatusCode::SEE_OTHER,
            ..Self::no_content()
        };
        reply.header(LOCATION.as_str(), location)
    }

    /// 200 without a body.
    pub fn empty() -> Self {
        Self {
            status: StatusCode::OK,
            ..Self::no_content()
        }
    }

    /// 200 with a page of a list and `Link: rel="next"`.
    pub fn page<T: Serialize>(page: Page<T>) -> Self {
        let next_cursor = page.next_cursor.map(|cursor| cursor.as_str().to_owned());
        let view = ListView {
            data: page.data,
            has_more: next_cursor.is_some(),
            next_cursor: next_cursor.clone(),
        };
        Self {
            next_cursor,
            ..Self::ok(&view)
        }
    }

    /// Adds `Link: rel="next"`, for lists whose view has members of its own.
    #[must_use]
    pub fn next_page(mut self, cursor: &Cursor) -> Self {
        self.next_cursor = Some(cursor.as_str().to_owned());
        self
    }

    /// 200 with bytes that are JSON already: cached views.
    pub fn json_bytes(bytes: Bytes) -> Self {
        let mut headers = HeaderMap::with_capacity(HEADER_CAPACITY);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            status: StatusCode::OK,
            headers,
            body: Ok(bytes),
            next_cursor: None,
        }
    }

    /// Adds `ETag: "v<version>"`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        let etag =
            HeaderValue::from_str(&format!("\"v{version}\"")).expect("digits are header text");
        self.headers.insert(ETAG, etag);
        self
    }

    /// Adds `Cache-Control`; `no-store` unless said.
    #[must_use]
    pub fn cache_control(mut self, value: &'static str) -> Self {
        self.headers
            .insert(CACHE_CONTROL, HeaderValue::from_static(value));
        self
    }

    /// Adds any header. A value that is not header text makes the answer a 500: it would be a bug of the handler.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        match (
            HeaderName::try_from(name),
            HeaderValue::try_from(value.into()),
        ) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            (Err(_), _) | (_, Err(_)) => {
                self.body = Err(format!("header {name} or its value is not header text"));
            }
        }
        self
    }

    fn json<T: Serialize>(status: StatusCode, view: &T) -> Self {
        let body = serde_json::to_vec(view)
            .map(Bytes::from)
            .map_err(|error| format!("the view is not JSON: {error}"));
        Self {
            status,
            body,
            ..Self::json_bytes(Bytes::new())
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let body = match self.body {
            Ok(body) => body,
            Err(bug) => return Problem::new(ErrorKind::Internal, "internal", bug).into_response(),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if let Some(cursor) = self.next_cursor {
            response.extensions_mut().insert(NextCursor(cursor));
        }
        response
    }
}
