//! Inputs that mean something to somebody else: to a database, a terminal, a log; and secrets, which must stay where they were sent.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};
use tenon_testkit::TestEngine;

use crate::operations::{Operation, encode};
use crate::server::{Installation, Topology};

/// What a query member is tried with.
const TEXTS: [&str; 14] = [
    "' OR '1'='1",
    "1; DROP TABLE orders--",
    "created_at DESC",
    "(SELECT 1)",
    "1 UNION SELECT NULL,NULL",
    "%25%5F_%",
    "\\",
    "${jndi:ldap://127.0.0.1/x}",
    "=cmd|' /C calc'!A0",
    "\r\n{\"level\":\"FORGED\"}",
    "\u{1b}[31mFORGED",
    "e30",
    "bnVsbA.AAAA",
    "-9223372036854775809",
];

/// Secrets that nobody but a handler may see. The number is one of a card that passes its check.
const CANARIES: [(&str, &str); 7] = [
    ("password", "canary-Pass-1f0c9e"),
    ("token", "canary-Token-7ab210"),
    ("secret", "canary-Secret-55d0c1"),
    ("code", "canary-Code-90e4b7"),
    ("card", "4929420573595709"),
    ("cookie", "canary-Cookie-3e77aa"),
    ("bearer", "canary-Bearer-c0ffee"),
];
/// Of settings.
const PROVIDER_KEY: &str = "canary-Provider-8812fe";
const WEBHOOK_SECRET: &str = "whsec_canary_Webhook_41b9";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_query_says_it_is_text_or_refused_and_the_log_stays_readable() {
    let mut server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    let admin = server.token("admin").await;
    let mut tried = 0;
    for operation in server.operations().await {
        let parameters = operation.document["parameters"].as_array().cloned();
        let names = parameters.unwrap_or_default();
        let names = names.iter().filter(|one| one["in"] == "query");
        for name in names.map(|one| one["name"].as_str().expect("a name")) {
            for text in TEXTS {
                let query = format!("?{name}={}", encode(text));
                let path = operation.path_to(&BTreeMap::new());
                let url = format!("{}{path}{query}", server.api);
                let request = server.http.request(operation.method.clone(), url);
                let request = request.header("user-agent", "x FORGED \u{e9}");
                let answer = request.bearer_auth(&admin).send().await.expect("an answer");
                let status = answer.status().as_u16();
                assert!(status < 500, "{} {name}={text}: {status}", operation.id);
                tried += 1;
            }
        }
        // Paths, too, and idempotency keys.
        if !operation.parameters.is_empty() {
            let place = operation.path.split('{').next().expect("a beginning");
            for text in TEXTS {
                let url = format!("{}{place}{}", server.api, encode(text));
                let request = server.http.request(operation.method.clone(), url);
                let request = request.header("idempotency-key", "FORGED 'x");
                let answer = request.bearer_auth(&admin).send().await.expect("an answer");
                let status = answer.status().as_u16();
                assert!(
                    (200..500).contains(&status),
                    "{} {text}: {status}",
                    operation.id
                );
                tried += 1;
            }
        }
    }
    println!("{tried} texts");
    assert!(tried > 1_000, "{tried}");
    server.gateway().stop();
    let log = std::fs::read(server.gateway().log_file()).expect("a log");
    let log = String::from_utf8(log).expect("UTF-8");
    assert!(log.lines().count() > 1_000, "nothing was logged");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(
            line["level"].is_string() && line["level"] != "FORGED",
            "{line}"
        );
    }
    assert!(
        !log.contains('\u{1b}') && !log.contains("FORGED"),
        "callers write the log"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_of_settings_and_requests_come_out_nowhere() {
    let mut server = Installation::empty(TestEngine::Sqlite, Topology::Local).await;
    let gateway = server.gateway();
    gateway
        .settings
        .retain(|it| !it.starts_with("payments.provider.webhook_secret"));
    gateway
        .settings
        .push(format!("payments.provider.webhook_secret={WEBHOOK_SECRET}"));
    gateway
        .settings
        .push(format!("payments.provider.api_key={PROVIDER_KEY}"));
    gateway
        .settings
        .push("telemetry.log_filter=debug".to_owned());
    gateway.must_run(&["admin", "seed-demo"]);
    server.serve().await;
    let admin = server.token("admin").await;
    let mut bodies = Vec::new();
    let operations = server.operations().await;
    for (key, operation) in operations.iter().enumerate() {
        for signed_in in [true, false] {
            let body = body_of_canaries(operation, signed_in);
            let request = server.ask(operation, &BTreeMap::new(), key, body.as_ref());
            let request = request
                .header("cart-token", canary("token"))
                .header(
                    "simulator-signature",
                    format!("t=1,v1={}", canary("secret")),
                )
                .header("cookie", format!("tenon_session={}", canary("cookie")));
            // A bad token would end it at the edge, where none is needed, too.
            let is_open = matches!(operation.policy.as_str(), "public" | "bearer");
            let request = match (signed_in, is_open) {
                (true, _) if operation.id != "delete_current_session" => {
                    request.bearer_auth(&admin)
                }
                (false, true) => request,
                _ => request.bearer_auth(canary("bearer")),
            };
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            assert!(status < 500, "{}: {status}", operation.id);
            bodies.extend(format!("{:?}", answer.headers()).into_bytes());
            if operation.id != "stream_events" {
                bodies.extend(answer.bytes().await.expect("a body"));
            }
        }
    }
    // Good ones, too: an account that is registered, signed in to and asked for.
    for (path, body) in [
        (
            "registrations",
            json!({ "email": "canary@example.org", "password": canary("password") }),
        ),
        (
            "sessions",
            json!({ "email": "canary@example.org", "password": canary("password") }),
        ),
        (
            "challenges",
            json!({ "purpose": "recover", "email": "canary@example.org" }),
        ),
    ] {
        let request = server.http.post(format!("{}/v1/auth/{path}", server.api));
        let answer = request.json(&body).send().await.expect("an answer");
        assert!(answer.status().as_u16() < 500, "{path}");
        bodies.extend(answer.bytes().await.expect("a body"));
    }
    let metrics = format!("http://127.0.0.1:{}/metrics", server.gateway().operations);
    let metrics = server.http.get(metrics).send().await.expect("an answer");
    let metrics = metrics.bytes().await.expect("a body").to_vec();
    server.gateway().stop();

    let mut places = vec![
        ("answers".to_owned(), bodies),
        ("metrics".to_owned(), metrics),
    ];
    files(&server.gateway().data_dir.clone(), &mut places);
    // The search can find: these are there for all to see.
    let finds = |needle: &str| places.iter().any(|(_, bytes)| holds(bytes, needle));
    assert!(finds("canary@example.org") && finds("http_request") && finds("invalid_token"));
    let mut hits = Vec::new();
    let of_settings = [
        ("api key", PROVIDER_KEY),
        ("webhook secret", WEBHOOK_SECRET),
    ];
    for (what, secret) in CANARIES.into_iter().chain(of_settings) {
        for (place, bytes) in &places {
            if holds(bytes, secret) {
                hits.push(format!("the {what} is in {place}"));
            }
        }
    }
    println!("{} places, {} hits", places.len(), hits.len());
    assert!(hits.is_empty(), "{hits:?}");
}

fn canary(what: &str) -> &'static str {
    let mut canaries = CANARIES.into_iter();
    canaries
        .find(|(name, _)| *name == what)
        .expect("it is one")
        .1
}

/// The example of the document, with canaries for what is secret, and a card that nobody asked for.
fn body_of_canaries(operation: &Operation, with_card: bool) -> Option<Value> {
    let content = &operation.document["requestBody"]["content"];
    let example = content["application/json"]["example"].as_object()?;
    let mut body = Map::new();
    for (member, value) in example {
        let secret = ["password", "token", "secret", "code"]
            .into_iter()
            .find(|word| member.contains(word) && value.is_string());
        let value = secret.map_or_else(|| value.clone(), |word| json!(canary(word)));
        body.insert(member.clone(), value);
    }
    if with_card {
        body.insert("card_number".to_owned(), json!(canary("card")));
    }
    Some(Value::Object(body))
}

fn files(folder: &Path, places: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, places);
        } else {
            places.push((
                path.display().to_string(),
                std::fs::read(&path).expect("a file"),
            ));
        }
    }
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    let needle = needle.as_bytes();
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
