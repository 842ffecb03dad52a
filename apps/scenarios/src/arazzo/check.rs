//! What can be known to be wrong with a document before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::condition::Condition;
use super::document::{Document, Place, Step, Workflow};
use super::expression::{Expression, expressions};
use super::operations::Operations;

/// Everything that is wrong, each with its place: `buy_as_guest.check_out: …`. Empty for a good document.
pub(crate) fn check(document: &Document, operations: &Operations) -> Vec<String> {
    let mut wrong = Vec::new();
    if !document.arazzo.starts_with("1.0.") {
        wrong.push(format!(
            "arazzo: version {} is not understood here",
            document.arazzo
        ));
    }
    let is_source = |kind: &str| {
        document
            .source_descriptions
            .iter()
            .any(|source| source.kind == kind)
    };
    if document.source_descriptions.len() != 1 || !is_source("openapi") {
        wrong.push("sourceDescriptions: one OpenAPI document is understood here".to_owned());
    }
    let mut names = BTreeSet::new();
    for workflow in &document.workflows {
        if !names.insert(&workflow.id) {
            wrong.push(format!("{}: there are two of this name", workflow.id));
        }
        check_workflow(workflow, operations, &mut wrong);
    }
    wrong
}

fn check_workflow(workflow: &Workflow, operations: &Operations, wrong: &mut Vec<String>) {
    let at = &workflow.id;
    for name in &workflow.inputs.required {
        if !workflow.inputs.properties.contains_key(name) {
            wrong.push(format!("{at}: the required input {name} is not described"));
        }
    }
    // What the steps before have put out.
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for step in &workflow.steps {
        let mut found = Vec::new();
        check_step(step, operations, &mut found);
        for used in used_by(step) {
            found.extend(unknown(&used, workflow, &known, true));
        }
        if known.contains_key(step.id.as_str()) {
            found.push("there are two of this name".to_owned());
        }
        wrong.extend(
            found
                .into_iter()
                .map(|what| format!("{at}.{}: {what}", step.id)),
        );
        known.insert(&step.id, step.outputs.keys().map(String::as_str).collect());
    }
    for used in workflow.outputs.values() {
        let what = unknown(used, workflow, &known, false);
        wrong.extend(what.map(|what| format!("{at}: {what}")));
    }
}

fn check_step(step: &Step, operations: &Operations, wrong: &mut Vec<String>) {
    if step.success_criteria.is_empty() {
        wrong.push("a step without criteria shows nothing".to_owned());
    }
    for criterion in step
        .success_criteria
        .iter()
        .chain(step.on_failure.iter().flat_map(|action| &action.criteria))
    {
        if let Err(error) = Condition::read(&criterion.condition) {
            wrong.push(format!("`{}`: {error}", criterion.condition));
        }
    }
    let Some(operation) = operations.get(&step.operation_id) else {
        wrong.push(format!("there is no operation {}", step.operation_id));
        return;
    };
    for given in &step.parameters {
        let is_declared = operation
            .parameters
            .iter()
            .any(|declared| declared.name == given.name && declared.place == Some(given.place));
        // Stands for the operation's security, which OpenAPI does not count among its parameters.
        let is_token = given.name == "Authorization" && given.place == Place::Header;
        if !is_declared && !is_token {
            wrong.push(format!(
                "{} has no parameter {} there",
                step.operation_id, given.name
            ));
        }
    }
    for declared in operation
        .parameters
        .iter()
        .filter(|declared| declared.required)
    {
        if !step
            .parameters
            .iter()
            .any(|given| given.name == declared.name)
        {
            wrong.push(format!(
                "{} needs the parameter {}",
                step.operation_id, declared.name
            ));
        }
    }
    match &step.request_body {
        None if operation.needs_body => wrong.push(format!("{} needs a body", step.operation_id)),
        Some(_) if operation.bodies.is_empty() => {
            wrong.push(format!("{} takes no body", step.operation_id));
        }
        Some(body) => {
            let kind = body.content_type.as_ref();
            if let Some(kind) = kind.filter(|kind| !operation.bodies.contains(kind)) {
                wrong.push(format!("{} takes no {kind}", step.operation_id));
            }
        }
        None => {}
    }
}

/// Every expression of a step.
fn used_by(step: &Step) -> Vec<String> {
    let mut found = Vec::new();
    for parameter in &step.parameters {
        expressions(&parameter.value, &mut found);
    }
    if let Some(body) = &step.request_body {
        expressions(&Value::Object(body.payload.clone()), &mut found);
    }
    let failures = step.on_failure.iter().flat_map(|action| &action.criteria);
    for criterion in step.success_criteria.iter().chain(failures) {
        if let Ok(condition) = Condition::read(&criterion.condition) {
            found.extend(condition.expressions().into_iter().map(str::to_owned));
        }
    }
    found.extend(step.outputs.values().cloned());
    found
}

/// What is wrong with an expression, if anything is.
fn unknown(
    used: &str,
    workflow: &Workflow,
    known: &BTreeMap<&str, BTreeSet<&str>>,
    has_response: bool,
) -> Option<String> {
    match Expression::read(used) {
        Err(error) => Some(error.to_string()),
        Ok(Expression::Input(name)) if !workflow.inputs.properties.contains_key(name) => {
            Some(format!("{used}: there is no such input"))
        }
        Ok(Expression::Output { step, name })
            if !known
                .get(step)
                .is_some_and(|outputs| outputs.contains(name)) =>
        {
            Some(format!("{used}: no step before puts that out"))
        }
        Ok(Expression::StatusCode | Expression::Header(_) | Expression::Body(_))
            if !has_response =>
        {
            Some(format!("{used}: nothing is answered there"))
        }
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests;
