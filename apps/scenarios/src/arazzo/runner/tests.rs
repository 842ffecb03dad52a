//! The runner against a server that is a list of answers.

use std::collections::VecDeque;

use serde_json::json;

use super::super::operations;
use super::*;

#[derive(Default)]
struct Canned {
    answers: VecDeque<(u16, Value)>,
    asked: Vec<Request>,
}

impl Server for Canned {
    async fn ask(&mut self, request: Request) -> Result<Response> {
        self.asked.push(request);
        let (status, body) = self
            .answers
            .pop_front()
            .context("nobody expected this request")?;
        let headers = BTreeMap::from([("etag".to_owned(), "\"v1\"".to_owned())]);
        Ok(Response {
            status,
            headers,
            body,
        })
    }
}

fn operations() -> Operations {
    let openapi = json!({ "paths": {
        "/things": { "post": { "operationId": "make", "requestBody": { "content": { "application/json": {} } } } },
        "/things/{id}": { "get": { "operationId": "read" } },
    }});
    operations::read(&openapi).expect("paths")
}

fn workflow() -> Workflow {
    serde_json::from_value(json!({
        "workflowId": "both",
        "inputs": {
            "required": ["name"],
            "properties": { "name": {}, "color": { "default": "red" } },
        },
        "steps": [
            {
                "stepId": "make",
                "operationId": "make",
                "parameters": [{ "name": "Idempotency-Key", "in": "header", "value": "{$inputs.name}-1" }],
                "requestBody": { "payload": { "name": "$inputs.name", "color": "$inputs.color" } },
                "successCriteria": [{ "condition": "$statusCode == 201" }],
                "outputs": { "id": "$response.body#/id", "etag": "$response.header.ETag" },
            },
            {
                "stepId": "look",
                "operationId": "read",
                "parameters": [
                    { "name": "id", "in": "path", "value": "$steps.make.outputs.id" },
                    { "name": "q", "in": "query", "value": "a b" },
                ],
                "successCriteria": [{ "condition": "$response.body#/state == 'done'" }],
                "onFailure": [{
                    "name": "wait",
                    "type": "retry",
                    "retryAfter": 0,
                    "retryLimit": 2,
                    "criteria": [{ "condition": "$response.body#/state == 'going on'" }],
                }],
                "outputs": { "state": "$response.body#/state" },
            },
        ],
        "outputs": { "etag": "$steps.make.outputs.etag", "state": "$steps.look.outputs.state" },
    }))
    .expect("a workflow")
}

async fn play(
    answers: &[(u16, Value)],
    inputs: &[(&str, &str)],
) -> (Result<BTreeMap<String, Value>>, Vec<Request>) {
    let mut server = Canned {
        answers: answers.iter().cloned().collect(),
        asked: Vec::new(),
    };
    let inputs = inputs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let outcome = run(&workflow(), &operations(), &inputs, &mut server).await;
    (outcome, server.asked)
}

const NAME: [(&str, &str); 1] = [("name", "n")];

fn made() -> (u16, Value) {
    (201, json!({ "id": "a/1" }))
}

fn going_on() -> (u16, Value) {
    (200, json!({ "state": "going on" }))
}

#[tokio::test]
async fn outputs_of_a_step_are_what_the_next_one_sends() {
    let (outcome, asked) = play(
        &[made(), going_on(), (200, json!({ "state": "done" }))],
        &NAME,
    )
    .await;
    let outputs = outcome.expect("all criteria hold");
    assert_eq!(outputs["etag"], "\"v1\"");
    assert_eq!(outputs["state"], "done");
    assert_eq!(asked.len(), 3, "the second step was taken twice");
    assert_eq!(asked[0].body, Some(json!({ "name": "n", "color": "red" })));
    let header = |name: &str| {
        asked[0]
            .headers
            .iter()
            .find(|(this, _)| this == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(header("Idempotency-Key"), Some("n-1"));
    assert_eq!(header("Content-Type"), Some("application/json"));
    assert_eq!(
        (asked[1].method.as_str(), asked[1].path.as_str()),
        ("GET", "/things/a%2F1?q=a%20b")
    );
}

#[tokio::test]
async fn a_criterion_that_does_not_hold_ends_it_and_is_named() {
    let (outcome, asked) = play(&[(409, json!({ "code": "taken" }))], &NAME).await;
    let error = format!("{:#}", outcome.expect_err("409 is not 201"));
    for part in [
        "step make of both",
        "`$statusCode == 201` does not hold",
        "409",
        "taken",
    ] {
        assert!(error.contains(part), "{part} in {error}");
    }
    assert_eq!(asked.len(), 1, "no further step");
}

#[tokio::test]
async fn an_action_is_for_the_failures_that_it_names_and_has_an_end() {
    let (outcome, asked) = play(&[made(), (200, json!({ "state": "failed" }))], &NAME).await;
    assert!(format!("{:#}", outcome.expect_err("failed is not done")).contains("failed"));
    assert_eq!(asked.len(), 2);
    let (outcome, asked) = play(&[made(), going_on(), going_on(), going_on()], &NAME).await;
    assert!(format!("{:#}", outcome.expect_err("never done")).contains("after 2 retries (wait)"));
    assert_eq!(asked.len(), 4);
}

#[tokio::test]
async fn inputs_are_those_that_are_described() {
    let (outcome, asked) = play(&[], &[]).await;
    assert!(
        outcome
            .expect_err("no name")
            .to_string()
            .contains("needs the input name")
    );
    let (outcome, _) = play(&[], &[("name", "n"), ("colour", "red")]).await;
    assert!(
        outcome
            .expect_err("unknown")
            .to_string()
            .contains("no input colour")
    );
    assert!(asked.is_empty());
}

#[tokio::test]
async fn an_output_that_is_not_there_ends_it() {
    let (outcome, _) = play(&[(201, json!({}))], &NAME).await;
    assert!(
        format!("{:#}", outcome.expect_err("no id")).contains("$response.body#/id is not there")
    );
}
