//! The part of Arazzo 1.0 that our workflows use; anything else is refused by name, so that nothing is passed over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A document with workflows.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Document {
    /// `1.0.1`
    pub(crate) arazzo: String,
    pub(crate) info: Info,
    pub(crate) source_descriptions: Vec<Source>,
    pub(crate) workflows: Vec<Workflow>,
}

/// What the document is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) version: String,
    #[expect(dead_code, reason = "for readers")]
    description: Option<String>,
}

/// Where operations are described.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) name: String,
    /// Relative to the document.
    pub(crate) url: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// Steps that lead somewhere together.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Workflow {
    #[serde(rename = "workflowId")]
    pub(crate) id: String,
    pub(crate) summary: Option<String>,
    #[expect(dead_code, reason = "for readers")]
    description: Option<String>,
    #[serde(default)]
    pub(crate) inputs: Inputs,
    pub(crate) steps: Vec<Step>,
    #[serde(default)]
    pub(crate) outputs: BTreeMap<String, String>,
}

/// What a workflow is given: an object's schema, of which types, defaults and what is required are looked at.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Inputs {
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Input>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
}

/// One thing that a workflow is given.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    pub(crate) default: Option<Value>,
}

/// One call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(rename = "stepId")]
    pub(crate) id: String,
    #[expect(dead_code, reason = "for readers")]
    description: Option<String>,
    pub(crate) operation_id: String,
    #[serde(default)]
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) request_body: Option<RequestBody>,
    #[serde(default)]
    pub(crate) success_criteria: Vec<Criterion>,
    #[serde(default)]
    pub(crate) on_failure: Vec<FailureAction>,
    #[serde(default)]
    pub(crate) outputs: BTreeMap<String, String>,
}

/// A value of a parameter: an expression, a text with expressions in braces, or anything else as it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "in")]
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// What is sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RequestBody {
    /// That of the operation if absent.
    pub(crate) content_type: Option<String>,
    pub(crate) payload: Map<String, Value>,
}

/// A condition that an answer must meet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Criterion {
    pub(crate) condition: String,
}

/// What is done where a criterion does not hold: the first whose own criteria do.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FailureAction {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: FailureKind,
    /// In seconds.
    #[serde(default)]
    pub(crate) retry_after: f64,
    /// How often at most.
    #[serde(default = "once")]
    pub(crate) retry_limit: u32,
    #[serde(default)]
    pub(crate) criteria: Vec<Criterion>,
}

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FailureKind {
    /// The step is taken again.
    Retry,
}

fn once() -> u32 {
    1
}
