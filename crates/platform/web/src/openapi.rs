//! The OpenAPI 3.1 document, made from the endpoints.

mod consistency;
mod deprecations;
mod examples;
pub(crate) mod operation;
mod parameters;
mod problems;
mod schemas;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use self::schemas::Schemas;
use crate::Endpoint;
use crate::routes::same_shape;

pub use self::schemas::SchemaConflict;

/// What every operation has in common, said once.
const DESCRIPTION: &str = "\
Errors are problem documents (RFC 9457): `code` is stable and has a page at `/errors/{code}`, `retry` says what to do next, \
`errors` names wrong members by JSON pointer. Unknown members are refused. Where OAuth clients talk to the authorization \
server, errors are those of RFC 6749 instead, and unknown members are ignored as it asks.\n\n\
Commands that take an `Idempotency-Key` have one effect however often they are repeated with the same key and body.\n\n\
Lists are pages: send `next_cursor` back as `cursor`. Things with an `ETag` change only under `If-Match`.\n\n\
Answers to writes have a `Consistency-Token` where events follow from them: send it back with a read to see their effects. \
What is deprecated stays for six months at least; whoever uses it is told so by the headers `Deprecation` and `Sunset`, \
and [a page](/deprecations) says what replaces it.\n\n\
With `fields` an answer has the members that were named and no others: what a schema requires, it requires of whole answers.";

/// Title and version of the API.
#[derive(Debug, Clone)]
pub struct ApiInfo {
    /// Shown as the heading.
    pub title: &'static str,
    /// Of the API, not of the program.
    pub version: &'static str,
    /// Examples by operation, as JSON: `{"add_cart_line": {"parameters": {…}, "body": {…}, "status": 201, "answer": {…}}}`;
    /// empty if there are none.
    pub examples: &'static str,
}

/// Makes the document.
///
/// # Panics
///
/// If two different types share a name; `Edge::try_public` finds that at start.
pub fn openapi_document(info: &ApiInfo, endpoints: &[Endpoint]) -> Value {
    match try_openapi_document(info, endpoints) {
        Ok(document) => document,
        Err(conflict) => panic!("no OpenAPI document: {conflict}"),
    }
}

/// Makes the document, or says which types share a name.
pub(crate) fn try_openapi_document(
    info: &ApiInfo,
    endpoints: &[Endpoint],
) -> Result<Value, SchemaConflict> {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in endpoints {
        // Endpoints may name the members of one path differently; the document knows the names of the first.
        let path = endpoints
            .iter()
            .map(Endpoint::path)
            .find(|path| same_shape(path, endpoint.path()));
        let path = path.unwrap_or_else(|| endpoint.path());
        let operation = operation::describe(&endpoint.shape, path, endpoints, &mut schemas);
        let path = paths.entry(path).or_insert_with(|| json!({}));
        path[endpoint.method().as_str().to_ascii_lowercase()] = operation;
    }
    if !info.examples.is_empty() {
        let examples = serde_json::from_str(info.examples).expect("examples are JSON");
        examples::add(&mut paths, &examples);
    }
    let tags: BTreeSet<&str> = endpoints
        .iter()
        .map(|endpoint| endpoint.shape.tag)
        .filter(|tag| !tag.is_empty())
        .collect();
    let tags: Vec<Value> = tags.into_iter().map(|tag| json!({ "name": tag })).collect();

    let mut document = json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": { "title": info.title, "version": info.version, "description": DESCRIPTION },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": {},
            "responses": problems::components(),
            "headers": parameters::header_components(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token of a signed-in person.",
                },
                "client": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Id and secret of an OAuth client (RFC 6749 §2.3.1); they may stand in the form instead.",
                },
                "browser": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-tenon_session",
                    "description": "The session of a browser with our own pages; `tenon_session` where the installation is reached by plain http on this machine.",
                },
                "guest": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Cart-Token",
                    "description": "The secret that a guest got with the cart.",
                },
            },
        },
    });
    let mut definitions = schemas.finish(&mut document)?;
    definitions.insert("Problem".to_owned(), problems::schema());
    if endpoints.iter().any(|endpoint| endpoint.shape.speaks_oauth) {
        definitions.insert("OauthError".to_owned(), problems::oauth_schema());
    }
    definitions.sort_keys();
    document["components"]["schemas"] = Value::Object(definitions);
    consistency::add(&mut document, endpoints);
    deprecations::mark(&mut document, endpoints);
    Ok(document)
}
