//! Parameters of an operation, and the headers that answers have.

use http::Method;
use serde_json::{Value, json};

use super::schemas::Schemas;
use crate::KeyRule;
use crate::endpoint::Shape;
use crate::expand::EXPAND;
use crate::extract::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::fields::{FIELDS, PATTERN};
use crate::routes::names;

pub(super) fn all(
    shape: &Shape,
    shown_path: &'static str,
    versioned: bool,
    schemas: &mut Schemas,
) -> Vec<Value> {
    let mut parameters = path(shape, shown_path, schemas);
    parameters.extend(query(shape, schemas));
    parameters.extend(fields(shape));
    parameters.extend(expand(shape));
    if shape.key_rule != KeyRule::Unused {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": shape.key_rule == KeyRule::Required,
            "description": "A value of your own for this command; repeats with it have one effect.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
        }));
    }
    if shape.needs_if_match {
        parameters.push(json!({
            "name": "If-Match",
            "in": "header",
            "required": true,
            "description": "The `ETag` of the version you are changing.",
            "schema": { "type": "string", "pattern": "^\"v[0-9]{1,18}\"$" },
        }));
    }
    if versioned && shape.method == Method::GET {
        parameters.push(json!({
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` you have; 304 if it is still the current one.",
            "schema": { "type": "string" },
        }));
    }
    for header in &shape.headers {
        parameters.push(json!({
            "name": header.name,
            "in": "header",
            "required": header.required,
            "description": header.description,
            "schema": { "type": "string" },
        }));
    }
    parameters.extend(prefer(shape));
    parameters
}

/// What is chosen from is the answer, so the parameter is as well.
fn fields(shape: &Shape) -> Option<Value> {
    let answered = shape.answered()?;
    let names = answered.names().map(|name| format!("`{name}`"));
    let names = names.collect::<Vec<_>>().join(", ");
    Some(json!({
        "name": FIELDS,
        "in": "query",
        "required": false,
        "description": format!(
            "Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. \
             There are {names}."
        ),
        "schema": { "type": "string", "pattern": PATTERN },
    }))
}

fn expand(shape: &Shape) -> Option<Value> {
    if shape.expansions.is_empty() {
        return None;
    }
    let described = shape.expansions.iter();
    let described = described.map(|it| format!("`{}`: {}", it.name, it.what));
    let described = described.collect::<Vec<_>>().join("; ");
    Some(json!({
        "name": EXPAND,
        "in": "query",
        "required": false,
        "description": format!(
            "What the answer is to have in it, separated by commas: {described}. An answer with it has no `ETag`."
        ),
        "schema": { "type": "string", "pattern": shape.expand_pattern() },
    }))
}

fn prefer(shape: &Shape) -> Option<Value> {
    let mut known = Vec::new();
    for preference in shape.preferences() {
        known.push(match (preference, shape.longest_wait) {
            ("wait", Some(most)) => format!(
                "`wait=n`: seconds to wait for the next change, at most {}",
                most.as_secs()
            ),
            ("respond-async", _) => {
                "`respond-async` answers 202 at once with an operation, which tells how the work goes".to_owned()
            }
            _ => "`return=minimal` leaves out the body of the answer".to_owned(),
        });
    }
    if known.is_empty() {
        return None;
    }
    Some(json!({
        "name": "Prefer",
        "in": "header",
        "required": false,
        "description": format!("{}. Preferences that are not known are ignored, unless there is `handling=strict`.", known.join("; ")),
        "schema": { "type": "string" },
    }))
}

fn path(shape: &Shape, shown_path: &'static str, schemas: &mut Schemas) -> Vec<Value> {
    let own = names(shape.path).into_iter();
    own.zip(names(shown_path))
        .map(|(name, shown)| {
            let known = shape.path_params.iter().find(|param| param.name == name);
            let schema = known.map_or_else(
                || json!({ "type": "string", "minLength": 1 }),
                |param| schemas.input(shape.operation, param.schema),
            );
            let mut parameter =
                json!({ "name": shown, "in": "path", "required": true, "schema": schema });
            if let Some(param) = known {
                parameter["description"] = json!(param.description);
            }
            parameter
        })
        .collect()
}

/// One parameter for each member of the query type.
fn query(shape: &Shape, schemas: &mut Schemas) -> Vec<Value> {
    let Some(schema) = shape
        .query
        .map(|query| schemas.input(shape.operation, query))
    else {
        return Vec::new();
    };
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let members = schema["properties"].as_object().into_iter().flatten();
    members
        .map(|(name, member)| {
            let mut member = without_null(member.clone());
            let described = member
                .as_object_mut()
                .and_then(|member| member.remove("description"));
            let description = described.or_else(|| paging(name, &mut member));
            let mut parameter = json!({
                "name": name,
                "in": "query",
                "required": required.contains(&name.as_str()),
                "schema": member,
            });
            if let Some(description) = description {
                parameter["description"] = description;
            }
            parameter
        })
        .collect()
}

/// What the members of every list mean, so that no endpoint has to say it.
fn paging(name: &str, schema: &mut Value) -> Option<Value> {
    match name {
        "limit" => {
            schema["minimum"] = json!(1);
            schema["maximum"] = json!(MAX_LIMIT);
            schema["default"] = json!(DEFAULT_LIMIT);
            Some(json!("Most items of a page."))
        }
        "cursor" => Some(json!(
            "`next_cursor` of the page before; absent for the first page."
        )),
        _ => None,
    }
}

/// A query has no null: an optional member is absent.
fn without_null(mut schema: Value) -> Value {
    if let Some(types) = schema["type"].as_array_mut() {
        types.retain(|kind| kind != "null");
        if let [only] = &types[..] {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice["type"] != "null");
        if let [only] = &choices[..] {
            let mut only = only.clone();
            if let (Some(description), Some(members)) =
                (schema.get("description"), only.as_object_mut())
            {
                members.insert("description".to_owned(), description.clone());
            }
            return only;
        }
    }
    if let Some(members) = schema.as_object_mut() {
        if members.get("default") == Some(&Value::Null) {
            members.remove("default");
        }
        if members.get("type") == Some(&Value::Null) {
            members.remove("type");
        }
    }
    schema
}

pub(super) fn header_components() -> Value {
    let header =
        |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    json!({
        "ETag": header("The version, `\"v17\"`.", text()),
        "Idempotent-Replayed": header("The answer of an earlier request with the same key.", json!({ "const": "true" })),
        "Location": header("Where the thing is that was made or is being changed.", json!({ "type": "string", "format": "uri-reference" })),
        "Preference-Applied": header("The preferences of `Prefer` that were followed.", text()),
        "RateLimit": header("What is left of the limit: `\"default\";r=571;t=12`.", text()),
        "RateLimit-Policy": header("The limit: `\"default\";q=600;w=60`.", text()),
        "Retry-After": header("Seconds to wait.", json!({ "type": "integer", "minimum": 0 })),
        "Trace-Id": header("Names the request in logs and traces.", json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })),
    })
}
