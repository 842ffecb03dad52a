//! Takes the steps of a workflow one by one, and stops at the first whose criteria do not hold.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::condition::Condition;
use super::document::{Criterion, FailureKind, Place, Step, Workflow};
use super::expression::{Response, Scope, plain};
use super::operations::{Operation, Operations};

/// What is sent.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
}

/// Who answers.
pub(crate) trait Server {
    /// Sends one request.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    async fn ask(&mut self, request: Request) -> Result<Response>;
}

/// Takes all steps and returns the outputs of the workflow.
///
/// # Errors
///
/// If an input is missing or not known, or with the first step that fails, and why.
pub(crate) async fn run(
    workflow: &Workflow,
    operations: &Operations,
    inputs: &BTreeMap<String, Value>,
    server: &mut impl Server,
) -> Result<BTreeMap<String, Value>> {
    let mut scope = Scope {
        inputs: inputs_of(workflow, inputs)?,
        ..Scope::default()
    };
    for (index, step) in workflow.steps.iter().enumerate() {
        let operation = operations
            .get(&step.operation_id)
            .with_context(|| format!("there is no operation {}", step.operation_id))?;
        println!("{:>2}. {}", index + 1, step.id);
        let outputs = take(step, operation, &mut scope, server).await;
        let outputs = outputs.with_context(|| format!("step {} of {}", step.id, workflow.id))?;
        scope.steps.insert(step.id.clone(), outputs);
    }
    scope.response = None;
    valued(&workflow.outputs, &scope)
}

fn inputs_of(
    workflow: &Workflow,
    given: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>> {
    let described = &workflow.inputs.properties;
    if let Some(name) = given.keys().find(|name| !described.contains_key(*name)) {
        bail!("{} has no input {name}", workflow.id);
    }
    let defaults = described
        .iter()
        .filter_map(|(name, input)| Some((name.clone(), input.default.clone()?)));
    let mut inputs: BTreeMap<String, Value> = defaults.collect();
    inputs.extend(given.clone());
    match workflow
        .inputs
        .required
        .iter()
        .find(|name| !inputs.contains_key(*name))
    {
        Some(name) => bail!("{} needs the input {name}", workflow.id),
        None => Ok(inputs),
    }
}

/// Takes one step, again while its failure actions say so.
async fn take(
    step: &Step,
    operation: &Operation,
    scope: &mut Scope,
    server: &mut impl Server,
) -> Result<BTreeMap<String, Value>> {
    let mut retries: BTreeMap<&str, u32> = BTreeMap::new();
    loop {
        let response = server.ask(request(step, operation, scope)?).await?;
        println!(
            "    {} {} -> {}",
            operation.method, operation.path, response.status
        );
        scope.response = Some(response);
        let Some(reason) = broken(&step.success_criteria, scope) else {
            return valued(&step.outputs, scope);
        };
        let action = step
            .on_failure
            .iter()
            .find(|action| broken(&action.criteria, scope).is_none());
        let Some(action) = action else {
            bail!("{reason}");
        };
        let FailureKind::Retry = action.kind;
        let count = retries.entry(&action.name).or_default();
        if *count == action.retry_limit {
            bail!("{reason}, also after {count} retries ({})", action.name);
        }
        *count += 1;
        tokio::time::sleep(Duration::from_secs_f64(action.retry_after)).await;
    }
}

/// The first criterion that does not hold, and why. Of an answer it tells what the criterion asks about and what a
/// problem document says, not the whole, which may have secrets in it.
fn broken(criteria: &[Criterion], scope: &Scope) -> Option<String> {
    criteria.iter().find_map(|criterion| {
        let text = &criterion.condition;
        let condition = match Condition::read(text) {
            Ok(condition) => condition,
            Err(error) => return Some(format!("`{text}`: {error}")),
        };
        let mut reason = match condition.holds(scope) {
            Ok(true) => return None,
            Ok(false) => format!("`{text}` does not hold"),
            Err(error) => format!("`{text}`: {error}"),
        };
        for used in condition.expressions() {
            if let Ok(value) = scope.value(used) {
                reason = format!("{reason}; {used} is {value}");
            }
        }
        let body = scope.response.as_ref().map(|response| &response.body);
        for member in ["code", "detail"] {
            if let Some(said) = body.and_then(|body| body[member].as_str()) {
                reason = format!("{reason}; {said}");
            }
        }
        Some(reason)
    })
}

fn valued(outputs: &BTreeMap<String, String>, scope: &Scope) -> Result<BTreeMap<String, Value>> {
    outputs
        .iter()
        .map(|(name, expression)| Ok((name.clone(), scope.value(expression)?)))
        .collect()
}

fn request(step: &Step, operation: &Operation, scope: &Scope) -> Result<Request> {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    let mut headers = Vec::new();
    for parameter in &step.parameters {
        let value = plain(&scope.filled(&parameter.value)?)
            .with_context(|| format!("parameter {}", parameter.name))?;
        match parameter.place {
            Place::Path => {
                let hole = format!("{{{}}}", parameter.name);
                path = path.replace(&hole, &encoded(&value));
            }
            Place::Query => query.push(format!("{}={}", encoded(&parameter.name), encoded(&value))),
            Place::Header => headers.push((parameter.name.clone(), value)),
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let body = step.request_body.as_ref();
    if let Some(kind) =
        body.and_then(|body| body.content_type.as_ref().or(operation.bodies.first()))
    {
        headers.push(("Content-Type".to_owned(), kind.clone()));
    }
    let body = body.map(|body| scope.filled(&Value::Object(body.payload.clone())));
    Ok(Request {
        method: operation.method.clone(),
        path,
        headers,
        body: body.transpose()?,
    })
}

/// Percent-encoded but for what RFC 3986 calls unreserved.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a text takes everything");
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
