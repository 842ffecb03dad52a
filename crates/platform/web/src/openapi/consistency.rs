//! What the document says about `Consistency-Token`.

use http::Method;
use serde_json::{Value, json};

use crate::Endpoint;

const NAME: &str = "Consistency-Token";

/// Adds the header to answers of commands, and the parameter to reads.
pub(super) fn add(document: &mut Value, endpoints: &[Endpoint]) {
    let description =
        "Names the events that the request caused: sent back with a read, the read waits for them.";
    document["components"]["headers"][NAME] = json!({
        "description": description,
        "schema": { "type": "string" },
    });
    let header = json!({ "$ref": format!("#/components/headers/{NAME}") });
    let parameter = json!({
        "name": NAME,
        "in": "header",
        "description": "From the answer to a write: waits, two seconds at most, until what follows from it can be read.",
        "schema": { "type": "string" },
    });
    for endpoint in endpoints.iter().filter(|it| !it.shape.is_stream) {
        let method = endpoint.method().as_str().to_ascii_lowercase();
        let paths = document["paths"].as_object_mut().into_iter().flatten();
        let operation = paths
            .filter_map(|(_, path)| path.get_mut(&method))
            .find(|operation| operation["operationId"] == endpoint.operation_id());
        let Some(operation) = operation else {
            continue;
        };
        if *endpoint.method() == Method::GET {
            match operation["parameters"].as_array_mut() {
                Some(parameters) => parameters.push(parameter.clone()),
                None => operation["parameters"] = json!([parameter]),
            }
            continue;
        }
        let responses = operation["responses"].as_object_mut().into_iter().flatten();
        for (_, response) in responses.filter(|(status, _)| status.starts_with('2')) {
            response["headers"][NAME] = header.clone();
        }
    }
}
