//! What every answer of every operation has, and what none may have.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use tenon_testkit::TestEngine;

use crate::operations::Operation;
use crate::server::{Installation, Topology};

/// All forms of answers there are. A new one is a decision: what opens it may compute or run what is in it.
const TYPES: [&str; 4] = [
    "application/json",
    "application/problem+json",
    "text/event-stream",
    "text/html",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_of_every_operation_is_closed_to_guessing_framing_and_keeping() {
    let mut server = Installation::empty(TestEngine::Sqlite, Topology::Local).await;
    let gateway = server.gateway();
    gateway
        .settings
        .push("web.hsts_seconds=31536000".to_owned());
    gateway.must_run(&["admin", "seed-demo"]);
    server.serve().await;
    // Answers are looked at where they are given, and not where they lead.
    server.http = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .expect("a client");
    let mut admin = server.token("admin").await;
    let mut seen = 0;
    for operation in server.operations().await {
        for token in [None, Some(&admin), Some(&"nonsense".to_owned())] {
            let request = server.ask(&operation, &BTreeMap::new(), seen, None);
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            check(&operation, status, answer.headers(), token.is_some());
            seen += 1;
        }
        if operation.id == "delete_current_session" {
            admin = server.token("admin").await;
        }
    }
    println!("{seen} answers");
    assert!(seen > 300, "{seen}");
}

fn check(operation: &Operation, status: u16, headers: &HeaderMap, is_signed_in: bool) {
    let what = format!("{} {status}", operation.id);
    let header = |name: &str| headers.get(name).map(|value| value.to_str().expect("text"));
    assert_eq!(header("x-content-type-options"), Some("nosniff"), "{what}");
    let referrer = header("referrer-policy");
    assert!(
        matches!(referrer, Some("no-referrer" | "same-origin")),
        "{what}: {referrer:?}"
    );
    assert_eq!(
        header("strict-transport-security"),
        Some("max-age=31536000"),
        "{what}"
    );
    let policy = header("content-security-policy").unwrap_or_default();
    assert!(
        policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    for tells in [
        "server",
        "x-powered-by",
        "via",
        "access-control-allow-origin",
    ] {
        assert_eq!(header(tells), None, "{what}");
    }
    let kept = header("cache-control").unwrap_or_default();
    let is_private = kept == "no-store" || kept.starts_with("private");
    // What anybody may see may be kept by anybody, if it was found.
    let may_be_public = operation.policy == "public" && status < 300;
    assert!(
        is_private || (may_be_public && !kept.is_empty()),
        "{what}: {kept}"
    );
    if status >= 400 || (is_signed_in && operation.method != reqwest::Method::GET) {
        assert_eq!(kept, "no-store", "{what}");
    }
    // The API sends nobody elsewhere, not from HTTP to HTTPS either: what was sent unencrypted has to fail.
    assert!(
        !(300..400).contains(&status),
        "{what}: {:?}",
        header("location")
    );
    if let Some(kind) = header("content-type") {
        let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
        assert!(TYPES.contains(&kind), "{what}: {kind}");
        let is_text = kind.starts_with("text/html");
        assert_eq!(
            parameters.trim() == "charset=utf-8",
            is_text,
            "{what}: {parameters}"
        );
    } else {
        assert!(
            matches!(status, 204 | 304) || header("content-length") == Some("0"),
            "{what}"
        );
    }
}

/// A table that a spreadsheet opens computes what customers typed. There is none, and nobody adds one by accident.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_operation_gives_out_what_a_spreadsheet_or_a_browser_would_run() {
    let server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    let mut types = BTreeSet::new();
    for operation in server.operations().await {
        let answers = operation.document["responses"]
            .as_object()
            .expect("answers")
            .clone();
        for content in answers
            .values()
            .filter_map(|answer| answer["content"].as_object())
        {
            types.extend(content.keys().cloned());
        }
    }
    assert_eq!(types.into_iter().collect::<Vec<_>>(), TYPES);
}
