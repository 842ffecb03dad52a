//! The same requests to handlers in this process and behind the seam: the answers are equal to the byte.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tenon_kernel::Role;
use tenon_seam::{EdgeSettings, FaultEffect, FaultSettings, Mode, Relay, Seam, Surface};
use tenon_web::{Connection, Edge, Endpoint, HttpDispatch};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::support::{API, App, THING, endpoints};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Everything of an answer that a client can see, in order.
#[derive(Debug, PartialEq)]
struct Seen {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

struct Ask {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: &'static str,
}

fn ask(method: Method, path: impl Into<String>) -> Ask {
    Ask {
        method,
        path: path.into(),
        headers: Vec::new(),
        body: "",
    }
}

impl Ask {
    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn json(self, body: &'static str) -> Self {
        Self { body, ..self }.header("content-type", "application/json")
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header("traceparent", TRACE);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(Body::from(self.body)).expect("a request");
        let peer = ([203, 0, 113, 9], 4_321).into();
        request
            .extensions_mut()
            .insert(Connection::new(peer, TaskTracker::new()));
        request
    }
}

async fn answer(router: &Router, ask: &Ask) -> Seen {
    let answer = router.clone().oneshot(ask.request()).await;
    let (parts, body) = answer.expect("the router never fails").into_parts();
    let headers = parts.headers.iter();
    Seen {
        status: parts.status,
        headers: headers
            // How long it takes differs, whoever answers.
            .filter(|(name, _)| *name != "server-timing")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        body: body.collect().await.expect("the body is whole").to_bytes(),
    }
}

pub(crate) fn relay(settings: EdgeSettings, endpoints: &[Endpoint]) -> Arc<Relay> {
    let here = Arc::new(HttpDispatch::new("things", endpoints.to_vec()));
    let seam =
        Seam::new(BTreeMap::from([("things".to_owned(), settings)])).declare("app", &["things"]);
    let relay = seam.relay("app", "things", Surface::Http, Some(here));
    Arc::new(relay.expect("the settings are good"))
}

/// The gateway before the same endpoints in another place.
fn gateway(app: &App, settings: EdgeSettings) -> Router {
    let endpoints = endpoints(&app.shared);
    let relay = relay(settings, &endpoints);
    let forwarded = endpoints
        .into_iter()
        .map(|endpoint| endpoint.forwarded(Arc::clone(&relay)))
        .collect();
    Edge::public(app.state(), API, forwarded)
}

#[tokio::test]
async fn answers_are_equal_to_the_byte() {
    let app = App::new();
    let gateway = gateway(&app, EdgeSettings::of(Mode::Wire));
    let customer = format!("Bearer {}", app.token(1, &[Role::Customer]));
    let staff = format!("Bearer {}", app.token(2, &[Role::Staff]));
    let thing = || format!("/v1/things/{THING}");
    let create = || {
        ask(Method::POST, "/v1/things")
            .header("authorization", &customer)
            .header("idempotency-key", "k1")
    };
    let change = || ask(Method::PATCH, thing()).header("authorization", &staff);
    let grant = |body| {
        let ask = ask(Method::POST, "/protocol/grants");
        Ask { body, ..ask }.header("content-type", "application/x-www-form-urlencoded")
    };
    let asks = [
        ask(Method::GET, "/v1/things?limit=2&colour=red%20%C3%A9"),
        ask(Method::GET, "/v1/things?limit=0"),
        ask(Method::GET, "/v1/things?colour=red&unknown=1"),
        ask(Method::GET, thing()),
        ask(Method::HEAD, thing()),
        ask(Method::GET, thing()).header("if-none-match", "\"v17\""),
        ask(Method::GET, "/v1/things/nonsense"),
        ask(Method::GET, "/v1/large"),
        ask(Method::GET, "/v1/large").header("accept-encoding", "gzip"),
        create().json(r#"{"name":"kettle"}"#),
        create().json(r#"{"name":"kettle","parts":[{"thing":1,"quantity":1}]}"#),
        create().json("{"),
        create().header("content-type", "text/plain"),
        ask(Method::POST, "/v1/things").header("authorization", &customer),
        ask(Method::POST, "/v1/things").json("{}"),
        ask(Method::POST, "/v1/things").header("authorization", "Bearer forged"),
        change()
            .header("if-match", "\"v17\"")
            .json(r#"{"name":"pot"}"#),
        change()
            .header("if-match", "\"v16\"")
            .json(r#"{"name":"pot"}"#),
        change().json(r#"{"name":"pot"}"#),
        ask(Method::PATCH, thing()).header("authorization", &customer),
        ask(Method::POST, format!("{}/replays", thing()))
            .header("cart-token", "secret")
            .header("idempotency-key", "k2")
            .json("{}"),
        ask(Method::GET, "/v1/whoami")
            .header("cart-token", "secret")
            .header("authorization", &customer),
        grant("grant=x&count=2&unknown=1")
            .header("authorization", "Basic aTpz")
            .header("cookie", "visit=v1"),
        grant("grant=bad"),
        grant("grant=x&grant=y"),
        ask(Method::GET, "/pages/one")
            .header("accept", "text/html")
            .header("cookie", "other=1; visit=v1; third=3"),
        ask(Method::GET, "/pages/one").header("accept", "application/json"),
        ask(Method::POST, "/pages/one"),
        ask(Method::POST, "/pages/one").header("sec-fetch-site", "cross-site"),
        ask(Method::GET, "/v1/panics"),
        ask(Method::POST, "/v1/panics"),
        ask(Method::DELETE, "/v1/things"),
        ask(Method::GET, "/v1/nothing"),
    ];
    let mut statuses = Vec::new();
    for ask in &asks {
        let direct = answer(&app.router, ask).await;
        let forwarded = answer(&gateway, ask).await;
        assert_eq!(direct, forwarded, "{} {}", ask.method, ask.path);
        statuses.push(direct.status.as_u16());
    }
    // The requests meet what they are meant to meet.
    assert_eq!(
        statuses,
        [
            200, 400, 400, 200, 200, 304, 400, 200, 200, 201, 400, 400, 415, 400, 401, 401, 204,
            412, 428, 403, 200, 200, 200, 400, 400, 200, 406, 303, 403, 500, 500, 405, 404
        ]
    );
}

#[tokio::test]
async fn a_fault_of_the_way_says_whether_the_request_ran() {
    let app = App::new();
    let read = ask(Method::GET, "/v1/whoami");
    let command = ask(Method::POST, "/v1/panics");
    let cases = [
        (
            FaultEffect::Unavailable,
            &command,
            "unavailable",
            "Nothing was done",
        ),
        (FaultEffect::LostReply, &command, "unavailable", "not known"),
        (
            FaultEffect::DeadlineExceeded,
            &command,
            "deadline_exceeded",
            "Nothing was done",
        ),
        (
            FaultEffect::Overloaded,
            &command,
            "overloaded",
            "Nothing was done",
        ),
        (FaultEffect::Unavailable, &read, "unavailable", "Ask again"),
    ];
    for (effect, ask, code, sentence) in cases {
        let settings = EdgeSettings {
            max_attempts: 1,
            fault: Some(FaultSettings {
                effect,
                ..FaultSettings::default()
            }),
            ..EdgeSettings::of(Mode::Fault)
        };
        let seen = answer(&gateway(&app, settings), ask).await;
        let problem: Value = serde_json::from_slice(&seen.body).expect("a problem");
        assert_eq!(seen.status, 503, "{effect:?}: {problem}");
        assert_eq!(problem["code"], code, "{effect:?}");
        assert_eq!(problem["retry"], "after", "{effect:?}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(sentence), "{effect:?}: {detail}");
        assert_eq!(problem["instance"], ask.path.as_str());
        assert_eq!(problem["trace_id"], "0af7651916cd43dd8448eb211c80319c");
        let has_retry_after = seen.headers.iter().any(|(name, _)| name == "retry-after");
        assert!(has_retry_after, "{effect:?}");
    }
}

/// The gateway checks who may; a caller that gets past it is refused by the module's own process.
#[tokio::test]
async fn a_request_that_was_never_admitted_is_refused() {
    let app = App::new();
    let guarded = endpoints(&app.shared);
    let relay = relay(EdgeSettings::of(Mode::Wire), &guarded);
    // A gateway of another version, which believes that anybody may.
    let open = Endpoint::post("/v1/things", "create_thing", tenon_access::Policy::Public)
        .handler(async || StatusCode::OK, ())
        .forwarded(relay);
    let router = Edge::public(app.state(), API, vec![open]);
    let seen = answer(&router, &ask(Method::POST, "/v1/things").json("{}")).await;
    assert_eq!(seen.status, 500);
    assert!(!String::from_utf8_lossy(&seen.body).contains("create_thing"));
}

/// The same for people who have to add a second factor first: the other process is told, and refuses by itself.
#[tokio::test]
async fn who_is_enrolling_is_refused_by_the_other_process_too() {
    let app = App::new();
    let guarded = endpoints(&app.shared);
    let relay = relay(EdgeSettings::of(Mode::Wire), &guarded);
    let policy = tenon_access::Policy::SignedInOrEnrolling;
    let open = Endpoint::get("/v1/whoami", "get_whoami", policy)
        .handler(async || StatusCode::OK, ())
        .forwarded(relay);
    let router = Edge::public(app.state(), API, vec![open]);
    let whoami = |token: String| {
        ask(Method::GET, "/v1/whoami").header("authorization", format!("Bearer {token}"))
    };
    let seen = answer(&router, &whoami(app.token(1, &[]))).await;
    assert_eq!(seen.status, 200, "which is open to everybody else");
    let seen = answer(&router, &whoami(app.token_enrolling(1))).await;
    assert_eq!(seen.status, 500);
}

/// A module that may call another by its contract may not speak for its clients.
#[tokio::test]
async fn only_the_gateway_sends_requests_on() {
    let app = App::new();
    let endpoints = endpoints(&app.shared);
    let here = Arc::new(HttpDispatch::new("things", endpoints.clone()));
    let relay = Seam::new(BTreeMap::from([(
        "things".to_owned(),
        EdgeSettings::of(Mode::Wire),
    )]))
    .declare("shop", &["things"])
    .relay("shop", "things", Surface::Http, Some(here));
    let relay = Arc::new(relay.expect("the settings are good"));
    let forwarded = endpoints
        .into_iter()
        .map(|endpoint| endpoint.forwarded(Arc::clone(&relay)))
        .collect();
    let router = Edge::public(app.state(), API, forwarded);
    let seen = answer(&router, &ask(Method::GET, "/v1/whoami")).await;
    assert_eq!(seen.status, 500);
}

#[tokio::test]
async fn a_command_goes_on_at_the_other_side_when_its_caller_goes_away() {
    let app = App::new();
    let endpoints = endpoints(&app.shared);
    let host = Arc::new(HttpDispatch::new("things", endpoints.clone()));
    let seam = Seam::new(BTreeMap::from([(
        "things".to_owned(),
        EdgeSettings::of(Mode::Wire),
    )]))
    .declare("app", &["things"]);
    let relay = seam
        .relay("app", "things", Surface::Http, Some(Arc::clone(&host) as _))
        .expect("the settings are good");
    let relay = Arc::new(relay);
    let forwarded = endpoints
        .into_iter()
        .map(|endpoint| endpoint.forwarded(Arc::clone(&relay)))
        .collect();
    let router = Edge::public(app.state(), API, forwarded);
    let sent = tokio::spawn(async move { answer(&router, &ask(Method::POST, "/v1/waits")).await });
    app.shared.started.notified().await;
    sent.abort();
    app.shared.go_on.notify_one();
    host.finish().await;
    assert_eq!(app.shared.finished.load(Ordering::SeqCst), 1);
}
