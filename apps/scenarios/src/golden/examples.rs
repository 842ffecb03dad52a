//! Examples for the API's document: for each operation a request that succeeded and its answer, out of a recording.
//!
//! Where a recording has names (`ord#1`, `<time>`) examples have values that look like what stood there, the same in every
//! run. Lists are cut short.

mod value;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::recording::{Exchange, Recording};

/// Items of a list that are shown.
const ITEMS: usize = 2;
/// Longer answers are shown only if there are no shorter ones, in bytes of JSON.
const LONG: usize = 5_000;

/// `{"add_cart_line": {"parameters": {"cart_id": "crt_…"}, "body": {…}, "status": 201, "answer": {…}}}`; `openapi` is the
/// server's document, which knows where the parameters of an operation are.
///
/// # Errors
///
/// If an operation that answers with JSON has none.
pub(crate) fn of(recording: &Recording, openapi: &Value) -> Result<Value> {
    let mut examples = Map::new();
    let mut missing = Vec::new();
    for (path, methods) in openapi["paths"].as_object().context("`paths`")? {
        for (method, operation) in methods.as_object().with_context(|| path.clone())? {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            match best(recording, id, method) {
                Some(exchange) => {
                    let example = example(exchange, path, operation);
                    examples.insert(id.to_owned(), example);
                }
                None if answers_json(operation) => missing.push(id),
                None => {} // a page, or a stream
            }
        }
    }
    if !missing.is_empty() {
        bail!("no exchange to show for {}", missing.join(", "));
    }
    examples.sort_keys();
    Ok(Value::Object(examples))
}

/// The longest one that is not too long: it shows most.
fn best<'r>(recording: &'r Recording, id: &str, method: &str) -> Option<&'r Exchange> {
    let method = format!("{} ", method.to_uppercase());
    let shown = recording.exchanges.iter().filter(|exchange| {
        exchange.operation.as_deref() == Some(id)
            && (200..300).contains(&exchange.answer.status)
            && exchange.request.line.starts_with(&method)
            // A sparse answer is none that the schema describes.
            && !exchange.request.line.contains("fields=")
    });
    // The first of equals: later ones are about what is odd.
    shown.rev().max_by_key(|exchange| {
        let length = shortened(&exchange.answer.body).to_string().len();
        let is_short = length <= LONG;
        (
            !exchange.answer.body.is_string(),
            is_short,
            !exchange.request.body.is_null(),
            if is_short {
                length
            } else {
                usize::MAX - length
            },
        )
    })
}

fn answers_json(operation: &Value) -> bool {
    let responses = operation["responses"].as_object().into_iter().flatten();
    responses
        .filter(|(status, _)| status.starts_with('2'))
        .any(|(_, response)| response.pointer("/content/application~1json").is_some())
}

fn example(exchange: &Exchange, path: &str, operation: &Value) -> Value {
    let mut example = Map::new();
    let parameters = parameters(exchange, path, operation);
    if !parameters.is_empty() {
        example.insert("parameters".to_owned(), Value::Object(parameters));
    }
    let takes_form = operation
        .pointer("/requestBody/content/application~1x-www-form-urlencoded")
        .is_some();
    match &exchange.request.body {
        Value::Null => {}
        Value::String(form) if takes_form => {
            let members = form_urlencoded::parse(form.as_bytes());
            let members =
                members.map(|(name, text)| (name.to_string(), value::of(&name, &json!(text))));
            example.insert("body".to_owned(), Value::Object(members.collect()));
        }
        body => {
            example.insert("body".to_owned(), value::of("", body));
        }
    }
    example.insert("status".to_owned(), exchange.answer.status.into());
    // A text is a page, or the digest of something large.
    if !matches!(exchange.answer.body, Value::Null | Value::String(_)) {
        let answer = value::of("", &shortened(&exchange.answer.body));
        example.insert("answer".to_owned(), answer);
    }
    Value::Object(example)
}

