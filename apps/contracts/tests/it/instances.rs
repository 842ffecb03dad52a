//! Values of a schema, always the same ones: the smallest, and large ones that take every branch once.

use serde_json::{Map, Value, json};

use crate::pattern;

/// How a value is chosen where the schema leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Required members only, empty lists, the first of all branches.
    Smallest,
    /// Every member, two items in each list, the n-th of all branches.
    Largest(usize),
    /// As a peer of tomorrow writes: members and enum values that nobody knows today.
    Tomorrow,
}

/// What a value of tomorrow looks like in an open enum.
const UNHEARD_OF: &str = "a_value_of_tomorrow";
/// Types may contain themselves: deeper than this, members that may be absent are.
const DEPTH: usize = 6;

/// The smallest value, and as many large ones as it takes to see every branch.
pub(crate) fn all(document: &Value, schema: &Value) -> Vec<Value> {
    let branches = branches(document, schema, 0);
    let choices = (0..branches).map(Choice::Largest);
    std::iter::once(Choice::Smallest)
        .chain(choices)
        .map(|choice| one(document, schema, choice))
        .collect()
}

/// The value of one choice.
pub(crate) fn one(document: &Value, schema: &Value, choice: Choice) -> Value {
    Maker { document, choice }.make(schema, 0)
}

struct Maker<'d> {
    document: &'d Value,
    choice: Choice,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, depth: usize) -> Value {
        let schema = resolve(self.document, schema);
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(branches) = alternatives(schema) {
            if self.choice == Choice::Tomorrow && is_open(self.document, schema) {
                return unheard_of(self.document, schema);
            }
            return self.make(&branches[self.pick(branches.len(), depth)], depth);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            if self.choice == Choice::Tomorrow && values.iter().any(|value| value == "unknown") {
                return json!(UNHEARD_OF);
            }
            return values[self.pick(values.len(), depth)].clone();
        }
        match kind(schema) {
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let length = match self.choice {
                    Choice::Smallest => bound(schema, "minItems", 0),
                    _ if depth > DEPTH => bound(schema, "minItems", 0),
                    _ => bound(schema, "maxItems", 2).min(2),
                };
                let nothing = json!({});
                let items = schema.get("items").unwrap_or(&nothing);
                (0..length).map(|_| self.make(items, depth + 1)).collect()
            }
            Some("string") => self.text(schema),
            Some("integer") => self.integer(schema),
            Some("boolean") => json!(self.choice != Choice::Smallest),
            Some("null") => Value::Null,
            Some(other) => panic!("no value of type {other}"),
            None => json!({ "any": ["value", 1] }),
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let required: Vec<&str> = required(schema).collect();
        let members = schema.get("properties").and_then(Value::as_object);
        let mut made = Map::new();
        for (name, member) in members.into_iter().flatten() {
            let is_wanted = self.choice != Choice::Smallest && depth <= DEPTH;
            if is_wanted || required.contains(&name.as_str()) {
                made.insert(name.clone(), self.make(member, depth + 1));
            }
        }
        if self.choice == Choice::Tomorrow
            && schema.get("additionalProperties") != Some(&json!(false))
        {
            made.insert("member_of_tomorrow".to_owned(), json!({ "since": "then" }));
        }
        Value::Object(made)
    }

    fn text(&self, schema: &Value) -> Value {
        let large = self.choice != Choice::Smallest;
        if let Some(wanted) = schema.get("pattern").and_then(Value::as_str) {
            return json!(pattern::example(wanted, large));
        }
        match (schema.get("format").and_then(Value::as_str), large) {
            (Some("date-time"), true) => return json!("9999-12-31T23:59:59.999999Z"),
            (Some("date-time"), false) => return json!("1970-01-01T00:00:00Z"),
            (Some("ip"), true) => return json!("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            (Some("ip"), false) => return json!("0.0.0.0"),
            _ => {}
        }
        let most = bound(schema, "maxLength", 40);
        let length = if large {
            most.min(40)
        } else {
            bound(schema, "minLength", 0)
        };
        json!("ä".repeat(length))
    }

    fn integer(&self, schema: &Value) -> Value {
        let format = schema.get("format").and_then(Value::as_str);
        let (least, most): (i64, i64) = match format {
            Some("uint8") => (0, u8::MAX.into()),
            Some("uint16") => (0, u16::MAX.into()),
            Some("uint32") => (0, u32::MAX.into()),
            Some("int32") => (i32::MIN.into(), i32::MAX.into()),
            Some("uint64" | "uint") => (0, i64::MAX),
            _ => (i64::MIN, i64::MAX),
        };
        let at = |name: &str, otherwise: i64| {
            schema
                .get(name)
                .and_then(Value::as_i64)
                .unwrap_or(otherwise)
        };
        match self.choice {
            Choice::Smallest => json!(at("minimum", least).max(least)),
            _ => json!(at("maximum", most).min(most)),
        }
    }

    fn pick(&self, branches: usize, depth: usize) -> usize {
        match self.choice {
            Choice::Largest(at) if depth <= DEPTH => at % branches,
            _ => 0,
        }
    }
}

