//! Whether a value fits a schema, as a tolerant reader sees it: unknown members and cases of open enums pass.

use serde_json::{Value, json};

use crate::instances::{alternatives, is_open, required, resolve};
use crate::pattern;

/// Says what does not fit, with the JSON pointer into the value.
pub(crate) fn validate(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    check(document, schema, value, "")
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = resolve(document, schema);
    let wrong = |what: String| Err(format!("{at}: {what}"));
    if let Some(constant) = schema.get("const")
        && constant != value
    {
        return wrong(format!("{value} is not {constant}"));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let is_open = values.iter().any(|value| value == "unknown");
        if !(values.contains(value) || is_open && value.is_string()) {
            return wrong(format!("{value} is none of the values"));
        }
    }
    if let Some(branches) = alternatives(schema) {
        let mut reasons = Vec::new();
        for branch in branches {
            match check(document, branch, value, at) {
                Ok(()) => return Ok(()),
                Err(reason) => reasons.push(reason),
            }
        }
        // A tolerant reader takes an unheard-of case, but not a known one that is malformed.
        if is_open(document, schema) && !is_known_case(document, branches, value) {
            return Ok(());
        }
        return wrong(format!("fits no case: {}", reasons.join("; ")));
    }
    if let Some(kinds) = schema.get("type")
        && !is_of(kinds, value)
    {
        return wrong(format!("{value} is not of type {kinds}"));
    }
    if let Some(members) = value.as_object() {
        if let Some(missing) = required(schema).find(|name| !members.contains_key(*name)) {
            return wrong(format!("member {missing} is missing"));
        }
        for (name, member) in members {
            match schema.pointer(&format!("/properties/{name}")) {
                Some(schema) => check(document, schema, member, &format!("{at}/{name}"))?,
                None if schema.get("additionalProperties") == Some(&json!(false)) => {
                    return wrong(format!("member {name} is not allowed"));
                }
                None => {}
            }
        }
    }
    if let Some(items) = value.as_array() {
        if schema
            .get("maxItems")
            .and_then(Value::as_u64)
            .is_some_and(|most| items.len() as u64 > most)
        {
            return wrong(format!("{} items are too many", items.len()));
        }
        if let Some(schema) = schema.get("items") {
            for (index, item) in items.iter().enumerate() {
                check(document, schema, item, &format!("{at}/{index}"))?;
            }
        }
    }
    if let (Some(text), Some(wanted)) = (
        value.as_str(),
        schema.get("pattern").and_then(Value::as_str),
    ) && !pattern::matches(wanted, text)
    {
        return wrong(format!("{text} does not match {wanted}"));
    }
    if let Some(number) = value.as_i64() {
        let at = |name: &str| schema.get(name).and_then(Value::as_i64);
        if at("minimum").is_some_and(|least| number < least)
            || at("maximum").is_some_and(|most| number > most)
        {
            return wrong(format!("{number} is out of range"));
        }
    }
    Ok(())
}

/// Whether the value names one of the cases by text or tag.
fn is_known_case(document: &Value, branches: &[Value], value: &Value) -> bool {
    branches.iter().any(|branch| {
        let branch = resolve(document, branch);
        let members = branch.get("properties").and_then(Value::as_object);
        branch.get("const") == Some(value)
            || members.into_iter().flatten().any(|(name, member)| {
                member
                    .get("const")
                    .is_some_and(|tag| value.get(name) == Some(tag))
            })
    })
}

fn is_of(kinds: &Value, value: &Value) -> bool {
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("teach this test type {other}"),
    };
    match kinds {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => panic!("a type is a name or a list of names"),
    }
}

#[test]
fn each_rule_can_refuse() {
    let document =
        json!({ "$defs": { "Way": { "oneOf": [{ "const": "up" }, { "const": "unknown" }] } } });
    let schema = json!({ "type": "object", "required": ["id"], "properties": {
        "id": { "type": "string", "pattern": "^a[0-9]{2}$" },
        "way": { "$ref": "#/$defs/Way" },
        "size": { "enum": ["s", "l"] },
        "list": { "type": "array", "maxItems": 1, "items": { "type": "integer", "minimum": 0 } },
        "error": { "oneOf": [
            { "type": "object", "required": ["code", "why"], "properties": { "code": { "const": "bad" }, "why": { "type": "string" } } },
            { "type": "object", "required": ["code"], "properties": { "code": { "const": "unknown" } } },
        ] },
    }});
    let fits = |value: Value| validate(&document, &schema, &value).is_ok();
    assert!(fits(
        json!({ "id": "a12", "way": "sideways", "size": "s", "list": [1], "new": 1 })
    ));
    assert!(fits(json!({ "id": "a12", "error": { "code": "worse" } })));
    for wrong in [
        json!({}),
        json!({ "id": 1 }),
        json!({ "id": "b12" }),
        json!({ "id": "a12", "way": 1, "size": "m" }),
        json!({ "id": "a12", "size": "m" }),
        json!({ "id": "a12", "list": [1, 2] }),
        json!({ "id": "a12", "list": [-1] }),
        json!({ "id": "a12", "error": { "code": "bad" } }),
    ] {
        assert!(!fits(wrong.clone()), "{wrong}");
    }
}
