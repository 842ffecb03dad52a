//! The problems an operation can answer with: its own and those of the platform.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use crate::KeyRule;
use crate::endpoint::Shape;

/// A status that the platform answers with: component name, sentence, codes.
struct Platform {
    status: u16,
    name: &'static str,
    description: &'static str,
    codes: &'static [&'static str],
    applies: fn(&Shape) -> bool,
}

fn always(_: &Shape) -> bool {
    true
}

fn is_command(shape: &Shape) -> bool {
    shape.method != Method::GET
}

const PLATFORM: &[Platform] = &[
    Platform {
        status: 400,
        name: "BadRequest",
        description: "The request cannot be read; `errors` names the wrong members.",
        codes: &[
            "ambiguous_framing",
            "idempotency_key_required",
            "incomplete_body",
            "invalid_host",
            "invalid_request",
            "malformed_id",
            "malformed_json",
            "wrong_id_type",
        ],
        applies: always,
    },
    Platform {
        status: 401,
        name: "Unauthenticated",
        description: "Nobody is signed in, or the access token is not accepted.",
        codes: &["invalid_token", "unauthenticated"],
        applies: always,
    },
    Platform {
        status: 403,
        name: "Forbidden",
        description: "The role, the scope or a second factor is missing, or the page of another origin sent the request.",
        codes: &[
            "forbidden",
            "identity.second_factor_required",
            "insufficient_scope",
            "origin_not_allowed",
        ],
        applies: always,
    },
    Platform {
        status: 406,
        name: "NotAcceptable",
        description: "`Accept` rules out JSON.",
        codes: &["not_acceptable"],
        applies: always,
    },
    Platform {
        status: 408,
        name: "RequestTimeout",
        description: "The body took too long to arrive.",
        codes: &["request_timeout"],
        applies: is_command,
    },
    Platform {
        status: 409,
        name: "KeyInFlight",
        description: "A request with this idempotency key is still running.",
        codes: &["idempotency_key_in_flight"],
        applies: |shape| shape.key_rule != KeyRule::Unused,
    },
    Platform {
        status: 413,
        name: "BodyTooLarge",
        description: "The body is too large.",
        codes: &["body_too_large"],
        applies: always,
    },
    Platform {
        status: 415,
        name: "UnsupportedMediaType",
        description: "The body is not sent as JSON.",
        codes: &["unsupported_media_type"],
        applies: |shape| shape.body.is_some(),
    },
    Platform {
        status: 422,
        name: "KeyReused",
        description: "The idempotency key was used for another request.",
        codes: &["idempotency_key_reused"],
        applies: |shape| shape.key_rule != KeyRule::Unused,
    },
    Platform {
        status: 428,
        name: "PreconditionRequired",
        description: "`If-Match` is missing.",
        codes: &["precondition_required"],
        applies: |shape| shape.needs_if_match,
    },
    Platform {
        status: 429,
        name: "TooManyRequests",
        description: "Too many requests; nothing was done.",
        codes: &["rate_limited"],
        applies: always,
    },
    Platform {
        status: 500,
        name: "InternalError",
        description: "Something broke here; quote `incident`.",
        codes: &["internal"],
        applies: always,
    },
    Platform {
        status: 503,
        name: "Unavailable",
        description: "Not now; come back after `Retry-After`.",
        codes: &[
            "deadline_exceeded",
            "not_caught_up",
            "overloaded",
            "unavailable",
        ],
        applies: always,
    },
];

/// The problem responses of one operation by status.
pub(super) fn responses(shape: &Shape) -> BTreeMap<u16, Value> {
    let mut own: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for (status, code) in &shape.problems {
        own.entry(*status).or_default().push(code);
    }
    let mut responses = BTreeMap::new();
    let mut oauth_own = BTreeMap::new();
    if shape.speaks_oauth {
        for (status, codes) in std::mem::take(&mut own) {
            oauth_own.insert(status, listed(&codes));
        }
    }
    for platform in PLATFORM.iter().filter(|platform| (platform.applies)(shape)) {
        if shape.speaks_oauth {
            let own = oauth_own.remove(&platform.status);
            let words = oauth_words(platform.status).unwrap_or(platform.description);
            let description = own.unwrap_or_else(|| words.to_owned());
            responses.insert(platform.status, oauth(&description));
            continue;
        }
        let response = match own.remove(&platform.status) {
            None => json!({ "$ref": format!("#/components/responses/{}", platform.name) }),
            Some(mut codes) => {
                codes.extend(platform.codes);
                problem(&listed(&codes), platform.status, &codes)
            }
        };
        responses.insert(platform.status, response);
    }
    for (status, description) in oauth_own {
        responses.insert(status, oauth(&description));
    }
    for (status, codes) in own {
        responses.insert(status, problem(&listed(&codes), status, &codes));
    }
    responses
}

