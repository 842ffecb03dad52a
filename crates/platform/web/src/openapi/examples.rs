//! Examples of requests and answers, recorded elsewhere, put where OpenAPI has a place for them.

use serde_json::{Map, Value};

/// Adds to each operation what `examples` has under its id:
/// `{"parameters": {"cart_id": "crt_…"}, "body": {…}, "status": 201, "answer": {…}}`, of which each member may be absent.
pub(super) fn add(paths: &mut Map<String, Value>, examples: &Value) {
    let operations = paths
        .values_mut()
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    for operation in operations {
        let example = operation["operationId"].as_str().map(|id| &examples[id]);
        if let Some(example) = example {
            illustrate(operation, example);
        }
    }
}

fn illustrate(operation: &mut Value, example: &Value) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let value = parameter["name"]
            .as_str()
            .and_then(|name| example["parameters"].get(name));
        if let Some(value) = value {
            parameter["example"] = value.clone();
        }
    }
    if let Some(body) = example.get("body") {
        show(operation.pointer_mut("/requestBody/content"), body);
    }
    if let (Some(status), Some(answer)) = (example["status"].as_u64(), example.get("answer")) {
        let place = format!("/responses/{status}/content");
        show(operation.pointer_mut(&place), answer);
    }
}

/// In each media type.
fn show(content: Option<&mut Value>, value: &Value) {
    let types = content.and_then(Value::as_object_mut);
    for media in types.into_iter().flat_map(Map::values_mut) {
        media["example"] = value.clone();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_part_finds_its_place() {
        let document = json!({ "/carts/{id}": {
            "post": {
                "operationId": "add",
                "parameters": [{ "name": "id", "in": "path" }, { "name": "limit", "in": "query" }],
                "requestBody": { "content": { "application/json": { "schema": {} } } },
                "responses": { "201": { "content": { "application/json": { "schema": {} } } } },
            },
            "get": { "operationId": "read", "responses": {} },
        } });
        let Value::Object(mut paths) = document else {
            panic!("an object")
        };
        let examples = json!({ "add": { "parameters": { "id": "c1" }, "body": { "a": 1 }, "status": 201, "answer": { "b": 2 } } });
        add(&mut paths, &examples);
        let paths = Value::Object(paths);
        let at = |pointer: &str| paths.pointer(&format!("/~1carts~1{{id}}/post/{pointer}"));
        assert_eq!(at("parameters/0/example"), Some(&json!("c1")));
        assert_eq!(at("parameters/1/example"), None);
        assert_eq!(
            at("requestBody/content/application~1json/example/a"),
            Some(&json!(1))
        );
        assert_eq!(
            at("responses/201/content/application~1json/example/b"),
            Some(&json!(2))
        );
    }
}
