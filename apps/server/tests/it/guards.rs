//! Every operation, found in the document it is described by.

use serde_json::Value;
use tenon_testkit::TestEngine;

use crate::server::{Installation, Topology};

/// Operations that strangers may use, each for a reason. This list is reviewed, not generated.
const OPEN: [&str; 18] = [
    "authorize",                         // a browser comes before anybody is signed in
    "begin_federation",                  // nobody is signed in yet
    "create_cart",                       // guests buy
    "create_challenge",                  // nobody is signed in yet
    "create_passkey_challenge",          // nobody is signed in yet
    "create_registration",               // nobody is signed in yet
    "create_session",                    // signing in
    "get_authorization_server_metadata", // what every client has to know
    "get_jwks",                          // public keys
    "get_openid_configuration",          // what every client has to know
    "get_product",                       // the shop window
    "leave_to_provider",                 // nobody is signed in yet
    "list_categories",                   // the shop window
    "list_products",                     // the shop window
    "list_providers",                    // what the page to sign in on shows
    "quote_prices",                      // guests look, too
    "return_from_provider",              // a browser, with the state and cookie it left with
    "search",                            // the shop window
];

#[tokio::test]
async fn every_operation_refuses_strangers_or_is_open_for_a_reason() {
    let server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    let document: Value = server
        .http
        .get(format!("{}/openapi.json", server.api))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let (mut open, mut refused) = (Vec::new(), 0);
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let policy = operation["x-policy"].clone();
            match policy.as_str() {
                Some("public") => open.push(id.to_owned()),
                // The handler checks a secret: answers must not tell what exists.
                Some("bearer") => {
                    let status = ask(&server, method, path, operation).await;
                    assert!(
                        (400..500).contains(&status),
                        "{id} answers a stranger with {status}"
                    );
                }
                _ => {
                    let status = ask(&server, method, path, operation).await;
                    assert_eq!(
                        status, 401,
                        "{id} ({policy}) answers a stranger with {status}"
                    );
                    refused += 1;
                }
            }
        }
    }
    open.sort();
    assert_eq!(open, OPEN);
    assert!(refused > 20, "only {refused} operations need a sign-in");
}

/// Sends a request without credentials, as well formed as the document allows.
async fn ask(server: &Installation, method: &str, path: &str, operation: &Value) -> u16 {
    let path = path
        .split('/')
        .map(|part| {
            if part.starts_with('{') {
                parameter(part, operation)
            } else {
                part.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("/");
    let method = method.to_uppercase().parse().expect("a method");
    let mut request = server
        .http
        .request(method, format!("{}{path}", server.api))
        .header("idempotency-key", "guard");
    request = request.header("if-match", "\"v1\"");
    if operation.get("requestBody").is_some() {
        request = request
            .header("content-type", "application/json")
            .body("{}");
    }
    request.send().await.expect("an answer").status().as_u16()
}

/// A value for a path parameter: an id with the right prefix that names nothing.
fn parameter(part: &str, operation: &Value) -> String {
    let name = part.trim_matches(['{', '}']);
    let parameters = operation["parameters"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let pattern = parameters
        .iter()
        .find(|parameter| parameter["name"] == name)
        .and_then(|parameter| parameter["schema"]["pattern"].as_str())
        .unwrap_or_default();
    match pattern.trim_start_matches('^').split_once("_[") {
        Some((prefix, _)) => format!("{prefix}_01k5x2m8q4e7t9r3w6y1z0a5bc"),
        None => "simulator".to_owned(),
    }
}
