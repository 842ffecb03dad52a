//! What bad input gets.

use axum::body::Body;
use http::Request;
use http::header::CONTENT_TYPE;
use tenon_kernel::Role;

use crate::support::{App, THING, is};

#[tokio::test]
async fn bodies_are_refused_with_the_member_named() {
    let app = App::new();
    let cases = [
        ("", is(400, "malformed_json", "", "")),
        ("{\"name\":", is(400, "malformed_json", "", "")),
        ("{}", is(400, "invalid_request", "/name", "missing_member")),
        (r#" ["x"]"#, is(400, "invalid_request", "", "wrong_type")),
        (
            r#"{"name":1}"#,
            is(400, "invalid_request", "/name", "wrong_type"),
        ),
        (
            r#"{"name":"x","price":1}"#,
            is(400, "invalid_request", "/price", "unknown_member"),
        ),
        (
            r#"{"name":"x","name":"y"}"#,
            is(400, "invalid_request", "/name", "duplicate_member"),
        ),
        (
            r#"{"name":"a\u0000"}"#,
            is(400, "invalid_request", "/name", "null_character"),
        ),
        (
            r#"{"name":"x","parts":[{"thing":"ord_00000000000000000000000001","quantity":1}]}"#,
            is(400, "wrong_id_type", "/parts/0/thing", "wrong_id_type"),
        ),
        (
            r#"{"name":"x","parts":[{"thing":"nonsense","quantity":1}]}"#,
            is(400, "invalid_request", "/parts/0/thing", "malformed_id"),
        ),
        (
            r#"{"name":"x","parts":[{"thing":"thg_00000000000000000000000001","quantity":-1}]}"#,
            is(400, "invalid_request", "/parts/0/quantity", "invalid_value"),
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(app.create(body).await.problem(), expected, "{body}");
    }
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(32), "]".repeat(32));
    assert_eq!(
        app.create(deep).await.problem(),
        is(400, "invalid_request", "", "too_deep")
    );
    let good = app
        .create(r#"{"name":"x","parts":[{"thing":"thg_00000000000000000000000001","quantity":2}]}"#)
        .await;
    assert_eq!(good.status, 201);
}

#[tokio::test]
async fn a_body_is_bounded_whether_its_length_is_said_or_not() {
    let app = App::new();
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(5_000));
    assert_eq!(app.create(large.clone()).await.problem().0, 413);
    let chunks =
        futures_util::stream::iter((0..5).map(|_| Ok::<_, std::io::Error>("x".repeat(1_000))));
    let answer = app.create(Body::from_stream(chunks)).await;
    assert_eq!(answer.problem(), is(413, "body_too_large", "", ""));
    let mut said = app.create_request().header("content-length", "5000");
    said = said.header("expect", "100-continue");
    let answer = app
        .send(
            said.body(Body::from_stream(futures_util::stream::pending::<
                Result<String, std::io::Error>,
            >()))
            .expect("a request"),
        )
        .await;
    assert_eq!(answer.status, 413, "nothing of the body was read");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_415_and_says_what_is_wanted() {
    let app = App::new();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
    ] {
        let request = Request::post("/v1/things")
            .header(
                "authorization",
                format!("Bearer {}", app.token(1, &[Role::Customer])),
            )
            .header("idempotency-key", "k")
            .header(CONTENT_TYPE, content_type);
        let answer = app
            .send(
                request
                    .body(Body::from(r#"{"name":"x"}"#))
                    .expect("a request"),
            )
            .await;
        assert_eq!(
            answer.problem(),
            is(415, "unsupported_media_type", "", ""),
            "{content_type}"
        );
        assert_eq!(answer.header("accept"), Some("application/json"));
    }
}

#[tokio::test]
async fn merge_patches_are_taken_under_their_own_type() {
    let app = App::new();
    let request = Request::patch(format!("/v1/things/{THING}"))
        .header(
            "authorization",
            format!("Bearer {}", app.token(1, &[Role::Staff])),
        )
        .header("if-match", "\"v17\"")
        .header(CONTENT_TYPE, "application/merge-patch+json");
    let answer = app
        .send(
            request
                .body(Body::from(r#"{"name":"x"}"#))
                .expect("a request"),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("etag")),
        (204, Some("\"v18\""))
    );
}

#[tokio::test]
async fn queries_are_refused_with_the_member_named() {
    let app = App::new();
    let cases = [
        (
            "limit=0",
            is(400, "invalid_request", "?limit", "out_of_range"),
        ),
        (
            "limit=201",
            is(400, "invalid_request", "?limit", "out_of_range"),
        ),
        (
            "limit=many",
            is(400, "invalid_request", "?limit", "wrong_type"),
        ),
        (
            "size=3",
            is(400, "invalid_request", "?size", "unknown_member"),
        ),
        (
            "limit=1&limit=2",
            is(400, "invalid_request", "?limit", "duplicate_member"),
        ),
        (
            "colour=%ff",
            is(400, "invalid_request", "?colour", "malformed_text"),
        ),
        (
            "colour=%00",
            is(400, "invalid_request", "?colour", "malformed_text"),
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(
            app.get(&format!("/v1/things?{query}")).await.problem(),
            expected,
            "{query}"
        );
    }
    let undeclared = app.get(&format!("/v1/things/{THING}?debug=1")).await;
    assert_eq!(
        undeclared.problem(),
        is(400, "invalid_request", "?debug", "unknown_member")
    );
}

#[tokio::test]
async fn ids_in_paths_are_told_apart_from_other_ids_and_from_nonsense() {
    let app = App::new();
    let other = app.get("/v1/things/ord_00000000000000000000000001").await;
    assert_eq!(
        other.problem(),
        is(400, "wrong_id_type", "{id}", "wrong_id_type")
    );
    assert_eq!(
        app.get("/v1/things/nonsense").await.problem(),
        is(400, "malformed_id", "{id}", "malformed_id")
    );
    assert_eq!(
        app.get("/v1/things/%ff").await.problem(),
        is(400, "invalid_request", "{id}", "malformed_text")
    );
    assert_eq!(app.get(&format!("/v1/things/{THING}")).await.status, 200);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let app = App::new();
    assert_eq!(
        app.get("/v2/things").await.problem(),
        is(404, "route_not_found", "", "")
    );
    assert_eq!(app.get("/v1/things/").await.problem().0, 404);
    for method in ["PUT", "TRACE", "OPTIONS", "PURGE"] {
        let request = Request::builder()
            .method(method)
            .uri("/v1/things")
            .body(Body::empty())
            .expect("a request");
        let answer = app.send(request).await;
        assert_eq!(
            answer.problem(),
            is(405, "method_not_allowed", "", ""),
            "{method}"
        );
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    }
}

#[tokio::test]
async fn callers_that_take_no_json_get_406() {
    let app = App::new();
    let request = Request::get("/v1/whoami")
        .header("accept", "text/html")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(
        app.send(request).await.problem(),
        is(406, "not_acceptable", "", "")
    );
}
