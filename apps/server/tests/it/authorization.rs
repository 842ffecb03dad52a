//! Who may do what, tried: every operation by everybody, as its policy says.

mod enrolling;
mod ownership;
mod things;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenon_testkit::TestEngine;

use crate::operations::Operation;
use crate::people::read;
use crate::server::{Installation, Topology};

/// What programs may do for nobody, whatever they were given. This list is reviewed, not generated.
const CLOSED_TO_PROGRAMS: [&str; 38] = [
    "cancel_my_erasure",
    "create_api_key",
    "create_my_factor",
    "create_my_factor_confirmation",
    "create_my_recovery_codes",
    "create_oauth_client",
    "create_service_account",
    "create_service_account_key",
    "create_user",
    "delete_api_key",
    "delete_current_session",
    "delete_me",
    "delete_my_consent",
    "delete_my_factor",
    "delete_my_session",
    "delete_oauth_client",
    "delete_user_factors",
    "get_api_key",
    "get_my_erasure",
    "get_oauth_client",
    "get_service_account",
    "link_my_identity",
    "list_api_keys",
    "list_my_consents",
    "list_my_factors",
    "list_my_identities",
    "list_my_sessions",
    "list_oauth_clients",
    "list_service_account_keys",
    "list_service_accounts",
    "rotate_api_key",
    "rotate_oauth_client_secret",
    "unlink_my_identity",
    "update_api_key",
    "update_me",
    "update_oauth_client",
    "update_service_account",
    "update_user",
];
/// Questions that are asked in a body: who may read may ask them. This list is reviewed, not generated.
const ASKED_BY_POST: [&str; 1] = ["quote_prices"];
/// What is said to whoever may not.
const REFUSALS: [&str; 6] = [
    "unauthenticated",
    "invalid_token",
    "forbidden",
    "insufficient_scope",
    "insufficient_user_authentication",
    "identity.second_factor_required",
];

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Customer,
    Staff,
    Admin,
    /// A key of an administrator that may only read, and has no role.
    Key,
    /// A program that an administrator let read.
    Program,
}

const EVERYBODY: [Who; 6] = [
    Who::Nobody,
    Who::Customer,
    Who::Staff,
    Who::Admin,
    Who::Key,
    Who::Program,
];

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Refused(u16, &'static str),
    /// It is refused for what it says, not for who says it, or done.
    LetIn,
    /// The handler checks a secret that was not sent.
    NotThatWay,
}

fn expected(operation: &Operation, who: Who) -> Expected {
    use Expected::{LetIn, NotThatWay, Refused};
    let takes_tokens = operation.credentials.iter().any(|kind| kind == "bearer");
    let is_safe = operation.method.is_safe() || ASKED_BY_POST.contains(&operation.id.as_str());
    if matches!(who, Who::Key | Who::Program) {
        let (id, userinfo) = (operation.id.as_str(), operation.path == "/oauth/userinfo");
        return match operation.policy.as_str() {
            _ if !takes_tokens => NotThatWay,
            _ if userinfo && who == Who::Program => LetIn,
            _ if userinfo || !is_safe || CLOSED_TO_PROGRAMS.contains(&id) => {
                Refused(403, "insufficient_scope")
            }
            "has:staff" | "has:admin" => Refused(403, "forbidden"),
            _ => LetIn,
        };
    }
    match (operation.policy.as_str(), who) {
        ("public", _) => LetIn,
        ("bearer", _) => NotThatWay,
        (_, Who::Nobody) => Refused(401, "unauthenticated"),
        ("signed_in" | "signed_in_or_enrolling", _)
        | ("has:staff", Who::Staff | Who::Admin)
        | ("has:admin", Who::Admin) => LetIn,
        ("has:staff" | "has:admin", _) => Refused(403, "forbidden"),
        (policy, _) => panic!("{}: nobody knows the policy {policy}", operation.id),
    }
}

fn is_as(expected: Expected, status: u16, code: &str) -> bool {
    match expected {
        Expected::Refused(wanted, why) => (status, code) == (wanted, why),
        Expected::LetIn => status < 500 && !REFUSALS.contains(&code),
        Expected::NotThatWay => (200..500).contains(&status) && code != "forbidden",
    }
}

/// Sends it; the body of a success is not read, because some have no end.
async fn outcome(request: reqwest::RequestBuilder) -> (u16, String) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    if status < 400 {
        return (status, String::new());
    }
    let body: Value = answer.json().await.unwrap_or(Value::Null);
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

/// Whoever a cell is about, with a token that lives: some cells end the session that they are asked with.
async fn token(server: &Installation, who: Who, given: &BTreeMap<&str, String>) -> Option<String> {
    match who {
        Who::Nobody => None,
        Who::Customer => Some(given["customer"].clone()),
        Who::Staff => Some(server.token("staff").await),
        Who::Admin => Some(server.token("admin").await),
        Who::Key => Some(given["key"].clone()),
        Who::Program => Some(given["program"].clone()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_lets_in_whom_its_policy_names_and_nobody_else() {
    let server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    let operations = server.operations().await;
    let stranger = server.register("stranger@example.org").await;
    let admin = server.token("admin").await;
    let key = json!({ "name": "Narrow", "scopes": ["api:read"] });
    let key = read(
        server.post("/v1/api-keys", &admin, "narrow", &key).await,
        201,
    )
    .await;
    let program = server.program(&admin, &["openid", "api:read"]).await;
    let delegated = server
        .delegate(&program, &server.account("admin"), "openid api:read")
        .await;
    let mut given = BTreeMap::from([
        ("customer", String::new()),
        ("key", key["secret"].as_str().expect("a key").to_owned()),
        ("program", delegated),
    ]);

    let (mut cells, mut unexpected) = (0, Vec::new());
    for who in EVERYBODY {
        let mut now = None;
        for operation in &operations {
            // One session for each person, and another after the operation that ends it.
            if now.is_none() {
                let session = server.sign_in(&stranger).await;
                let session = session["access_token"].as_str().expect("a token");
                given.insert("customer", session.to_owned());
                now = token(&server, who, &given).await;
            }
            let request = server.ask(operation, &BTreeMap::new(), cells, None);
            let request = match &now {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let (status, code) = outcome(request).await;
            let wanted = expected(operation, who);
            cells += 1;
            if !is_as(wanted, status, &code) {
                let id = &operation.id;
                unexpected.push(format!("{id} by {who:?}: {status} {code}, not {wanted:?}"));
            }
            if ["delete_current_session", "delete_me"].contains(&operation.id.as_str()) {
                now = None;
            }
        }
    }
    println!("{cells} cells, {} unexpected", unexpected.len());
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    assert_eq!(cells, operations.len() * EVERYBODY.len());
    // Nothing stands in the list that there is no longer.
    for named in CLOSED_TO_PROGRAMS.into_iter().chain(ASKED_BY_POST) {
        assert!(operations.iter().any(|one| one.id == named), "{named}");
    }
}
