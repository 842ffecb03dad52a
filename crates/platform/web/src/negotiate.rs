//! Reads the header lists by which callers say what they take: `Accept`, `Accept-Encoding`, `If-None-Match`.

use http::header::{ACCEPT, ACCEPT_ENCODING};
use http::{HeaderMap, StatusCode};
use tenon_kernel::ErrorKind;

use crate::Problem;

/// Refuses callers that take no JSON: 406.
pub(crate) fn require_json_accepted(headers: &HeaderMap) -> Result<(), Problem> {
    let mut ranges = headers.get_all(ACCEPT).iter().peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    if ranges.any(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.split(',').any(takes_json))
    }) {
        return Ok(());
    }
    Err(Problem::new(
        ErrorKind::Malformed,
        "not_acceptable",
        "Answers are JSON; let `Accept` include `application/json`.",
    )
    .with_status(StatusCode::NOT_ACCEPTABLE))
}

fn takes_json(range: &str) -> bool {
    let (essence, quality) = split_quality(range);
    let known = [
        "*/*",
        "application/json",
        "application/*",
        "application/problem+json",
        "application/*+json",
    ];
    quality
        && known
            .iter()
            .any(|known| essence.eq_ignore_ascii_case(known))
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
