//! Reads the header lists by which callers say what they take: `Accept`, `Accept-Encoding`, `If-None-Match`.

use http::header::{ACCEPT, ACCEPT_ENCODING};
use http::{HeaderMap, StatusCode};
use tenon_kernel::ErrorKind;

use crate::Problem;

/// Ranges that JSON is in.
const JSON: &[&str] = &[
    "*/*",
    "application/json",
    "application/*",
    "application/problem+json",
    "application/*+json",
];
/// Ranges that a stream of events is in.
const EVENTS: &[&str] = &["*/*", "text/event-stream", "text/*"];

/// Ranges that a page is in.
const HTML: &[&str] = &["*/*", "text/html", "text/*"];

/// Refuses callers that take no JSON: 406.
pub(crate) fn require_json_accepted(headers: &HeaderMap) -> Result<(), Problem> {
    require(
        headers,
        JSON,
        "Answers are JSON; let `Accept` include `application/json`.",
    )
}

/// Refuses callers that take no stream of events: 406.
pub(crate) fn require_events_accepted(headers: &HeaderMap) -> Result<(), Problem> {
    require(
        headers,
        EVENTS,
        "The answer is a stream of events; let `Accept` include `text/event-stream`.",
    )
}

/// Refuses callers that take no pages: 406.
pub(crate) fn require_html_accepted(headers: &HeaderMap) -> Result<(), Problem> {
    require(
        headers,
        HTML,
        "The answer is a page; let `Accept` include `text/html`.",
    )
}

fn require(headers: &HeaderMap, known: &[&str], refusal: &str) -> Result<(), Problem> {
    let mut ranges = headers.get_all(ACCEPT).iter().peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    let takes = |range: &str| {
        let (essence, quality) = split_quality(range);
        let mut known = known.iter();
        quality && known.any(|known| essence.eq_ignore_ascii_case(known))
    };
    if ranges.any(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.split(',').any(takes))
    }) {
        return Ok(());
    }
    Err(
        Problem::new(ErrorKind::Malformed, "not_acceptable", refusal)
            .with_status(StatusCode::NOT_ACCEPTABLE),
    )
}

/// Says whether the caller takes gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value.split(',').any(|coding| {
                let (coding, quality) = split_quality(coding);
                quality && coding.eq_ignore_ascii_case("gzip")
            })
        })
}

/// Splits `name; q=0.5` into the name and whether its quality is more than zero.
fn split_quality(item: &str) -> (&str, bool) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let refused = parts.any(|parameter| {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        key.trim().eq_ignore_ascii_case("q")
            && value
                .trim()
                .parse::<f32>()
                .is_ok_and(|quality| quality <= 0.0)
    });
    (name, !refused)
}

/// Says whether a list of entity tags names this one, by weak comparison (RFC 9110 §8.8.3.2).
pub(crate) fn names_etag(list: &str, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|tag| opaque(tag) == opaque(etag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().expect("header text"));
        require_json_accepted(&headers).is_ok()
    }

    #[test]
    fn json_is_taken_unless_ruled_out() {
        assert!(require_json_accepted(&HeaderMap::new()).is_ok());
        for good in [
            "*/*",
            "application/json",
            "text/html, application/*;q=0.1",
            "application/problem+json",
            "APPLICATION/JSON",
        ] {
            assert!(accepts(good), "{good}");
        }
        for bad in [
            "text/html",
            "application/json;q=0",
            "application/xml, text/*",
            "application/json; q=0.0",
        ] {
            assert!(!accepts(bad), "{bad}");
        }
    }

    #[test]
    fn a_stream_is_taken_by_who_takes_it() {
        let accepts = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().expect("header text"));
            require_events_accepted(&headers).is_ok()
        };
        assert!(require_events_accepted(&HeaderMap::new()).is_ok());
        assert!(accepts("text/event-stream") && accepts("application/json, */*;q=0.1"));
        assert!(!accepts("application/json") && !accepts("text/html"));
    }

    #[test]
    fn entity_tags_are_compared_weakly() {
        assert!(names_etag("\"v1\", W/\"v2\"", "\"v2\""));
        assert!(names_etag("*", "\"v2\""));
        assert!(!names_etag("\"v1\"", "\"v2\""));
    }

    #[test]
    fn gzip_can_be_ruled_out() {
        let gzip = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, value.parse().expect("header text"));
            accepts_gzip(&headers)
        };
        assert!(gzip("br, gzip;q=0.8") && !gzip("br") && !gzip("gzip;q=0"));
    }
}
