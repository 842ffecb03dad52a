//! The server's own OpenAPI document: which operations there are, what they need and what they may answer.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// All operations, in the order of the document.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// `GET`
    pub(crate) method: String,
    /// `/v1/orders/{order_id}`
    pub(crate) path: String,
    /// `public`, `bearer`, `signed_in`, `has:staff`
    pub(crate) policy: String,
    pub(crate) has_body: bool,
    /// Whether the body is a form.
    pub(crate) takes_form: bool,
    /// Whether the answer is a page.
    pub(crate) answers_page: bool,
    /// Whether there must be a body.
    pub(crate) needs_body: bool,
    pub(crate) has_cursor: bool,
    pub(crate) needs_if_match: bool,
    pub(crate) needs_key: bool,
    /// Patterns of the path's parameters, by name; empty for those that take any text.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Codes by documented status.
    pub(crate) answers: BTreeMap<u16, BTreeSet<String>>,
    /// Statuses whose answers are to have `Location`.
    pub(crate) located: BTreeSet<u16>,
}

impl Document {
    /// Reads the document.
    pub(crate) fn parse(document: &Value) -> Result<Self> {
        let paths = document["paths"].as_object().context("`paths`")?;
        let mut operations = Vec::new();
        for (path, methods) in paths {
            for (method, operation) in methods.as_object().with_context(|| path.clone())? {
                if let Some(id) = operation["operationId"].as_str() {
                    operations.push(Operation::read(document, id, method, path, operation));
                }
            }
        }
        Ok(Self { operations })
    }

    /// The operation that answers a request; `HEAD` is answered by that of `GET`.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let method = if method == "HEAD" { "GET" } else { method };
        let path = path.split('?').next().unwrap_or_default();
        self.operations
            .iter()
            .filter(|operation| operation.method == method && operation.has_path(path))
            // `/sessions/current` before `/sessions/{id}`
            .min_by_key(|operation| operation.path.matches('{').count())
    }
}

impl Operation {
    fn read(document: &Value, id: &str, method: &str, path: &str, operation: &Value) -> Self {
        let mut read = Self {
            id: id.to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            policy: operation["x-policy"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            has_body: operation.get("requestBody").is_some(),
            takes_form: operation
                .pointer("/requestBody/content/application~1x-www-form-urlencoded")
                .is_some(),
            needs_body: operation.pointer("/requestBody/required") == Some(&Value::Bool(true)),
            answers_page: operation["responses"]
                .as_object()
                .into_iter()
                .flatten()
                .any(|(_, response)| response.pointer("/content/text~1html").is_some()),
            ..Self::default()
        };
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let required = parameter["required"] == true;
            match (parameter["in"].as_str(), name) {
                (Some("path"), _) => {
                    let pattern = parameter.pointer("/schema/pattern").and_then(Value::as_str);
                    let pattern = pattern.unwrap_or_default().to_owned();
                    read.parameters.insert(name.to_owned(), pattern);
                }
                (Some("query"), "cursor") => read.has_cursor = true,
                (Some("header"), "If-Match") => read.needs_if_match = required,
                (Some("header"), "Idempotency-Key") => read.needs_key = required,
                _ => {}
            }
        }
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            let reference = response["$ref"].as_str();
            let response = reference
                .and_then(|reference| document.pointer(reference.trim_start_matches('#')))
                .unwrap_or(response);
            let codes = response["x-codes"].as_array().into_iter().flatten();
            let codes = codes.filter_map(Value::as_str).map(str::to_owned).collect();
            if let Ok(status) = status.parse() {
                if response.pointer("/headers/Location").is_some() {
                    read.located.insert(status);
                }
                read.answers.insert(status, codes);
            }
        }
        read
    }

    fn has_path(&self, path: &str) -> bool {
        let (mut own, mut asked) = (self.path.split('/'), path.split('/'));
        loop {
            match (own.next(), asked.next()) {
                (None, None) => return true,
                (Some(own), Some(asked)) if own == asked => {}
                (Some(own), Some(asked)) if own.starts_with('{') && !asked.is_empty() => {}
                _ => return false,
            }
        }
    }

    /// The path with each parameter replaced.
    pub(crate) fn path_with(&self, value: impl Fn(&str, &str) -> String) -> String {
        let parts = self.path.split('/').map(|part| {
            let name = part.trim_matches(['{', '}']);
            match self.parameters.get(name) {
                Some(pattern) if part.starts_with('{') => value(name, pattern),
                _ => part.to_owned(),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_finds_its_operation_and_what_that_may_answer() {
        let operation = |id: &str| {
            json!({ "operationId": id, "responses": {
            "200": {}, "404": { "x-codes": ["shop.gone"] }, "401": { "$ref": "#/components/responses/Stranger" },
        } })
        };
        let document = json!({
            "paths": {
                "/v1/things/{id}": { "get": operation("get_thing") },
                "/v1/things/current": { "get": operation("get_current") },
            },
            "components": { "responses": { "Stranger": { "x-codes": ["unauthenticated"] } } },
        });
        let document = Document::parse(&document).expect("a document");
        let id = |method, path| document.find(method, path).map(|found| found.id.as_str());
        assert_eq!(id("GET", "/v1/things/x?y=1"), Some("get_thing"));
        assert_eq!(id("HEAD", "/v1/things/current"), Some("get_current"));
        assert_eq!(id("POST", "/v1/things/x"), None);
        let answers = &document.operations[0].answers;
        assert!(answers[&401].contains("unauthenticated") && answers[&404].contains("shop.gone"));
    }
}
