//! What every answer has.

use std::io::Read;

use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::Request;
use serde_json::Value;
use tenon_web::WebSettings;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{App, THING};

fn thing() -> String {
    format!("/v1/things/{THING}")
}

#[tokio::test]
async fn a_caller_with_the_current_version_gets_304() {
    let app = App::new();
    for (tags, status) in [
        ("\"v17\"", 304),
        ("W/\"v17\"", 304),
        ("\"v1\", \"v17\"", 304),
        ("*", 304),
        ("\"v16\"", 200),
    ] {
        let request = Request::get(thing())
            .header("if-none-match", tags)
            .body(Body::empty())
            .expect("a request");
        let answer = app.send(request).await;
        assert_eq!(answer.status, status, "{tags}");
        assert_eq!(answer.header("etag"), Some("\"v17\""));
        assert_eq!(answer.header("cache-control"), Some("private, max-age=60"));
        assert_eq!(answer.bytes.is_empty(), status == 304);
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = App::with(WebSettings {
        hsts_seconds: 31_536_000,
        ..WebSettings::unlimited()
    });
    let paths = [
        "/v1/whoami",
        "/v1/panics",
        "/nowhere",
        "/v1/things?x=1",
        "/openapi.json",
        "/docs",
        "/docs/app.js",
        "/errors",
    ];
    for path in paths {
        let answer = app.get(path).await;
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
        assert_eq!(
            answer.header("strict-transport-security"),
            Some("max-age=31536000"),
            "{path}"
        );
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(answer.header("cache-control").is_some(), "{path}");
        assert!(answer.header("server").is_none(), "{path}");
    }
    assert_eq!(
        app.get("/v1/whoami").await.header("cache-control"),
        Some("no-store")
    );
    assert_eq!(
        App::new()
            .get("/v1/whoami")
            .await
            .header("strict-transport-security"),
        None
    );
}

#[tokio::test]
async fn the_callers_trace_goes_on_and_is_named() {
    let app = App::new();
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = Request::get("/v1/whoami")
        .header("traceparent", format!("00-{trace_id}-00f067aa0ba902b7-01"));
    let answer = app
        .send(request.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(
        (
            answer.header("trace-id"),
            answer.json()["trace_id"].as_str()
        ),
        (Some(trace_id), Some(trace_id))
    );
    let (one, two) = (app.get("/v1/whoami").await, app.get("/v1/whoami").await);
    assert_ne!(one.header("trace-id"), two.header("trace-id"));
}

#[tokio::test]
async fn a_list_links_to_its_next_page() {
    let answer = App::new()
        .get("/v1/things?limit=1&colour=red&cursor=b2xk")
        .await;
    assert_eq!(answer.json()["next_cursor"], "bmV4dA");
    assert_eq!(answer.json()["has_more"], true);
    assert_eq!(
        answer.header("link"),
        Some("</v1/things?limit=1&colour=red&cursor=bmV4dA>; rel=\"next\"")
    );
}

#[tokio::test]
async fn large_bodies_are_compressed_for_those_who_take_it() {
    let app = App::new();
    let ask = |coding: &str| {
        Request::get("/v1/large")
            .header("accept-encoding", coding)
            .body(Body::empty())
            .expect("a request")
    };
    let plain = app.send(ask("br")).await;
    assert_eq!(
        (plain.header("content-encoding"), plain.header("vary")),
        (None, Some("Accept-Encoding"))
    );
    let packed = app.send(ask("gzip, br")).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.bytes.len() < plain.bytes.len() / 10);
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&packed.bytes[..])
        .read_to_end(&mut text)
        .expect("gzip");
    assert_eq!(text, plain.bytes);

    let small = Request::get("/v1/whoami")
        .header("accept-encoding", "gzip")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(app.send(small).await.header("content-encoding"), None);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let app = App::new();
    let head = app
        .send(
            Request::head(thing())
                .body(Body::empty())
                .expect("a request"),
        )
        .await;
    let get = app.get(&thing()).await;
    assert_eq!((head.status, head.bytes.len()), (get.status, 0));
    assert_eq!(
        head.header("content-length"),
        Some(get.bytes.len().to_string().as_str())
    );
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn handlers_learn_deadline_and_trace_from_the_edge() {
    let body = App::new().get("/v1/whoami").await.json();
    assert_eq!(body["deadline"], true);
    assert_eq!(body["principal"], "anonymous");
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .expect("not poisoned")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Kept {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_has_one_line_for_each_request_and_nothing_that_callers_sent() {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(kept.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let app = App::new();
    let answer = app.create(r#"{"name":"sesame","colour":"sesame"}"#).await;
    let request = Request::get("/v1/things?colour=sesame&limit=x")
        .header("cart-token", "sesame")
        .header("authorization", "Bearer sesame")
        .header("user-agent", "sesame");
    app.send(request.body(Body::empty()).expect("a request"))
        .await;
    app.get("/v1/sesame").await;
    drop(guard);

    let text = String::from_utf8(kept.0.lock().expect("not poisoned").clone()).expect("text");
    assert!(!text.contains("sesame"), "{text}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let fields = |line: &Value, name: &str| line["fields"][name].clone();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(fields(&lines[0], "route"), "POST /v1/things");
    assert_eq!(fields(&lines[0], "status"), 400);
    assert_eq!(
        fields(&lines[0], "trace_id").as_str(),
        answer.header("trace-id")
    );
    assert_eq!(fields(&lines[1], "status"), 401);
    assert_eq!(fields(&lines[2], "route"), "none");
}