/// How many values it takes to choose every branch once.
fn branches(document: &Value, schema: &Value, depth: usize) -> usize {
    if depth > DEPTH {
        return 1;
    }
    let schema = resolve(document, schema);
    let own = alternatives(schema).map_or(1, Vec::len);
    let values = schema
        .get("enum")
        .and_then(Value::as_array)
        .map_or(1, Vec::len);
    let members = schema.get("properties").and_then(Value::as_object);
    let parts = members.into_iter().flatten().map(|(_, member)| member);
    let parts = parts.chain(alternatives(schema).into_iter().flatten());
    let inner = parts
        .chain(schema.get("items"))
        .map(|part| branches(document, part, depth + 1));
    own.max(values).max(inner.max().unwrap_or(1))
}

/// `oneOf` or `anyOf`.
pub(crate) fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"]
        .iter()
        .find_map(|keyword| schema.get(*keyword)?.as_array())
}

/// Whether values of tomorrow are tolerated: one of the cases is `unknown`.
pub(crate) fn is_open(document: &Value, schema: &Value) -> bool {
    let is_unknown = |branch: &Value| {
        let branch = resolve(document, branch);
        let tags = branch.get("properties").and_then(Value::as_object);
        branch.get("const").is_some_and(|value| value == "unknown")
            || tags
                .into_iter()
                .flatten()
                .any(|(_, member)| member.get("const").is_some_and(|value| value == "unknown"))
    };
    alternatives(schema).is_some_and(|branches| branches.iter().any(is_unknown))
}

/// A case that no version has: an unheard-of text, or an object with an unheard-of tag.
fn unheard_of(document: &Value, schema: &Value) -> Value {
    let branches = alternatives(schema).expect("an open enum has cases");
    let tag = branches.iter().find_map(|branch| {
        let members = resolve(document, branch).get("properties")?.as_object()?;
        members
            .iter()
            .find(|(_, member)| member.get("const").is_some())
            .map(|(name, _)| name.clone())
    });
    tag.map_or_else(
        || json!(UNHEARD_OF),
        |tag| json!({ tag: UNHEARD_OF, "detail": { "since": "then" } }),
    )
}

/// Follows `$ref`.
pub(crate) fn resolve<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let mut schema = schema;
    while let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let pointer = target.trim_start_matches('#');
        schema = document
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{target} leads nowhere"));
    }
    schema
}

/// Names of the members that must be there.
pub(crate) fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(several) => several
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        _ => None,
    }
}

fn bound(schema: &Value, name: &str, otherwise: usize) -> usize {
    let bound = schema.get(name).and_then(Value::as_u64);
    bound.map_or(otherwise, |bound| {
        usize::try_from(bound).expect("a small bound")
    })
}

#[test]
fn every_branch_is_taken_once() {
    let document = json!({ "$defs": { "Way": { "oneOf": [{ "const": "up" }, { "const": "down" }, { "const": "unknown" }] } } });
    let schema = json!({ "type": "object", "required": ["way"], "properties": {
        "way": { "$ref": "#/$defs/Way" }, "far": { "type": ["integer", "null"], "format": "uint8" } } });
    assert_eq!(
        all(&document, &schema),
        [
            json!({ "way": "up" }),
            json!({ "way": "up", "far": 255 }),
            json!({ "way": "down", "far": 255 }),
            json!({ "way": "unknown", "far": 255 }),
        ]
    );
    assert_eq!(
        one(&document, &schema, Choice::Tomorrow),
        json!({ "way": UNHEARD_OF, "far": 255, "member_of_tomorrow": { "since": "then" } })
    );
}
