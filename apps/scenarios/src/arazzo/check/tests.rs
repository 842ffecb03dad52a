//! Each rule can refuse, and the committed document passes.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::super::operations;
use super::*;

fn committed(path: &str) -> Value {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let text = fs::read_to_string(docs.join(path)).expect("the document is committed");
    serde_json::from_str(&text).expect("JSON")
}

fn wrong(document: &Value) -> Vec<String> {
    let document = serde_json::from_value(document.clone()).expect("an Arazzo document");
    let operations = operations::read(&committed("openapi.json")).expect("an OpenAPI document");
    check(&document, &operations)
}

#[test]
fn the_committed_workflows_fit_the_committed_operations() {
    assert_eq!(
        wrong(&committed("arazzo/checkout.json")),
        Vec::<String>::new()
    );
}

#[test]
fn each_rule_can_refuse() {
    let good = committed("arazzo/checkout.json");
    let step = "/workflows/0/steps/2";
    for (pointer, value, message) in [
        ("/arazzo", json!("2.0.0"), "version 2.0.0"),
        (
            "/sourceDescriptions/0/type",
            json!("arazzo"),
            "one OpenAPI document",
        ),
        (
            "/workflows/1/workflowId",
            json!("buy_as_guest"),
            "two of this name",
        ),
        (
            "/workflows/0/inputs/required/0",
            json!("phone"),
            "phone is not described",
        ),
        (
            "/workflows/0/steps/2/stepId",
            json!("create_cart"),
            "two of this name",
        ),
        (
            "/workflows/0/steps/2/operationId",
            json!("add_line"),
            "no operation add_line",
        ),
        (
            "/workflows/0/steps/2/parameters/0/name",
            json!("id"),
            "needs the parameter cart_id",
        ),
        (
            "/workflows/0/steps/2/parameters/0/name",
            json!("id"),
            "has no parameter id",
        ),
        (
            "/workflows/0/steps/2/parameters/0/in",
            json!("query"),
            "has no parameter cart_id there",
        ),
        (
            "/workflows/0/steps/2/parameters/0/value",
            json!("$steps.read_order.outputs.number"),
            "no step before",
        ),
        (
            "/workflows/0/steps/2/parameters/2/value",
            json!("{$inputs.key}-line"),
            "no such input",
        ),
        (
            "/workflows/0/steps/2/requestBody",
            Value::Null,
            "needs a body",
        ),
        (
            "/workflows/0/steps/2/successCriteria",
            json!([]),
            "without criteria",
        ),
        (
            "/workflows/0/steps/2/successCriteria/0/condition",
            json!("$statusCode = 201"),
            "$statusCode = 201",
        ),
        (
            "/workflows/0/steps/4/requestBody/contentType",
            json!("text/plain"),
            "takes no text/plain",
        ),
        (
            "/workflows/0/outputs/order_number",
            json!("$response.body#/number"),
            "nothing is answered there",
        ),
    ] {
        let mut document = good.clone();
        *document
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer} is there")) = value;
        let found = wrong(&document);
        assert!(
            found.iter().any(|what| what.contains(message)),
            "{pointer}: {found:?}"
        );
    }
    let mut document = good;
    document.pointer_mut(step).expect("a step")["x"] = json!(1);
    assert!(
        serde_json::from_value::<Document>(document).is_err(),
        "unknown members"
    );
}
