//! Each header and each member of a query that conventions are about, sent as nonsense to every operation.
//!
//! The nonsense is markup, so that whatever comes back of it as it was sent is seen.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Response;
use reqwest::redirect::Policy;
use serde_json::Value;
use tenon_testkit::TestEngine;

use crate::operations::{Operation, encode};
use crate::server::{Installation, Topology};

/// Looked for in everything that is answered.
const MARK: &str = "<b>mark-5e1f</b>";

/// Where nonsense is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Header(&'static str),
    Query(&'static str),
}
use Place::{Header, Query};

/// Places with what stands there; `{}` is the mark.
const NONSENSE: [(Place, &str); 26] = [
    (Header("idempotency-key"), "{}"),
    (Header("idempotency-key"), "{} with spaces"),
    (Header("idempotency-key"), "{}long"),
    (Header("if-match"), "{}"),
    (Header("if-match"), "\"v1\", \"{}\""),
    (Header("if-none-match"), "{}"),
    (Header("if-none-match"), "W/\"{}"),
    (Header("prefer"), "{}=\"{}, return"),
    (Header("prefer"), "handling=strict, {}"),
    (Header("prefer"), "handling=strict, unheard-of=\"{}\""),
    (Header("accept"), "{}"),
    (Header("content-type"), "{}"),
    (Header("content-type"), "application/json; charset={}"),
    (Header("traceparent"), "00-{}-01"),
    (Header("accept-language"), "{};q=x"),
    (Header("authorization"), "{}"),
    (Header("authorization"), "Bearer {}"),
    (Query("limit"), "{}"),
    (Query("limit"), "-1"),
    (Query("cursor"), "{}"),
    (Query("fields"), "{}"),
    (Query("fields"), "id,,{}"),
    (Query("fields"), "no_such_member"),
    (Query("expand"), "{}"),
    (Query("expand"), "no_such_member"),
    (Query("no_such_member"), "{}"),
];

/// What must come of it, as far as the place decides it alone.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// This status, and this is named: by a pointer or by a code.
    Refused(u16, &'static str),
    /// What the RFC of the header ignores: whatever comes of the request without it.
    Anything,
}

fn wanted(operation: &Operation, place: Place, text: &str) -> Wanted {
    use Wanted::{Anything, Refused};
    let parameters = operation.document["parameters"].as_array();
    let takes = |name: &str| {
        let mut parameters = parameters.into_iter().flatten();
        parameters.any(|one| {
            one["name"]
                .as_str()
                .is_some_and(|it| it.eq_ignore_ascii_case(name))
        })
    };
    let answers = |status: &str| operation.document["responses"].get(status).is_some();
    let is_client = operation.credentials.iter().any(|kind| kind == "client");
    match place {
        // Markup without spaces is a good key.
        Header("idempotency-key") if takes("idempotency-key") && text != "{}" => {
            Refused(400, "Idempotency-Key:")
        }
        Header("if-match") if takes("if-match") => Refused(400, "If-Match:"),
        Header("prefer") if text.starts_with("handling=strict") => Refused(400, "Prefer:"),
        Header("accept") => Refused(406, "not_acceptable"),
        // A client of OAuth proves itself before its form is read.
        Header("content-type") if answers("415") && text == "{}" && !is_client => {
            Refused(415, "unsupported_media_type")
        }
        Header("authorization") if !is_client => Refused(401, "invalid_token"),
        Query(name) if takes(name) => match name {
            "cursor" => Refused(400, "invalid_cursor"),
            "limit" => Refused(400, "?limit"),
            "expand" => Refused(400, "?expand"),
            _ => Refused(400, "?fields"),
        },
        Query(name) if operation.path.starts_with("/v1/") && !operation.has_page() => Refused(
            400,
            if name == "fields" {
                "?fields"
            } else {
                "unknown_member"
            },
        ),
        Header(_) | Query(_) => Anything,
    }
}

