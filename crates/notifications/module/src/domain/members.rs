//! Which members of an event are told outside: those that are listed, and no other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A choice of members. A member that an event has and the choice does not is left out, also one of tomorrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Members(BTreeMap<&'static str, Members>);

impl Members {
    /// Reads paths: `number`, `customer.user_id`, `lines.title` (of each line). What a path ends at is taken whole.
    pub(crate) fn of(paths: &[&'static str]) -> Self {
        let mut all = Self::default();
        for path in paths {
            let mut at = &mut all;
            for name in path.split('.') {
                at = at.0.entry(name).or_default();
            }
        }
        all
    }

    /// Whether everything below is taken.
    fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns what is public of some data; `None` if it has another shape than the choice is about.
    pub(crate) fn of_data(&self, data: &Value) -> Option<Value> {
        if self.is_whole() {
            return Some(data.clone());
        }
        match data {
            Value::Object(members) => {
                let chosen = members.iter().filter_map(|(name, value)| {
                    let of_member = self.0.get(name.as_str())?;
                    Some((name.clone(), of_member.of_data(value)?))
                });
                Some(Value::Object(chosen.collect()))
            }
            Value::Array(items) => {
                let items: Option<_> = items.iter().map(|item| self.of_data(item)).collect();
                items.map(Value::Array)
            }
            Value::Null => Some(Value::Null),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }

    /// Takes out of a schema without references what is not public.
    pub(crate) fn keep_in_schema(&self, schema: &mut Value) {
        if self.is_whole() {
            return;
        }
        let Value::Object(schema) = schema else {
            return;
        };
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            self.keep_properties(properties);
        }
        if let Some(Value::Array(required)) = schema.get_mut("required") {
            required.retain(|name| name.as_str().is_some_and(|name| self.0.contains_key(name)));
        }
        if let Some(items) = schema.get_mut("items") {
            self.keep_in_schema(items);
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            if let Some(Value::Array(parts)) = schema.get_mut(word) {
                for part in parts {
                    self.keep_in_schema(part);
                }
            }
        }
    }

    fn keep_properties(&self, properties: &mut Map<String, Value>) {
        properties.retain(|name, _| self.0.contains_key(name.as_str()));
        for (name, property) in properties {
            if let Some(of_member) = self.0.get(name.as_str()) {
                of_member.keep_in_schema(property);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PATHS: &[&str] = &["id", "who.id", "lines.title", "total"];

    #[test]
    fn what_is_not_listed_is_left_out_wherever_it_stands() {
        let data = json!({
            "id": 1,
            "who": { "id": 2, "email": "ada@example.com" },
            "lines": [{ "title": "Tea", "note": "for Ada" }, { "note": "x" }],
            "total": { "amount": 1, "currency": "EUR" },
            "new_in_the_next_version": true,
        });
        let public = json!({
            "id": 1,
            "who": { "id": 2 },
            "lines": [{ "title": "Tea" }, {}],
            "total": { "amount": 1, "currency": "EUR" },
        });
        assert_eq!(Members::of(PATHS).of_data(&data), Some(public));
    }

    #[test]
    fn a_member_that_became_something_else_is_left_out() {
        let data = json!({ "id": 1, "who": "ada@example.com", "lines": null });
        assert_eq!(
            Members::of(PATHS).of_data(&data),
            Some(json!({ "id": 1, "lines": null }))
        );
    }

    #[test]
    fn a_schema_names_what_is_public_only() {
        let who = json!({
            "type": "object",
            "properties": { "id": { "type": "string" }, "email": { "type": "string" } },
            "required": ["id", "email"],
        });
        let mut schema = json!({
            "type": "object",
            "properties": {
                "id": {}, "secret": {},
                "who": { "anyOf": [who, { "type": "null" }] },
                "lines": { "type": "array", "items": { "properties": { "title": {}, "note": {} } } },
            },
            "required": ["id", "secret"],
        });
        Members::of(PATHS).keep_in_schema(&mut schema);
        let kept = json!({
            "type": "object",
            "properties": {
                "id": {},
                "who": { "anyOf": [
                    { "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] },
                    { "type": "null" },
                ] },
                "lines": { "type": "array", "items": { "properties": { "title": {} } } },
            },
            "required": ["id"],
        });
        assert_eq!(schema, kept);
    }
}