/// What the request said where the document has a parameter.
fn parameters(exchange: &Exchange, path: &str, operation: &Value) -> Map<String, Value> {
    let target = exchange.request.line.split(' ').nth(1).unwrap_or_default();
    let (asked, query) = target.split_once('?').unwrap_or((target, ""));
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let mut found = Map::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let text = match parameter["in"].as_str() {
            Some("path") => path
                .split('/')
                .position(|part| part == format!("{{{name}}}"))
                .and_then(|place| asked.split('/').nth(place))
                .map(str::to_owned),
            Some("query") => query
                .iter()
                .find(|(asked, _)| asked == name)
                .map(|(_, text)| text.clone()),
            Some("header") => exchange.request.headers.iter().find_map(|header| {
                let (asked, text) = header.split_once(": ")?;
                asked.eq_ignore_ascii_case(name).then(|| text.to_owned())
            }),
            _ => None,
        };
        if let Some(text) = text {
            found.insert(name.to_owned(), typed(&value::text(&text), parameter));
        }
    }
    found
}

/// Parameters are text; their examples are what the text means.
fn typed(text: &str, parameter: &Value) -> Value {
    let kind = &parameter["schema"]["type"];
    let is = |name: &str| {
        kind == name
            || kind
                .as_array()
                .is_some_and(|kinds| kinds.contains(&json!(name)))
    };
    if is("integer") || is("boolean") {
        serde_json::from_str(text).unwrap_or_else(|_| json!(text))
    } else {
        json!(text)
    }
}

/// With the first items of its lists only.
fn shortened(body: &Value) -> Value {
    match body {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| match value {
                Value::Array(items) if name == "data" => {
                    let items = items.iter().take(ITEMS).cloned().collect();
                    (name.clone(), Value::Array(items))
                }
                value => (name.clone(), value.clone()),
            });
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::recording::{Answer, Request};

    fn exchange(line: &str, body: Value, status: u16, answer: Value) -> Exchange {
        Exchange {
            case: line.to_owned(),
            operation: Some("add".to_owned()),
            request: Request {
                line: line.to_owned(),
                headers: vec!["idempotency-key: k-1".to_owned()],
                body,
            },
            answer: Answer {
                status,
                headers: std::collections::BTreeMap::new(),
                body: answer,
            },
        }
    }

    fn openapi() -> Value {
        json!({ "paths": { "/v1/carts/{cart_id}/lines": { "post": {
            "operationId": "add",
            "parameters": [
                { "name": "cart_id", "in": "path", "schema": { "type": "string" } },
                { "name": "limit", "in": "query", "schema": { "type": ["integer", "null"] } },
                { "name": "Idempotency-Key", "in": "header", "schema": { "type": "string" } },
            ],
            "responses": { "201": { "content": { "application/json": {} } } },
        } } } })
    }

    #[test]
    fn the_fullest_success_is_shown_with_values_in_place_of_names() {
        let mut recording = Recording::new(Vec::new());
        recording.exchanges = vec![
            exchange(
                "POST /v1/carts/crt#1/lines",
                json!({}),
                422,
                json!({ "code": "orders.invalid_request" }),
            ),
            exchange(
                "POST /v1/carts/crt#1/lines",
                json!({}),
                201,
                json!({ "id": "crt#1" }),
            ),
            exchange(
                "POST /v1/carts/crt#2/lines?limit=3",
                json!({ "variant_id": "var#1" }),
                201,
                json!({ "id": "crt#2", "at": "<time>", "data": [1, 2, 3] }),
            ),
        ];
        let examples = of(&recording, &openapi()).expect("examples");
        assert_eq!(
            examples,
            json!({ "add": {
                "parameters": { "cart_id": "crt_01jb2z4k8f5n6p7q8r9s000002", "limit": 3, "Idempotency-Key": "k-1" },
                "body": { "variant_id": "var_01jb2z4k8f5n6p7q8r9s000001" },
                "status": 201,
                "answer": { "id": "crt_01jb2z4k8f5n6p7q8r9s000002", "at": "2026-01-31T09:30:00Z", "data": [1, 2] },
            } })
        );
    }

    #[test]
    fn an_operation_that_never_succeeded_is_named() {
        let error = of(&Recording::new(Vec::new()), &openapi()).expect_err("nothing to show");
        assert!(error.to_string().ends_with("for add"), "{error}");
    }
}