impl Operation {
    /// Whether it answers people, and may ignore what their browsers add.
    fn has_page(&self) -> bool {
        let mut responses = self.document["responses"].as_object().into_iter().flatten();
        responses.any(|(_, response)| response.pointer("/content/text~1html").is_some())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_is_refused_by_name_or_ignored_and_never_comes_back() {
    let mut server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    // Answers are looked at where they are given, and not where they lead.
    let client = reqwest::Client::builder().no_proxy();
    server.http = client.redirect(Policy::none()).build().expect("a client");
    let mut admin = server.token("admin").await;
    let document = server.document().await;
    let (mut codes, mut tried, mut wrong) = (BTreeSet::new(), 0, Vec::new());
    for operation in server.operations().await {
        for (place, text) in NONSENSE {
            let answer = send(&server, &operation, place, text, &admin, tried).await;
            tried += 1;
            let status = answer.status().as_u16();
            let seen = look_at(&operation, &document, answer, &mut codes).await;
            let outcome = match wanted(&operation, place, text) {
                Wanted::Refused(refusal, named) => seen.and_then(|said| {
                    let is_so = status == refusal && said.contains(named);
                    is_so
                        .then_some(())
                        .ok_or_else(|| format!("{refusal} {named} was due: {said}"))
                }),
                Wanted::Anything => seen.map(drop),
            };
            if let Err(why) = outcome {
                wrong.push(format!("{} {place:?} {text}: {status} {why}", operation.id));
            }
            if operation.id == "delete_current_session" && status == 204 {
                admin = server.token("admin").await;
            }
        }
    }
    for code in &codes {
        let page = server.http.get(format!("{}/errors/{code}", server.api));
        let page = page.send().await.expect("an answer");
        if page.status() != 200 {
            wrong.push(format!("the code {code} has no page"));
        }
    }
    println!(
        "{tried} requests, {} codes, {} wrong",
        codes.len(),
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{}",
        wrong[..wrong.len().min(40)].join("\n")
    );
    assert!(tried > 3_000 && codes.len() > 10, "{tried} {codes:?}");
}

/// A request that is good but for one place.
async fn send(
    server: &Installation,
    operation: &Operation,
    place: Place,
    text: &str,
    admin: &str,
    key: usize,
) -> Response {
    let mut value = text.replace("{}", MARK);
    if text == "{}long" {
        value = value.repeat(20);
    }
    let content = &operation.document["requestBody"]["content"]["application/json"];
    let body = content.get("example");
    let request = server.ask(operation, &BTreeMap::new(), key, body);
    let mut request = request.bearer_auth(admin).build().expect("a request");
    match place {
        Header(name) => {
            let value = value.parse().expect("header text");
            request.headers_mut().insert(name, value);
        }
        Query(name) => {
            let query = format!("{name}={}", encode(&value));
            request.url_mut().set_query(Some(&query));
        }
    }
    server.http.execute(request).await.expect("an answer")
}

/// Returns what is said, or what is wrong about how it is said.
async fn look_at(
    operation: &Operation,
    document: &Value,
    answer: Response,
    codes: &mut BTreeSet<String>,
) -> Result<String, String> {
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = header("content-type").unwrap_or_default().to_owned();
    let trace = header("trace-id").unwrap_or_default().to_owned();
    let text = if kind == "text/event-stream" {
        String::new() // it has no end
    } else {
        answer.text().await.expect("text")
    };
    let mut came_back = headers.iter().map(|(_, value)| value.as_bytes());
    let is_in = |bytes: &[u8]| {
        bytes
            .windows(MARK.len())
            .any(|window| window == MARK.as_bytes())
    };
    if came_back.any(is_in) || is_in(text.as_bytes()) {
        return Err(format!("it comes back: {headers:?} {text}"));
    }
    let Some(documented) = operation.document["responses"].get(status.to_string()) else {
        return Err(format!("is not documented: {text}"));
    };
    if trace.len() != 32 || !trace.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!("no trace: {trace}"));
    }
    if status < 400 {
        return Ok(text);
    }
    match kind.as_str() {
        "application/problem+json" => {
            let problem: Value = serde_json::from_str(&text).expect("JSON");
            let code = problem["code"].as_str().ok_or("no code")?;
            let response = match documented["$ref"].as_str() {
                Some(reference) => document.pointer(&reference[1..]).expect("a response"),
                None => documented,
            };
            let known = response["x-codes"].as_array().cloned().unwrap_or_default();
            if !known.iter().any(|one| one == code) {
                return Err(format!("{code} is not documented"));
            }
            codes.insert(code.to_owned());
        }
        "text/html; charset=utf-8" if operation.has_page() => {}
        "application/json" if operation.path.starts_with("/oauth/") => {
            let error: Value = serde_json::from_str(&text).expect("JSON");
            if !error["error"].is_string() {
                return Err(format!("no error of OAuth: {text}"));
            }
        }
        other => return Err(format!("a refusal in {other}: {text}")),
    }
    Ok(text)
}

/// Members that are shown once.
const SECRETS: [&str; 5] = [
    "secret",
    "access_token",
    "refresh_token",
    "device_token",
    "recovery_codes",
];
/// Their answers have a member for a secret, which is filled where one is made, and never by a change. This list is reviewed, not
/// generated.
const NEVER_FILLED: [&str; 3] = [
    "update_api_key",
    "update_oauth_client",
    "update_webhook_endpoint",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_that_is_shown_once_can_be_preferred_away() {
    let server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    let document = server.document().await;
    let (mut minimal, mut with_secrets) = (0, BTreeSet::new());
    for operation in server.operations().await {
        let parameters = operation.document["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        let takes_return = parameters.any(|one| {
            let said = one["description"].as_str().unwrap_or_default();
            one["name"] == "Prefer" && said.contains("return=minimal")
        });
        if !takes_return {
            continue;
        }
        minimal += 1;
        let mut members = BTreeSet::new();
        for (status, response) in operation.document["responses"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let schema = &response["content"]["application/json"]["schema"];
            if status.starts_with('2') {
                members_of(schema, &document, &mut BTreeSet::new(), &mut members);
            }
        }
        if SECRETS.iter().any(|secret| members.contains(*secret)) {
            with_secrets.insert(operation.id);
        }
    }
    assert!(minimal > 30, "{minimal}");
    assert_eq!(with_secrets.into_iter().collect::<Vec<_>>(), NEVER_FILLED);
}

/// Names of all members that a schema has somewhere.
fn members_of(
    schema: &Value,
    document: &Value,
    seen: &mut BTreeSet<String>,
    members: &mut BTreeSet<String>,
) {
    match schema {
        Value::Object(words) => {
            if let Some(reference) = schema["$ref"].as_str()
                && seen.insert(reference.to_owned())
            {
                let target = document.pointer(&reference[1..]).expect("a schema");
                members_of(target, document, seen, members);
            }
            if let Some(properties) = schema["properties"].as_object() {
                members.extend(properties.keys().cloned());
            }
            for word in words.values() {
                members_of(word, document, seen, members);
            }
        }
        Value::Array(items) => {
            for item in items {
                members_of(item, document, seen, members);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
