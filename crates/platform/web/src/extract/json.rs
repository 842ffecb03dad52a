//! JSON bodies.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Segment;
use tenon_kernel::{ErrorKind, FieldError};

use super::objects::Objects;
use super::refusal::Refusal;
use super::scan::{Flaw, escape, inspect};
use super::{facts, invalid_request};
use crate::Problem;

/// A JSON body. Unknown members, wrong types, duplicate members and depth over 32 are refused with a pointer.
/// The type carries `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned> ApiJson<T> {
    /// Reads a body held as bytes, with the same rules.
    pub fn from_bytes(bytes: &[u8]) -> Result<T, Problem> {
        inspect(bytes).map_err(refuse_flaw)?;
        // A list would be read as the members of a struct in their order.
        if bytes.trim_ascii_start().starts_with(b"[") {
            let wrong = FieldError::new("", "wrong_type", "Expected an object.");
            return Err(invalid_request().with_fields(vec![wrong]));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value =
            serde_path_to_error::deserialize(Objects(&mut deserializer)).map_err(|error| {
                let pointer = pointer(error.path());
                if error.inner().is_syntax() && is_json_text(bytes) {
                    return refuse_kind(pointer);
                }
                refuse(error.inner(), pointer)
            })?;
        deserializer
            .end()
            .map_err(|error| refuse(&error, String::new()))?;
        Ok(value)
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        check_content_type(parts)?;
        Self::from_bytes(&facts(parts)?.body).map(Self)
    }
}

/// A body that may be left out altogether.
impl<S: Sync, T: DeserializeOwned> OptionalFromRequestParts<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if facts(parts)?.body.is_empty() {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}

/// Takes `application/json`, any `+json`, with or without UTF-8 said.
fn check_content_type(parts: &Parts) -> Result<(), Problem> {
    let mut values = parts.headers.get_all(CONTENT_TYPE).iter();
    let sent = values
        .next()
        .and_then(|value| value.to_str().ok())
        .filter(|_| values.next().is_none());
    if sent.is_some_and(is_json) {
        return Ok(());
    }
    let wanted = if parts.method == Method::PATCH {
        "application/merge-patch+json, application/json"
    } else {
        "application/json"
    };
    let detail = format!(
        "Send the body with `Content-Type: {}`.",
        wanted.split(',').next().unwrap_or(wanted)
    );
    Err(
        Problem::new(ErrorKind::Malformed, "unsupported_media_type", detail)
            .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
            .with_header(ACCEPT, HeaderValue::from_static(wanted)),
    )
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let json = essence == "application/json"
        || essence
            .strip_prefix("application/")
            .is_some_and(|subtype| subtype.len() > 5 && subtype.ends_with("+json"));
    json && parts.all(|parameter| {
        let parameter = parameter.to_ascii_lowercase();
        parameter
            .strip_prefix("charset=")
            .is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
    })
}

fn refuse_flaw(flaw: Flaw) -> Problem {
    let (pointer, code, detail) = match flaw {
        Flaw::TooDeep => (
            String::new(),
            "too_deep",
            "Objects and arrays are nested deeper than 32.",
        ),
        Flaw::Duplicate { pointer } => (pointer, "duplicate_member", "The member is there twice."),
        Flaw::NullCharacter { pointer } => (
            pointer,
            "null_character",
            "Text cannot hold the character U+0000.",
        ),
    };
    invalid_request().with_fields(vec![FieldError::new(pointer, code, detail)])
}

