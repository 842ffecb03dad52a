//! Form bodies.

use axum::extract::FromRequestParts;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use tenon_kernel::{ErrorKind, FieldError};

use super::{facts, invalid_request, query};
use crate::Problem;

const FORM: &str = "application/x-www-form-urlencoded";

/// A form body. Repeated members are refused, and unknown ones if the type says so; protocols such as OAuth want them
/// ignored (RFC 6749 §3.2).
#[derive(Debug)]
pub struct ApiForm<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for ApiForm<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(CONTENT_TYPE).iter();
        let sent = values.next().and_then(|value| value.to_str().ok());
        if values.next().is_some() || !sent.is_some_and(is_form) {
            let detail = format!("Send the body with `Content-Type: {FORM}`.");
            return Err(
                Problem::new(ErrorKind::Malformed, "unsupported_media_type", detail)
                    .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
                    .with_header(ACCEPT, HeaderValue::from_static(FORM)),
            );
        }
        let body = std::str::from_utf8(&facts(parts)?.body).map_err(|_| {
            let wrong = FieldError::new("", "malformed_text", "The form is not UTF-8.");
            invalid_request().with_fields(vec![wrong])
        })?;
        query::read(body, "/").map(Self)
    }
}

fn is_form(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let is_form = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case(FORM));
    is_form
        && parts.all(|parameter| {
            let parameter = parameter.to_ascii_lowercase();
            parameter.is_empty()
                || parameter
                    .strip_prefix("charset=")
                    .is_some_and(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_it_is() {
        assert!(is_form("application/x-www-form-urlencoded"));
        assert!(is_form("Application/X-WWW-Form-Urlencoded; charset=UTF-8"));
        assert!(
            !is_form("application/json")
                && !is_form("application/x-www-form-urlencoded; charset=latin1")
        );
    }
}
