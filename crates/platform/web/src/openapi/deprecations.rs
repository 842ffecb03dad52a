//! What the document says about deprecated parts.

use serde_json::{Map, Value, json};

use crate::Endpoint;
use crate::deprecation::{DeprecatedPart, Part};

const SCHEMAS: &str = "#/components/schemas/";

/// Marks the deprecated parts of all operations in a document that is otherwise whole.
pub(super) fn mark(document: &mut Value, endpoints: &[Endpoint]) {
    let mut any = false;
    for endpoint in endpoints.iter().filter(|it| !it.deprecations().is_empty()) {
        any = true;
        let method = endpoint.method().as_str().to_ascii_lowercase();
        for part in endpoint.deprecations() {
            mark_part(document, endpoint.operation_id(), &method, part);
        }
    }
    if any {
        let headers = &mut document["components"]["headers"];
        headers["Deprecation"] = json!({
            "description": "Since when what the caller used is deprecated (RFC 9745): `@1796083200`.",
            "schema": { "type": "string", "pattern": "^@[0-9]+$" },
        });
        headers["Sunset"] = json!({
            "description": "Until when what the caller used certainly stays (RFC 8594).",
            "schema": { "type": "string" },
        });
    }
}

fn mark_part(document: &mut Value, id: &str, method: &str, part: &DeprecatedPart) {
    let mut schemas = document["components"]["schemas"].take();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operation = paths
        .filter_map(|(_, path)| path.get_mut(method))
        .find(|operation| operation["operationId"] == id);
    if let Some(operation) = operation {
        announce_headers(operation);
        match part.part {
            Part::Operation => note(operation, part),
            Part::Query(name) => {
                let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
                parameters
                    .filter(|it| it["in"] == "query" && it["name"] == name)
                    .for_each(|it| note(it, part));
            }
            Part::RequestMember(pointer) => {
                for content in contents(&mut operation["requestBody"]) {
                    visit(&mut content["schema"], &mut schemas, pointer, part);
                }
            }
            Part::AnswerMember(pointer) => {
                let responses = operation["responses"].as_object_mut().into_iter().flatten();
                for (_, response) in responses.filter(|(status, _)| status.starts_with('2')) {
                    for content in contents(response) {
                        visit(&mut content["schema"], &mut schemas, pointer, part);
                    }
                }
            }
        }
    }
    document["components"]["schemas"] = schemas;
}

fn announce_headers(operation: &mut Value) {
    let responses = operation["responses"].as_object_mut().into_iter().flatten();
    for (_, response) in responses.filter(|(status, _)| status.starts_with('2')) {
        for name in ["Deprecation", "Sunset"] {
            response["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
        }
    }
}

fn contents(place: &mut Value) -> impl Iterator<Item = &mut Value> {
    let content = place.get_mut("content").and_then(Value::as_object_mut);
    content.into_iter().flat_map(Map::values_mut)
}

/// Says at an operation, a parameter or a member that it is deprecated.
fn note(place: &mut Value, part: &DeprecatedPart) {
    if place["deprecated"] == true {
        return; // two parts may share a schema
    }
    place["deprecated"] = json!(true);
    let sentences = part.terms.sentences();
    let description = match place["description"].as_str() {
        Some(known) => format!("{known}\n\n{sentences}"),
        None => sentences,
    };
    place["description"] = json!(description);
}

/// Follows a pointer through schemas and notes the member that it names.
fn visit(schema: &mut Value, schemas: &mut Value, pointer: &str, part: &DeprecatedPart) {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|it| it.strip_prefix(SCHEMAS))
    {
        let name = name.to_owned();
        let mut target = schemas[&name].take();
        visit(&mut target, schemas, pointer, part);
        schemas[&name] = target;
        return;
    }
    let Some(rest) = pointer.strip_prefix('/') else {
        return note(schema, part);
    };
    for word in ["allOf", "anyOf", "oneOf"] {
        for choice in schema
            .get_mut(word)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            visit(choice, schemas, pointer, part);
        }
    }
    let (segment, below) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let member = if segment == "*" {
        schema.get_mut("items")
    } else {
        let name = segment.replace("~1", "/").replace("~0", "~");
        schema
            .get_mut("properties")
            .and_then(|it| it.get_mut(&name))
    };
    if let Some(member) = member {
        // A member that is a reference is noted beside it: the type is used elsewhere.
        if below.is_empty() {
            note(member, part);
        } else {
            visit(member, schemas, below, part);
        }
    }
}