/// Whether it is JSON, whatever it says.
fn is_json_text(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// Where one of some texts is wanted, `serde_json` takes a number, a list or `true` for bad syntax.
fn refuse_kind(pointer: String) -> Problem {
    let detail = "Expected a text: one of those that are listed.";
    invalid_request().with_fields(vec![FieldError::new(pointer, "wrong_type", detail)])
}

fn refuse(error: &serde_json::Error, pointer: String) -> Problem {
    let (line, column) = (error.line(), error.column());
    if !error.is_data() {
        let detail = format!("The body is not JSON from line {line}, column {column} on.");
        return Problem::new(ErrorKind::Malformed, "malformed_json", detail)
            .with_extension("line", line)
            .with_extension("column", column);
    }
    let message = error.to_string();
    let message = message
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&message);
    let refusal = Refusal::from_message(message);
    // The path ends at the last member that was read: the unknown one itself, but the parent of a missing one.
    let pointer = match &refusal.member {
        Some(missing) if refusal.code == "missing_member" => {
            format!("{pointer}/{}", escape(missing))
        }
        Some(_) | None => pointer,
    };
    refusal.at(pointer)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&escape(key));
            }
            Segment::Unknown => break,
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Body {
        name: String,
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Line {
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Tea,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Choice {
        kinds: Vec<Kind>,
    }

    #[test]
    fn a_value_that_cannot_be_one_of_some_texts_is_named() {
        for wrong in ["1", "true", "[]", "null", "1.5"] {
            let text = format!("{{\"kinds\":[\"tea\",{wrong}]}}");
            let problem = ApiJson::<Choice>::from_bytes(text.as_bytes()).expect_err("refused");
            let field = problem.fields().first().expect("one");
            assert_eq!(
                (problem.code(), field.pointer.as_str(), field.code.as_str()),
                ("invalid_request", "/kinds/1", "wrong_type"),
                "{wrong}"
            );
        }
        let broken = ApiJson::<Choice>::from_bytes(b"{\"kinds\":[\"tea\",1}").expect_err("refused");
        assert_eq!(broken.code(), "malformed_json");
    }

    fn refused(text: &str) -> (&'static str, String, String) {
        let problem = ApiJson::<Body>::from_bytes(text.as_bytes()).expect_err("refused");
        let field = problem
            .fields()
            .first()
            .cloned()
            .unwrap_or_else(|| FieldError::new("-", "-", "-"));
        (problem.code(), field.pointer, field.code)
    }

    fn invalid(pointer: &str, code: &str) -> (&'static str, String, String) {
        ("invalid_request", pointer.to_owned(), code.to_owned())
    }

    #[test]
    fn wrong_members_are_named_by_pointer() {
        assert_eq!(
            refused(r#"{"name":"x","price":1}"#),
            invalid("/price", "unknown_member")
        );
        assert_eq!(
            refused(r#"{"name":"x","a/b":1}"#),
            invalid("/a~1b", "unknown_member")
        );
        assert_eq!(
            refused(r#"{"lines":[]}"#),
            invalid("/name", "missing_member")
        );
        assert_eq!(refused(r#"{"name":1}"#), invalid("/name", "wrong_type"));
        assert_eq!(
            refused(r#"{"name":"x","lines":[{"quantity":1},{"quantity":-1}]}"#),
            invalid("/lines/1/quantity", "invalid_value")
        );
        assert_eq!(
            refused(r#"{"name":"x","lines":[{"quantity":1,"gift":1}]}"#),
            invalid("/lines/0/gift", "unknown_member")
        );
        assert_eq!(
            refused(r#"{"name":"x","lines":[{}]}"#),
            invalid("/lines/0/quantity", "missing_member")
        );
        assert_eq!(
            refused(r#"{"name":"x","name":"y"}"#),
            invalid("/name", "duplicate_member")
        );
    }

    #[test]
    fn an_array_is_not_an_object_whose_members_have_no_names() {
        assert_eq!(refused("[]"), invalid("", "wrong_type"));
        assert_eq!(refused(r#"["x"]"#), invalid("", "wrong_type"));
        assert_eq!(
            refused(r#"{"name":"x","lines":[[1]]}"#),
            invalid("/lines/0", "wrong_type")
        );
    }

    #[test]
    fn text_that_is_not_json_is_told_where() {
        for text in [
            "",
            "{",
            "{\"name\":}",
            "{\"name\":\"x\"} x",
            "{\"name\":\"\u{1}\"}",
        ] {
            assert_eq!(refused(text).0, "malformed_json", "{text}");
        }
    }

    #[test]
    fn json_media_types_are_recognised() {
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/merge-patch+json",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "text/json",
            "application/xml",
            "application/+json",
            "application/json; charset=latin1",
            "",
            "application/jsonp",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
