//! Operations of an OpenAPI document, as far as a workflow calls them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::document::Place;

/// Every operation by its `operationId`.
pub(crate) type Operations = BTreeMap<String, Operation>;

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    /// In capitals.
    pub(crate) method: String,
    /// With its parameters in braces.
    pub(crate) path: String,
    pub(crate) parameters: Vec<Declared>,
    /// Media types of the body, the usual one first; none if there is no body.
    pub(crate) bodies: Vec<String>,
    pub(crate) needs_body: bool,
}

/// A parameter that an operation has.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    /// `None` for cookies.
    pub(crate) place: Option<Place>,
    pub(crate) required: bool,
}

/// Reads all operations.
///
/// # Errors
///
/// If the document has no paths.
pub(crate) fn read(openapi: &Value) -> Result<Operations> {
    let paths = openapi["paths"]
        .as_object()
        .context("the document has paths")?;
    let mut operations = Operations::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(id) = operation["operationId"].as_str() {
                let declared = operation["parameters"].as_array().into_iter().flatten();
                let bodies = operation["requestBody"]["content"].as_object();
                let read = Operation {
                    method: method.to_ascii_uppercase(),
                    path: path.clone(),
                    parameters: declared.map(parameter).collect(),
                    bodies: bodies
                        .into_iter()
                        .flatten()
                        .map(|(kind, _)| kind.clone())
                        .collect(),
                    needs_body: operation["requestBody"]["required"] == true,
                };
                operations.insert(id.to_owned(), read);
            }
        }
    }
    Ok(operations)
}

fn parameter(declared: &Value) -> Declared {
    Declared {
        name: declared["name"].as_str().unwrap_or_default().to_owned(),
        place: match declared["in"].as_str() {
            Some("path") => Some(Place::Path),
            Some("query") => Some(Place::Query),
            Some("header") => Some(Place::Header),
            _ => None,
        },
        required: declared["required"] == true,
    }
}
