//! The operations of a running server, out of the document that it serves.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::server::Installation;

/// An operation as the document describes it.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) policy: String,
    /// Kinds of credentials that it takes.
    pub(crate) credentials: Vec<String>,
    /// Path parameters with the prefix of the ids that they take; a plain word has none.
    pub(crate) parameters: Vec<(String, Option<String>)>,
    pub(crate) has_body: bool,
    pub(crate) document: Value,
}

impl Operation {
    /// The path with ids of things, and ids that name nothing where there is no such thing.
    pub(crate) fn path_to(&self, things: &BTreeMap<String, String>) -> String {
        let mut path = self.path.clone();
        for (name, prefix) in &self.parameters {
            let value = match prefix {
                Some(prefix) => things
                    .get(prefix)
                    .cloned()
                    .unwrap_or_else(|| format!("{prefix}_01k5x2m8q4e7t9r3w6y1z0a5bc")),
                None => "simulator".to_owned(),
            };
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        path
    }
}

impl Installation {
    pub(crate) async fn document(&self) -> Value {
        let request = self.http.get(format!("{}/openapi.json", self.api));
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// All operations, in the order of the document.
    pub(crate) async fn operations(&self) -> Vec<Operation> {
        let document = self.document().await;
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                if operation["operationId"].is_string() {
                    operations.push(read(path, method, operation));
                }
            }
        }
        assert!(operations.len() > 100, "{}", operations.len());
        operations
    }

    /// A request for an operation, as well formed as the document allows without knowing what it is about.
    pub(crate) fn ask(
        &self,
        operation: &Operation,
        things: &BTreeMap<String, String>,
        key: usize,
        body: Option<&Value>,
    ) -> RequestBuilder {
        let url = format!("{}{}", self.api, operation.path_to(things));
        let request = self.http.request(operation.method.clone(), url);
        let request = request.header("idempotency-key", format!("cell-{key}"));
        let request = request.header("if-match", "\"v1\"");
        match body {
            Some(body) => request.json(body),
            None if operation.has_body => request.json(&serde_json::json!({})),
            None => request,
        }
    }
}

fn read(path: &str, method: &str, operation: &Value) -> Operation {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let in_path = |parameter: &Value| {
        let pattern = text(&parameter["schema"]["pattern"]);
        let prefix = pattern
            .trim_start_matches('^')
            .split_once("_[")
            .map(|(prefix, _)| prefix.to_owned());
        (text(&parameter["name"]), prefix)
    };
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase().parse().expect("a method"),
        path: path.to_owned(),
        policy: text(&operation["x-policy"]),
        credentials: list(&operation["security"])
            .iter()
            .flat_map(|one| {
                one.as_object()
                    .expect("an object")
                    .keys()
                    .cloned()
                    .collect::<Vec<_>>()
            })
            .collect(),
        parameters: list(&operation["parameters"])
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(in_path)
            .collect(),
        has_body: operation.get("requestBody").is_some(),
        document: operation.clone(),
    }
}

/// As it stands in a path, a query and a form: every byte of it, so that nothing else has a meaning there.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").expect("a string takes everything");
        encoded
    })
}
