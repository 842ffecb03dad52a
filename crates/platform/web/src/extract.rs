//! What handlers take. Each extractor answers bad input with a problem that names the member.

mod form;
mod json;
mod objects;
mod path;
mod query;
mod refusal;
mod scan;
mod text;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use bytes::Bytes;
use http::header::{COOKIE, IF_MATCH};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use tenon_access::Credential;
use tenon_kernel::{CallCtx, Cursor, Emitted, ErrorKind, FieldError, PageRequest};

use crate::{Expand, Problem};

pub use self::form::ApiForm;
pub use self::json::ApiJson;
pub use self::path::ApiPath;
pub(crate) use self::path::{PathParams, decode_params};
pub use self::query::ApiQuery;
pub(crate) use self::query::{refuse_unexpected, take_member};

/// Reads the name of a member of the query as it was meant.
pub(crate) fn decode_name(written: &str) -> Option<std::borrow::Cow<'_, str>> {
    text::decode(written, true)
}

/// Items of a page unless the caller says otherwise.
pub(crate) const DEFAULT_LIMIT: u32 = 50;
/// Most items of a page.
pub(crate) const MAX_LIMIT: u32 = 200;

/// What the edge found out about a request; extractors read it from the request's extensions.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) ctx: CallCtx,
    pub(crate) params: PathParams,
    pub(crate) body: Bytes,
    pub(crate) client: Option<IpAddr>,
    pub(crate) credential: Credential,
    /// Events that a read must show the effects of.
    pub(crate) seen: Vec<Emitted>,
    pub(crate) expand: Expand,
}

/// The call context made by the edge: trace, deadline, principal, idempotency scope.
#[derive(Debug)]
pub struct Ctx(pub CallCtx);

/// The version in `If-Match: "v17"`; 428 without the header, 400 if it cannot be read.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub i64);

/// The bytes of the body as they came, for signatures.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

/// The address the request came from, believing configured proxies only; `None` without a socket.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

/// The cookie that the endpoint has declared; `None` if the browser has sent none, or two.
pub struct ApiCookie(pub Option<String>);

/// Names no value: it is a secret.
impl std::fmt::Debug for ApiCookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiCookie(..)")
    }
}

/// A secret in a header of its own, for example `Cart-Token`; `None` if absent. Read it with [`BearerSecret::header`].
pub struct BearerSecret(HeaderMap);

impl BearerSecret {
    /// Returns the value of header `name`, if it is there and visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }
}

/// Names no value: they are secrets.
impl std::fmt::Debug for BearerSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BearerSecret(..)")
    }
}

/// Reads `limit` (1 to 200, 50 if absent) and `cursor` of a list endpoint's query type.
pub fn page_request(limit: Option<u32>, cursor: Option<String>) -> Result<PageRequest, Problem> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let wrong = FieldError::new(
            "?limit",
            "out_of_range",
            format!("`limit` goes from 1 to {MAX_LIMIT}."),
        );
        return Err(invalid_request().with_fields(vec![wrong]));
    }
    Ok(PageRequest {
        limit,
        cursor: cursor.map(Cursor::from_text),
    })
}

/// The problem of every request that can be read but is not what the operation takes.
fn invalid_request() -> Problem {
    Problem::new(
        ErrorKind::Malformed,
        "invalid_request",
        "Members of the request are wrong; `errors` names them.",
    )
}

pub(crate) fn facts(parts: &Parts) -> Result<&Facts, Problem> {
    parts
        .extensions
        .get::<Arc<Facts>>()
        .map(|facts| &**facts)
        .ok_or_else(|| {
            Problem::new(
                ErrorKind::Internal,
                "internal",
                "an extractor was used outside the edge",
            )
        })
}

impl<S: Sync> FromRequestParts<S> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(facts(parts)?.ctx.child()))
    }
}

impl<S: Sync> FromRequestParts<S> for RawBody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(facts(parts)?.body.clone()))
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(facts(parts)?.client))
    }
}

impl<S: Sync> FromRequestParts<S> for BearerSecret {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.headers.clone()))
    }
}

impl<S: Sync> FromRequestParts<S> for ApiCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pair = parts
            .headers
            .get(COOKIE)
            .and_then(|pair| pair.to_str().ok());
        let value = pair.and_then(|pair| pair.split_once('='));
        Ok(Self(value.map(|(_, value)| value.to_owned())))
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read_if_match(&parts.headers).map(Self)
    }
}

/// Reads the one version that a command is meant for.
pub(crate) fn read_if_match(headers: &HeaderMap) -> Result<i64, Problem> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else {
        let detail = "Send the `ETag` of what you are changing in `If-Match`.";
        return Err(
            Problem::new(ErrorKind::Malformed, "precondition_required", detail)
                .with_status(StatusCode::PRECONDITION_REQUIRED),
        );
    };
    let version = value
        .to_str()
        .ok()
        .filter(|_| values.next().is_none())
        .and_then(|text| text.trim().strip_prefix("\"v")?.strip_suffix('"'))
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok());
    version.ok_or_else(|| {
        let wrong = FieldError::new(
            "If-Match:",
            "invalid_value",
            "Expected one strong entity tag such as \"v17\".",
        );
        invalid_request().with_fields(vec![wrong])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_takes_one_strong_version() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_MATCH, value.parse().expect("header text"));
            read_if_match(&headers).map_err(|problem| problem.status().as_u16())
        };
        assert_eq!(read("\"v17\""), Ok(17));
        for bad in [
            "*",
            "W/\"v17\"",
            "\"17\"",
            "\"v-1\"",
            "\"v+1\"",
            "\"v1\", \"v2\"",
            "\"v99999999999999999999\"",
        ] {
            assert_eq!(read(bad), Err(400), "{bad}");
        }
        assert_eq!(
            read_if_match(&HeaderMap::new()).map_err(|problem| problem.status().as_u16()),
            Err(428)
        );
    }

    #[test]
    fn pages_are_bounded() {
        assert_eq!(
            page_request(None, None).map(|page| page.limit).ok(),
            Some(50)
        );
        assert_eq!(
            page_request(Some(200), None).map(|page| page.limit).ok(),
            Some(200)
        );
        assert!(page_request(Some(0), None).is_err());
        assert!(page_request(Some(201), None).is_err());
    }
}