pub(super) fn components() -> Value {
    let components: Map<String, Value> = PLATFORM
        .iter()
        .map(|platform| {
            (
                platform.name.to_owned(),
                problem(platform.description, platform.status, platform.codes),
            )
        })
        .collect();
    Value::Object(components)
}

/// A response of the platform as it is, instead of a reference to it.
pub(super) fn inline(response: &Value) -> Option<Value> {
    let name = response["$ref"].as_str()?.rsplit('/').next()?;
    let platform = PLATFORM.iter().find(|platform| platform.name == name)?;
    Some(problem(
        platform.description,
        platform.status,
        platform.codes,
    ))
}

/// What a status means among OAuth's own operations, where that is not what the platform says of it.
fn oauth_words(status: u16) -> Option<&'static str> {
    match status {
        400 => Some("The request, the grant or the scope is refused; `error` says which."),
        401 => Some("The client is not known, or does not prove who it is."),
        403 => Some("The page of another origin sent the request."),
        415 => Some("The body is not sent as a form."),
        _ => None,
    }
}

fn oauth(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "Trace-Id": { "$ref": "#/components/headers/Trace-Id" } },
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/OauthError" } } },
    })
}

/// The form of errors among OAuth's own operations.
pub(super) fn oauth_schema() -> Value {
    json!({
        "title": "OauthError",
        "description": "What went wrong, in the form of RFC 6749 §5.2.",
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": { "type": "string", "description": "What programs look at: `invalid_grant`." },
            "error_description": { "type": "string", "description": "A sentence for developers." },
            "error_uri": { "type": "string", "format": "uri-reference", "description": "The page about errors of the platform." },
        },
    })
}

fn listed(codes: &[&str]) -> String {
    let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    codes.join(", ")
}

fn problem(description: &str, status: u16, codes: &[&str]) -> Value {
    let mut headers = json!({ "Trace-Id": { "$ref": "#/components/headers/Trace-Id" } });
    if matches!(status, 409 | 429 | 503) {
        headers["Retry-After"] = json!({ "$ref": "#/components/headers/Retry-After" });
    }
    json!({
        "description": description,
        "x-codes": codes,
        "headers": headers,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

pub(super) fn schema() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "title": "Problem",
        "description": "What went wrong and what to do about it (RFC 9457). Codes may have further members of their own.",
        "type": "object",
        "required": ["type", "title", "status", "code", "retry"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "The page about this code." },
            "title": text("The code in words."),
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": text("One or two sentences for people."),
            "instance": { "type": "string", "format": "uri-reference", "description": "The path that was asked." },
            "code": text("Stable; what programs look at."),
            "trace_id": text("Names the request in logs and traces."),
            "retry": {
                "enum": ["never", "same_key", "new_key", "after"],
                "description": "`never`: the same request fails again. `same_key`: send it again unchanged. \
                                `new_key`: a new attempt needs a new idempotency key. `after`: wait, then send it again.",
            },
            "retry_after_ms": { "type": "integer", "minimum": 0, "description": "How long to wait, where `retry` is `after`." },
            "errors": {
                "type": "array",
                "description": "The wrong members.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "detail"],
                    "properties": {
                        "pointer": text("JSON pointer into the body, `?name` of the query, `{name}` of the path, `Name:` of a header."),
                        "code": text("What is wrong with it."),
                        "detail": text("One sentence for people."),
                    },
                },
            },
            "incident": text("Names the log line of a 5xx."),
        },
    })
}
