//! Moving the clock of one process.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::*;

struct World {
    folder: tempfile::TempDir,
    woken: Arc<AtomicUsize>,
}

impl World {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            woken: Arc::default(),
        }
    }

    fn env(&self) -> Result<Env, NodeError> {
        let settings = NodeSettings {
            data_dir: self.folder.path().join("data"),
            development: DevelopmentSettings {
                movable_clock: true,
            },
            ..crate::settings::tests::settings()
        };
        settings.env()
    }

    /// A process that was just started.
    fn route(&self) -> Arc<ClockRoute> {
        let woken = Arc::clone(&self.woken);
        let wake = move || {
            woken.fetch_add(1, Ordering::SeqCst);
        };
        let env = self.env().expect("the file is good");
        Arc::new(ClockRoute::new(env, &self.folder.path().join("data"), wake))
    }
}

async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("a body");
    let body = serde_json::from_slice(&body.to_bytes()).expect("JSON");
    (status, body)
}

async fn post(route: &Arc<ClockRoute>, body: &str) -> (u16, Value) {
    post_with(route, HeaderMap::new(), body).await
}

async fn post_with(route: &Arc<ClockRoute>, headers: HeaderMap, body: &str) -> (u16, Value) {
    let body = Bytes::copy_from_slice(body.as_bytes());
    answer(advance(State(Arc::clone(route)), headers, body).await).await
}

#[tokio::test]
async fn a_page_of_another_site_does_not_move_the_clock() {
    let world = World::new();
    let route = world.route();
    let body = r#"{"advance_seconds":900}"#;
    for (site, status) in [
        ("cross-site", 403),
        ("same-site", 403),
        ("same-origin", 200),
    ] {
        let site = HeaderMap::from_iter([(
            axum::http::HeaderName::from_static("sec-fetch-site"),
            axum::http::HeaderValue::from_static(site),
        )]);
        assert_eq!(post_with(&route, site, body).await.0, status);
    }
    assert_eq!(route.clock().ahead(), Duration::from_mins(15));
}

#[tokio::test]
async fn the_clock_is_set_forward_and_workers_are_woken() {
    let world = World::new();
    let route = world.route();
    let (_, before) = answer(look(State(Arc::clone(&route))).await).await;
    assert_eq!(before["ahead_seconds"], 0);
    let (status, after) = post(&route, r#"{"advance_seconds":900}"#).await;
    assert_eq!((status, &after["ahead_seconds"]), (200, &json!(900)));
    assert!(route.env.now() >= Env::system().now() + Duration::from_secs(899));
    assert_eq!(world.woken.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_restart_goes_on_from_the_time_it_was_set_to() {
    let world = World::new();
    post(&world.route(), r#"{"advance_seconds":900}"#).await;
    let again = world.route();
    assert_eq!(again.clock().ahead(), Duration::from_mins(15));
    post(&again, r#"{"advance_seconds":60}"#).await;
    assert_eq!(world.route().clock().ahead(), Duration::from_mins(16));
}

#[tokio::test]
async fn a_file_that_is_no_time_is_named() {
    let world = World::new();
    let file = world.folder.path().join("data");
    fs::create_dir(&file).expect("makes it");
    fs::write(file.join("clock-ahead-seconds"), "soon").expect("writes");
    let error = world.env().expect_err("refused").to_string();
    assert!(error.contains("clock-ahead-seconds"), "{error}");
}

#[tokio::test]
async fn wrong_steps_are_refused_by_name_and_move_nothing() {
    let world = World::new();
    let route = world.route();
    for (body, code, pointer) in [
        (
            r#"{"advance_seconds":0}"#,
            "out_of_range",
            "/advance_seconds",
        ),
        (
            r#"{"advance_seconds":31622401}"#,
            "out_of_range",
            "/advance_seconds",
        ),
        (
            r#"{"advance_seconds":-1}"#,
            "invalid_value",
            "/advance_seconds",
        ),
        (
            r#"{"advance_seconds":"15m"}"#,
            "wrong_type",
            "/advance_seconds",
        ),
        ("{}", "missing_member", "/advance_seconds"),
        (
            r#"{"advance_seconds":1,"back":true}"#,
            "unknown_member",
            "/back",
        ),
    ] {
        let (status, problem) = post(&route, body).await;
        assert!([400, 422].contains(&status), "{body}: {status}");
        assert_eq!(problem["errors"][0]["code"], code, "{body}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(post(&route, "soon").await.1["code"], "malformed_json");
    assert_eq!(route.clock().ahead(), Duration::ZERO);
    assert_eq!(world.woken.load(Ordering::SeqCst), 0);
}
