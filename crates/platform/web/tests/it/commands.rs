//! Commands: idempotency keys, versions, clients that go away, handlers that break.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use tenon_kernel::Role;
use tenon_web::WebSettings;
use tower::ServiceExt;

use crate::support::{App, THING, is};

const BODY: &str = r#"{"name":"x"}"#;

#[tokio::test]
async fn a_key_is_asked_for_checked_and_bound_to_the_user() {
    let app = App::new();
    let post = || {
        Request::post("/v1/things")
            .header(
                "authorization",
                format!("Bearer {}", app.token(1, &[Role::Customer])),
            )
            .header("content-type", "application/json")
    };
    let missing = app
        .send(post().body(Body::from(BODY)).expect("a request"))
        .await;
    assert_eq!(
        missing.problem(),
        is(
            400,
            "idempotency_key_required",
            "Idempotency-Key:",
            "missing_member"
        )
    );
    for bad in ["", "two words", "\u{e9}", &"k".repeat(256)] {
        let answer = app
            .send(
                post()
                    .header("idempotency-key", bad)
                    .body(Body::from(BODY))
                    .expect("a request"),
            )
            .await;
        assert_eq!(
            answer.problem(),
            is(400, "invalid_request", "Idempotency-Key:", "invalid_value"),
            "{bad}"
        );
    }
    let good = app
        .send(
            post()
                .header("idempotency-key", "k".repeat(255))
                .body(Body::from(BODY))
                .expect("a request"),
        )
        .await;
    assert_eq!(good.status, 201);
    assert_eq!(
        good.header("location"),
        Some(format!("/v1/things/{THING}").as_str())
    );
    assert_eq!(
        good.json()["subject"],
        "user:00000000-0000-0000-0000-000000000001"
    );
}

#[tokio::test]
async fn a_guest_is_known_by_the_hash_of_the_secret() {
    let app = App::new();
    let path = format!("/v1/things/{THING}/replays");
    let request = Request::post(&path)
        .header("idempotency-key", "k")
        .header("cart-token", "secret");
    let answer = app
        .send(request.body(Body::from("1234")).expect("a request"))
        .await;
    assert_eq!(answer.header("idempotent-replayed"), Some("true"));
    let subject = answer.json()["subject"]
        .as_str()
        .map(str::to_owned)
        .expect("a subject");
    assert!(subject.starts_with("guest:") && !subject.contains("secret"));
    assert_eq!(answer.json()["bytes"], 4);

    let without = app
        .send(Request::post(&path).body(Body::empty()).expect("a request"))
        .await;
    assert!(without.json()["subject"].is_null());
}

#[tokio::test]
async fn changes_need_the_version_they_are_meant_for() {
    let app = App::new();
    let patch = |version: Option<&str>| {
        let mut request = Request::patch(format!("/v1/things/{THING}"))
            .header(
                "authorization",
                format!("Bearer {}", app.token(1, &[Role::Staff])),
            )
            .header("content-type", "application/json");
        if let Some(version) = version {
            request = request.header("if-match", version);
        }
        request.body(Body::from(BODY)).expect("a request")
    };
    assert_eq!(
        app.send(patch(None)).await.problem(),
        is(428, "precondition_required", "", "")
    );
    assert_eq!(
        app.send(patch(Some("W/\"v17\""))).await.problem(),
        is(400, "invalid_request", "If-Match:", "invalid_value")
    );
    let stale = app.send(patch(Some("\"v16\""))).await;
    assert_eq!(stale.problem(), is(412, "things.stale", "", ""));
    assert_eq!(stale.header("etag"), Some("\"v17\""));
    assert_eq!(app.send(patch(Some("\"v17\""))).await.status, 204);
}

#[tokio::test]
async fn a_command_goes_on_when_its_client_goes_away_and_a_read_does_not() {
    for (method, finishes) in [("POST", 1), ("GET", 0)] {
        let app = App::new();
        let request = Request::builder()
            .method(method)
            .uri("/v1/waits")
            .body(Body::empty())
            .expect("a request");
        let call = tokio::spawn(app.router.clone().oneshot(request));
        app.shared.started.notified().await;
        call.abort();
        assert!(call.await.is_err_and(|error| error.is_cancelled()));
        app.shared.go_on.notify_one();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            app.shared.finished.load(Ordering::SeqCst),
            finishes,
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing_and_the_process_lives() {
    let app = App::new();
    for method in ["GET", "POST"] {
        let request = Request::builder()
            .method(method)
            .uri("/v1/panics")
            .body(Body::empty())
            .expect("a request");
        let answer = app.send(request).await;
        assert_eq!(answer.problem(), is(500, "internal", "", ""));
        let body = answer.json();
        assert_eq!(body["incident"], body["trace_id"]);
        assert!(
            body.get("detail").is_none()
                && !String::from_utf8_lossy(&answer.bytes).contains("secret")
        );
        assert_eq!(body["retry"], "same_key");
    }
    assert_eq!(app.get("/v1/whoami").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_too_long_is_503_and_a_command_still_finishes() {
    let app = App::with(WebSettings {
        deadline_ms: 200,
        ..WebSettings::unlimited()
    });
    for method in ["GET", "POST"] {
        let request = Request::builder()
            .method(method)
            .uri("/v1/waits")
            .body(Body::empty())
            .expect("a request");
        let answer = app.send(request).await;
        assert_eq!(answer.problem(), is(503, "deadline_exceeded", "", ""));
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    app.shared.go_on.notify_one();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(app.shared.finished.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn more_requests_than_places_are_refused_after_a_moment() {
    let app = App::with(WebSettings {
        max_in_flight: 1,
        ..WebSettings::unlimited()
    });
    let first = tokio::spawn(
        app.router.clone().oneshot(
            Request::get("/v1/waits")
                .body(Body::empty())
                .expect("a request"),
        ),
    );
    app.shared.started.notified().await;
    assert_eq!(
        app.get("/v1/whoami").await.problem(),
        is(503, "overloaded", "", "")
    );
    app.shared.go_on.notify_one();
    assert_eq!(
        first.await.expect("joined").expect("answered").status(),
        204
    );
    assert_eq!(app.get("/v1/whoami").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_408() {
    let app = App::new();
    let never = Body::from_stream(futures_util::stream::pending::<
        Result<String, std::io::Error>,
    >());
    assert_eq!(
        app.create(never).await.problem(),
        is(408, "request_timeout", "", "")
    );
}
