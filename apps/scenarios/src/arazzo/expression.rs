//! Runtime expressions: `$inputs.email`, `$steps.create_cart.outputs.cart_id`, `$response.body#/data/0/id`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

/// What has been answered to a step.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// By name in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// Null where there is none.
    pub(crate) body: Value,
}

/// All that an expression can speak of.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) inputs: BTreeMap<String, Value>,
    /// Outputs by step.
    pub(crate) steps: BTreeMap<String, BTreeMap<String, Value>>,
    /// Of the step that is being taken.
    pub(crate) response: Option<Response>,
}

/// An expression, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression<'a> {
    StatusCode,
    Header(&'a str),
    /// With a JSON pointer; empty for the whole body.
    Body(&'a str),
    Input(&'a str),
    Output {
        step: &'a str,
        name: &'a str,
    },
}

impl<'a> Expression<'a> {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// If it is none, or one of a kind that no workflow of ours uses.
    pub(crate) fn read(text: &'a str) -> Result<Self> {
        if text == "$statusCode" {
            return Ok(Self::StatusCode);
        }
        if let Some(name) = text.strip_prefix("$response.header.") {
            return Ok(Self::Header(name));
        }
        if let Some(rest) = text.strip_prefix("$response.body") {
            match rest.strip_prefix('#') {
                Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => {
                    return Ok(Self::Body(pointer));
                }
                None if rest.is_empty() => return Ok(Self::Body("")),
                _ => {}
            }
        }
        if let Some(name) = text.strip_prefix("$inputs.") {
            return Ok(Self::Input(name));
        }
        let output = text
            .strip_prefix("$steps.")
            .and_then(|rest| rest.split_once(".outputs."));
        match output {
            Some((step, name)) => Ok(Self::Output { step, name }),
            None => bail!("{text} is no expression that is understood here"),
        }
    }
}

impl Scope {
    /// The value of an expression.
    ///
    /// # Errors
    ///
    /// If there is nothing of that name.
    pub(crate) fn value(&self, text: &str) -> Result<Value> {
        let response = || self.response.as_ref().context("nothing was answered yet");
        let found = match Expression::read(text)? {
            Expression::StatusCode => Some(Value::from(response()?.status)),
            Expression::Header(name) => {
                let value = response()?.headers.get(&name.to_ascii_lowercase());
                value.map(|value| Value::from(value.as_str()))
            }
            Expression::Body(pointer) => response()?.body.pointer(pointer).cloned(),
            Expression::Input(name) => self.inputs.get(name).cloned(),
            Expression::Output { step, name } => self
                .steps
                .get(step)
                .and_then(|step| step.get(name))
                .cloned(),
        };
        found.with_context(|| format!("{text} is not there"))
    }

    /// A value with every expression in it replaced.
    ///
    /// # Errors
    ///
    /// As [`Scope::value`].
    pub(crate) fn filled(&self, value: &Value) -> Result<Value> {
        Ok(match value {
            Value::String(text) if text.starts_with('$') => self.value(text)?,
            Value::String(text) => Value::String(self.filled_text(text)?),
            Value::Array(items) => {
                let items = items.iter().map(|item| self.filled(item));
                Value::Array(items.collect::<Result<_>>()?)
            }
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, member)| Ok((name.clone(), self.filled(member)?)));
                Value::Object(members.collect::<Result<Map<_, _>>>()?)
            }
            other => other.clone(),
        })
    }

    fn filled_text(&self, text: &str) -> Result<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once("{$") {
            let (name, after) = from
                .split_once('}')
                .with_context(|| format!("{text} does not close its brace"))?;
            filled.push_str(before);
            filled.push_str(&plain(&self.value(&format!("${name}"))?)?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// Every expression in a value.
pub(crate) fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with('$') => found.push(text.clone()),
        Value::String(text) => {
            let pieces = text.split("{$").skip(1);
            found.extend(
                pieces.map(|piece| format!("${}", piece.split('}').next().unwrap_or_default())),
            );
        }
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::Object(members) => members
            .values()
            .for_each(|member| expressions(member, found)),
        _ => {}
    }
}

/// A value as it stands in a path, a header or a text.
///
/// # Errors
///
/// For lists, objects and null, which have no such form.
pub(crate) fn plain(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        other => bail!("{other} cannot stand in a text"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope() -> Scope {
        let response = Response {
            status: 201,
            headers: BTreeMap::from([("etag".to_owned(), "\"v1\"".to_owned())]),
            body: json!({ "data": [{ "id": "a" }], "a/b": null }),
        };
        let outputs = BTreeMap::from([("n".to_owned(), json!(7))]);
        Scope {
            inputs: BTreeMap::from([("key".to_owned(), json!("k"))]),
            steps: BTreeMap::from([("one".to_owned(), outputs)]),
            response: Some(response),
        }
    }

    #[test]
    fn each_kind_of_expression_has_its_value() {
        for (text, value) in [
            ("$statusCode", json!(201)),
            ("$response.header.ETag", json!("\"v1\"")),
            ("$response.body#/data/0/id", json!("a")),
            ("$response.body#/a~1b", Value::Null),
            ("$inputs.key", json!("k")),
            ("$steps.one.outputs.n", json!(7)),
        ] {
            assert_eq!(scope().value(text).expect(text), value, "{text}");
        }
    }

    #[test]
    fn what_is_not_there_or_not_understood_is_named() {
        for text in [
            "$response.body#/data/1/id",
            "$response.header.Location",
            "$inputs.none",
            "$steps.two.outputs.n",
            "$request.body#/a",
            "$response.bodyx",
        ] {
            let error = scope().value(text).expect_err(text);
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn expressions_are_replaced_in_texts_and_as_a_whole() {
        let given = json!({ "a": "{$inputs.key}-{$steps.one.outputs.n}", "b": ["$steps.one.outputs.n"], "c": "plain" });
        let filled = scope().filled(&given).expect("all are there");
        assert_eq!(filled, json!({ "a": "k-7", "b": [7], "c": "plain" }));
        let mut found = Vec::new();
        expressions(&given, &mut found);
        assert_eq!(
            found,
            [
                "$inputs.key",
                "$steps.one.outputs.n",
                "$steps.one.outputs.n"
            ]
        );
        assert!(scope().filled(&json!("{$inputs.key")).is_err());
        assert!(scope().filled(&json!("{$response.body#/data}")).is_err());
    }
}
