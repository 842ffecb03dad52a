//! One operation of the document.

use http::Method;
use serde_json::{Map, Value, json};
use tenon_access::Policy;

use super::parameters;
use super::problems;
use super::schemas::Schemas;
use crate::endpoint::{Answer, Shape};
use crate::routes::same_shape;
use crate::{Endpoint, KeyRule};

pub(super) fn describe(
    shape: &Shape,
    path: &'static str,
    all: &[Endpoint],
    schemas: &mut Schemas,
) -> Value {
    let versioned = is_versioned(shape, all);
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), json!(shape.operation));
    if !shape.tag.is_empty() {
        operation.insert("tags".to_owned(), json!([shape.tag]));
    }
    operation.insert("summary".to_owned(), json!(shape.summary));
    if !shape.description.is_empty() {
        operation.insert("description".to_owned(), json!(shape.description));
    }
    operation.insert("x-policy".to_owned(), json!(policy_text(shape.policy)));
    operation.insert("security".to_owned(), security(shape));
    let parameters = parameters::all(shape, path, versioned, schemas);
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(body) = shape.body {
        operation.insert(
            "requestBody".to_owned(),
            request_body(shape, schemas.input(shape.operation, body)),
        );
    }

    let mut responses: Map<String, Value> = Map::new();
    for answer in &shape.answers {
        responses.insert(
            answer.status.to_string(),
            success(answer, shape, versioned, schemas),
        );
    }
    if let Some(whole) = shape.answers.iter().find(|answer| answer.status == 200)
        && shape.takes_return()
    {
        let mut minimal = success(
            &Answer {
                schema: None,
                ..whole.clone()
            },
            shape,
            versioned,
            schemas,
        );
        minimal["description"] = json!("Done, as with 200; `Prefer: return=minimal` was asked.");
        responses.entry("204").or_insert(minimal);
    }
    if versioned && shape.method == Method::GET {
        let headers = json!({ "ETag": { "$ref": "#/components/headers/ETag" } });
        responses.insert(
            "304".to_owned(),
            json!({ "description": "The caller has this version.", "headers": headers }),
        );
    }
    for (status, mut response) in problems::responses(shape) {
        let status = status.to_string();
        // A refusal may be a page of the operation or a problem of the platform.
        if let Some(page) = responses.remove(&status).filter(|_| shape.answers_html) {
            response = problems::inline(&response).unwrap_or(response);
            response["description"] = page["description"].clone();
            response["content"]["text/html"] = page["content"]["text/html"].clone();
        }
        responses.insert(status, response);
    }
    responses.sort_keys();
    operation.insert("responses".to_owned(), Value::Object(responses));
    Value::Object(operation)
}

/// Said by the endpoint, or because a command on the same path needs `If-Match`.
pub(crate) fn is_versioned(shape: &Shape, all: &[Endpoint]) -> bool {
    shape.versioned
        || (shape.method == Method::GET
            && all.iter().any(|other| {
                other.shape.needs_if_match && same_shape(other.shape.path, shape.path)
            }))
}

pub(crate) fn policy_text(policy: Policy) -> String {
    match serde_json::to_value(policy) {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(members)) => members
            .iter()
            .map(|(name, value)| format!("{name}:{}", value.as_str().unwrap_or_default()))
            .collect::<Vec<_>>()
            .join(","),
        Ok(_) | Err(_) => format!("{policy:?}"),
    }
}

fn security(shape: &Shape) -> Value {
    if shape.secrets.client {
        return json!([{ "client": [] }, {}]);
    }
    if shape.secrets.cookie.is_some() {
        return json!([{ "browser": [] }, {}]);
    }
    let guest = shape
        .headers
        .iter()
        .any(|header| header.name.eq_ignore_ascii_case("cart-token"));
    match (shape.policy, guest) {
        (Policy::Public, false) => json!([{}, { "bearer": [] }]),
        (Policy::Public | Policy::Bearer, true) => json!([{ "guest": [] }, { "bearer": [] }, {}]),
        (Policy::Bearer, false) => json!([{}]),
        (_, true) => json!([{ "bearer": [] }, { "guest": [] }]),
        (_, false) => json!([{ "bearer": [] }]),
    }
}

fn request_body(shape: &Shape, schema: Value) -> Value {
    let mut content = Map::new();
    if shape.takes_form {
        content.insert(
            "application/x-www-form-urlencoded".to_owned(),
            json!({ "schema": schema }),
        );
        return json!({ "required": shape.needs_body, "content": content });
    }
    if shape.method == Method::PATCH {
        content.insert(
            "application/merge-patch+json".to_owned(),
            json!({ "schema": schema }),
        );
    }
    content.insert("application/json".to_owned(), json!({ "schema": schema }));
    json!({ "required": shape.needs_body, "content": content })
}

fn success(answer: &Answer, shape: &Shape, versioned: bool, schemas: &mut Schemas) -> Value {
    let mut headers = Map::new();
    let mut add = |name: &str| {
        headers.insert(
            name.to_owned(),
            json!({ "$ref": format!("#/components/headers/{name}") }),
        );
    };
    add("Trace-Id");
    add("RateLimit");
    add("RateLimit-Policy");
    if answer.has_location {
        add("Location");
    }
    if versioned || shape.needs_if_match {
        add("ETag");
    }
    if shape.key_rule != KeyRule::Unused {
        add("Idempotent-Replayed");
    }
    if !shape.preferences().is_empty() {
        add("Preference-Applied");
    }
    for header in &answer.headers {
        headers.insert(
            header.name.to_owned(),
            json!({ "description": header.description, "schema": { "type": "string" } }),
        );
    }
    let mut response = json!({ "description": answer.description, "headers": headers });
    if shape.is_stream {
        let events = "Server-Sent Events: `id`, `data` as JSON. Comments are signs of life; the event `end` says why the stream ends.";
        response["content"] = json!({ "text/event-stream": { "schema": { "type": "string", "description": events } } });
    }
    if answer.is_page {
        response["content"] = json!({ "text/html": { "schema": { "type": "string" } } });
    }
    if let Some(schema) = answer.schema {
        response["content"] =
            json!({ "application/json": { "schema": schemas.output(shape.operation, schema) } });
    }
    response
}
