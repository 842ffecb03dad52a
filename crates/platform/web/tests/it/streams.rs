//! Streams of events: what the edge makes of the pages of a handler.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tenon_access::{Policy, TokenVerifier, VerifierSettings};
use tenon_kernel::{ErrorKind, Role};
use tenon_web::{Edge, EdgeState, Endpoint, Problem, ServeOptions, StreamFrom, StreamPage, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::support::{API, App};

/// What the handler answers, one after the other; then it has nothing to tell.
struct Script {
    pages: Mutex<VecDeque<Result<Vec<u32>, Problem>>>,
    asked: Mutex<Vec<StreamFrom>>,
    /// How often a handler may find nothing: further ones wait for ever.
    silences: Semaphore,
}

async fn handler(
    State(script): State<Arc<Script>>,
    from: StreamFrom,
) -> Result<StreamPage, Problem> {
    let after = from.position(|text| text.parse::<u32>().ok())?;
    script.asked.lock().expect("not poisoned").push(from);
    let next = script.pages.lock().expect("not poisoned").pop_front();
    let mut page = StreamPage::after(after.unwrap_or(0).to_string());
    match next {
        Some(events) => {
            for event in events? {
                page.push(event.to_string(), &format!("event {event}"))
                    .expect("JSON");
            }
        }
        None => script.silences.acquire().await.expect("open").forget(),
    }
    Ok(page)
}

struct Stage {
    app: App,
    router: Router,
    script: Arc<Script>,
    session_lives: Arc<AtomicBool>,
}

impl Stage {
    fn new(pages: impl IntoIterator<Item = Result<Vec<u32>, Problem>>, silences: usize) -> Self {
        let app = App::new();
        let session_lives = Arc::new(AtomicBool::new(true));
        let script = Arc::new(Script {
            pages: Mutex::new(pages.into_iter().collect()),
            asked: Mutex::default(),
            silences: Semaphore::new(silences),
        });
        let endpoint = Endpoint::get("/v1/stream", "stream_things", Policy::Has(Role::Staff))
            .tag("things")
            .summary("Streams things.")
            .streams("Things.")
            .problem(410, "things.gone")
            .handler(handler, Arc::clone(&script));
        let state = EdgeState {
            verifier: app.verifier(&session_lives),
            ..app.state()
        };
        let router = Edge::public(state, API, vec![endpoint]);
        Self {
            app,
            router,
            script,
            session_lives,
        }
    }

    fn request(&self) -> http::request::Builder {
        let token = self.app.token(1, &[Role::Staff]);
        Request::get("/v1/stream").header(AUTHORIZATION, format!("Bearer {token}"))
    }

    async fn open(&self, request: http::request::Builder) -> http::Response<Body> {
        let request = request.body(Body::empty()).expect("a request");
        self.router
            .clone()
            .oneshot(request)
            .await
            .expect("the router never fails")
    }

    fn asked(&self) -> Vec<(Option<String>, u64)> {
        let asked = self.script.asked.lock().expect("not poisoned");
        asked
            .iter()
            .map(|from| (from.after.clone(), from.wait.as_secs()))
            .collect()
    }
}

/// What the reader gets next; `None` at the end.
async fn next(response: &mut http::Response<Body>) -> Option<String> {
    let frame = response.body_mut().frame().await?.expect("readable");
    let bytes = frame.into_data().expect("data");
    Some(String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

const CAUGHT_UP: &str = ": caught up\n\n";

#[tokio::test]
async fn pages_follow_each_other_and_the_edge_waits_only_when_all_was_told() {
    let stage = Stage::new([Ok(vec![1, 2]), Ok(vec![3])], 2);
    let request = stage
        .request()
        .header("last-event-id", "0")
        .header("prefer", "wait=3600");
    let mut response = stage.open(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
    let first = "id: 1\ndata: \"event 1\"\n\nid: 2\ndata: \"event 2\"\n\n";
    assert_eq!(next(&mut response).await.as_deref(), Some(first));
    assert_eq!(
        next(&mut response).await.as_deref(),
        Some("id: 3\ndata: \"event 3\"\n\n")
    );
    assert_eq!(next(&mut response).await.as_deref(), Some(CAUGHT_UP));
    // A sign of life, each time that nothing happens for as long as the edge waits.
    assert_eq!(next(&mut response).await.as_deref(), Some(CAUGHT_UP));
    let asked = [("0", 0), ("2", 0), ("3", 0), ("3", 10)];
    assert_eq!(
        stage.asked(),
        asked.map(|(after, wait)| (Some(after.to_owned()), wait))
    );
}

/// Until the connection can take more, nothing is fetched: a slow reader costs one page.
#[tokio::test]
async fn nothing_is_fetched_for_a_reader_who_does_not_read() {
    let stage = Stage::new([Ok(vec![1]), Ok(vec![2])], 0);
    let mut response = stage.open(stage.request()).await;
    tokio::task::yield_now().await;
    assert_eq!(stage.asked().len(), 1);
    assert!(next(&mut response).await.is_some());
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_first_page_is_the_answer() {
    let gone = || Problem::new(ErrorKind::Gone, "things.gone", "They are no longer there.");
    let stage = Stage::new([Err(gone())], 0);
    assert_eq!(stage.open(stage.request()).await.status(), StatusCode::GONE);
    let wrong = stage.request().header("last-event-id", "first");
    let mut wrong = stage.open(wrong).await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    assert!(
        next(&mut wrong)
            .await
            .is_some_and(|text| text.contains("Last-Event-ID:"))
    );
    let twice = stage
        .request()
        .header("last-event-id", "1")
        .header("last-event-id", "2");
    assert_eq!(stage.open(twice).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_refusal_of_a_later_page_ends_the_stream_in_words() {
    let gone = Problem::new(ErrorKind::Gone, "things.gone", "They are no longer there.");
    let stage = Stage::new([Ok(vec![1]), Err(gone)], 0);
    let mut response = stage.open(stage.request()).await;
    assert!(
        next(&mut response)
            .await
            .is_some_and(|text| text.starts_with("id: 1\n"))
    );
    let end = next(&mut response).await;
    assert_eq!(
        end.as_deref(),
        Some("event: end\ndata: {\"reason\":\"things.gone\"}\n\n")
    );
    assert_eq!(next(&mut response).await, None);
}

#[tokio::test]
async fn nothing_is_told_after_the_end_of_a_session() {
    let stage = Stage::new([Ok(vec![1]), Ok(vec![2])], 0);
    let mut response = stage.open(stage.request()).await;
    assert!(next(&mut response).await.is_some());
    stage.session_lives.store(false, Ordering::SeqCst);
    stage.app.clock.advance(Duration::from_secs(6)); // what is known of a session may be 5 seconds old
    let end = next(&mut response).await;
    assert_eq!(
        end.as_deref(),
        Some("event: end\ndata: {\"reason\":\"invalid_token\"}\n\n")
    );
    assert_eq!(next(&mut response).await, None);
    assert_eq!(
        stage.open(stage.request()).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn places_come_back_when_readers_go() {
    let stage = Stage::new([], 100);
    let mut open = Vec::new();
    for _ in 0..4 {
        let response = stage.open(stage.request()).await;
        assert_eq!(response.status(), StatusCode::OK);
        open.push(response);
    }
    let refused = stage.open(stage.request()).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    open.pop();
    assert_eq!(stage.open(stage.request()).await.status(), StatusCode::OK);
    let head = stage.request().method("HEAD");
    assert_eq!(stage.open(head).await.status(), StatusCode::OK);
    open.push(stage.open(stage.request()).await);
    assert_eq!(
        open.last().map(http::Response::status),
        Some(StatusCode::OK)
    );
}

#[tokio::test]
async fn a_reader_says_that_it_takes_events() {
    let stage = Stage::new([], 1);
    let json = stage.request().header(ACCEPT, "application/json");
    assert_eq!(stage.open(json).await.status(), StatusCode::NOT_ACCEPTABLE);
    let events = stage.request().header(ACCEPT, "text/event-stream");
    assert_eq!(stage.open(events).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stop_ends_streams_in_words_and_waits_for_none() {
    let stage = Stage::new([Ok(vec![1])], 1);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let stop = CancellationToken::new();
    let options = ServeOptions {
        drain: Duration::from_mins(10),
        ..ServeOptions::default()
    };
    let served = tokio::spawn(serve(listener, stage.router.clone(), options, stop.clone()));
    let mut socket = TcpStream::connect(at).await.expect("connected");
    let token = stage.app.token(1, &[Role::Staff]);
    let request =
        format!("GET /v1/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("sent");
    let mut text = String::new();
    while !text.contains(CAUGHT_UP) {
        let mut bytes = [0; 4096];
        let read = socket.read(&mut bytes).await.expect("read");
        assert!(read > 0, "closed early: {text}");
        text.push_str(std::str::from_utf8(&bytes[..read]).expect("UTF-8"));
    }
    stop.cancel();
    socket.read_to_string(&mut text).await.expect("it closes");
    assert!(
        text.contains("event: end\ndata: {\"reason\":\"stopping\"}"),
        "{text}"
    );
    served.await.expect("joined").expect("served");
}

#[test]
fn the_document_says_what_a_stream_is() {
    let stage = Stage::new([], 0);
    let document = tenon_web::openapi_document(
        &API,
        &[Endpoint::get("/v1/stream", "stream_things", Policy::Public)
            .summary("Streams things.")
            .streams("Things.")
            .handler(handler, Arc::clone(&stage.script))],
    );
    let operation = &document["paths"]["/v1/stream"]["get"];
    let content = &operation["responses"]["200"]["content"];
    assert_eq!(content["text/event-stream"]["schema"]["type"], "string");
    assert!(content["application/json"].is_null());
    let codes = &operation["responses"]["429"]["x-codes"];
    assert_eq!(
        *codes,
        serde_json::json!(["too_many_streams", "rate_limited"])
    );
    let header = &operation["parameters"][0];
    assert_eq!(
        (&header["name"], &header["in"]),
        (&"Last-Event-ID".into(), &"header".into())
    );
}

impl App {
    /// Checks the tokens of this API; sessions live as long as the switch says.
    fn verifier(&self, session_lives: &Arc<AtomicBool>) -> TokenVerifier {
        let settings = VerifierSettings {
            issuer: "tenon".to_owned(),
            audience: "api".to_owned(),
            session_check_every: Duration::from_secs(5),
            recent_sign_in: Duration::from_mins(30),
        };
        let (public, lives) = (self.verifying_key(), Arc::clone(session_lives));
        let keys = Arc::new(move || std::future::ready(Ok(vec![public.clone()])));
        let sessions =
            Arc::new(move |_session: Uuid| std::future::ready(Ok(lives.load(Ordering::SeqCst))));
        TokenVerifier::new(settings, keys, sessions, self.state().env)
    }
}
