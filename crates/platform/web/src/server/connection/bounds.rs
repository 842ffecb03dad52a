//! Bounds of time, over a pipe in memory: the clock moves only when both ends are silent.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Lasting, Phase, ServeOptions, Server};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const SECOND: Duration = Duration::from_secs(1);
/// More than the pipe holds.
const LARGE: usize = 200 * 1024;

/// A body that tells something every ten seconds, as a stream does.
async fn ticking() -> Response {
    let ticks = futures_util::stream::unfold((), async |()| {
        sleep(SECOND * 10).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b":\n\n")), ()))
    });
    let mut response = Response::new(Body::from_stream(ticks));
    response.extensions_mut().insert(Lasting);
    response
}

fn connect() -> DuplexStream {
    let (ours, phases) = connect_to_stop();
    std::mem::forget(phases); // a listener that never stops
    ours
}

/// A connection, and its listener's life.
fn connect_to_stop() -> (DuplexStream, watch::Sender<Phase>) {
    let router = Router::new()
        .route("/", get(async || "x".repeat(10)))
        .route("/ticks", get(ticking))
        .route("/large", get(async || "x".repeat(LARGE)))
        .route(
            "/slow",
            get(async || {
                sleep(SECOND * 15).await;
                "done"
            }),
        );
    let (phases, phase) = watch::channel(Phase::Serving);
    let server = Server::new(
        router,
        ServeOptions::default(),
        phase,
        TaskTracker::new(),
        CancellationToken::new(),
    );
    let (ours, theirs) = duplex(64 * 1024);
    let peer = SocketAddr::from(([203, 0, 113, 9], 1));
    tokio::spawn(async move {
        server.run(theirs, peer).await;
    });
    (ours, phases)
}

async fn ask(socket: &mut DuplexStream) {
    socket.write_all(GET).await.expect("sent");
    let mut answer = [0; 4096];
    let read = socket.read(&mut answer).await.expect("read");
    assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK\r\n"));
}

/// How many seconds go by until the other end closes without a word.
async fn seconds_until_closed(socket: &mut DuplexStream) -> u64 {
    let from = Instant::now();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).await.expect("read");
    assert_eq!(rest, b"");
    from.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_head_that_never_comes_or_stops_half_way_has_ten_seconds() {
    for sent in ["", "G", "GET / HTTP/1.1\r\nHost:", "PRI * HTTP/2.0\r\n"] {
        let mut socket = connect();
        socket.write_all(sent.as_bytes()).await.expect("sent");
        assert_eq!(seconds_until_closed(&mut socket).await, 10, "{sent}");
    }
}

#[tokio::test(start_paused = true)]
async fn dripping_bytes_win_no_time() {
    let mut socket = connect();
    let from = Instant::now();
    let head = b"GET / HTTP/1.1\r\nHost: "
        .iter()
        .chain(std::iter::repeat(&b'x'));
    for byte in head {
        if socket.write_all(&[*byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_secs(1)).await;
    }
    assert!(
        from.elapsed() <= Duration::from_secs(11),
        "{:?}",
        from.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn pauses_between_requests_may_last_a_minute() {
    let mut socket = connect();
    for _ in 0..3 {
        ask(&mut socket).await;
        sleep(Duration::from_secs(55)).await;
    }
    ask(&mut socket).await;
    assert_eq!(seconds_until_closed(&mut socket).await, 60);
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_later_request_is_timed_too() {
    let mut socket = connect();
    ask(&mut socket).await;
    sleep(Duration::from_secs(25)).await;
    socket.write_all(b"GET / HT").await.expect("sent");
    assert_eq!(seconds_until_closed(&mut socket).await, 10);
}

#[tokio::test(start_paused = true)]
async fn http2_is_kept_for_a_minute_after_the_last_request_whatever_else_is_sent() {
    let io = TokioIo::new(connect());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
    let (mut client, connection) = handshake.await.expect("a connection");
    let connection = tokio::spawn(connection);
    let request = |host: Option<&str>| {
        let request = host
            .into_iter()
            .fold(Request::get("http://a/"), |request, host| {
                request.header("host", host)
            });
        request.body(Body::empty()).expect("a request")
    };
    assert_eq!(
        client
            .send_request(request(None))
            .await
            .expect("answered")
            .status(),
        200
    );
    let other = client.send_request(request(Some("other"))).await;
    assert_eq!(
        other.expect("answered").status(),
        400,
        "`Host` and `:authority` differ"
    );
    sleep(Duration::from_secs(55)).await;
    let (one, two) = tokio::join!(
        client.clone().send_request(request(None)),
        client.send_request(request(Some("a")))
    );
    assert!(one.expect("answered").status() == 200 && two.expect("answered").status() == 200);

    let from = Instant::now();
    assert!(connection.await.expect("joined").is_ok(), "it says goodbye");
    assert_eq!(from.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn who_sends_nothing_whole_holds_up_a_stop_for_a_second() {
    for sent in ["", "G", "GET / HTTP/1.1\r\nHost:", "PRI * HTTP/2.0\r\n"] {
        let (mut socket, phases) = connect_to_stop();
        socket.write_all(sent.as_bytes()).await.expect("sent");
        sleep(SECOND * 5).await;
        phases.send_replace(Phase::Stopping);
        assert!(seconds_until_closed(&mut socket).await <= 1, "{sent}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_under_way_can_be_ended_after_the_stop() {
    let (mut socket, phases) = connect_to_stop();
    socket.write_all(&GET[..10]).await.expect("sent");
    phases.send_replace(Phase::Stopping);
    sleep(SECOND / 2).await;
    socket.write_all(&GET[10..]).await.expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("read");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_a_running_request_and_for_a_client_that_has_yet_to_take_its_answer() {
    for (path, length) in [("/slow", 4), ("/large", LARGE)] {
        let (mut socket, phases) = connect_to_stop();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("sent");
        sleep(SECOND / 10).await;
        phases.send_replace(Phase::Stopping);
        sleep(SECOND * 10).await;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("read");
        let (_, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert_eq!(body.len(), length, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_keeps_its_connection_as_long_as_its_reader_reads() {
    let io = TokioIo::new(connect());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
    let (mut client, connection) = handshake.await.expect("a connection");
    let connection = tokio::spawn(connection);
    let request = Request::get("http://a/ticks").body(Body::empty());
    let answer = client.send_request(request.expect("a request")).await;
    let mut body = answer.expect("answered").into_body();
    let from = Instant::now();
    for _ in 0..60 {
        let frame = body.frame().await.expect("it goes on").expect("readable");
        assert_eq!(frame.into_data().expect("data").as_ref(), b":\n\n");
    }
    assert_eq!(from.elapsed().as_secs(), 600);
    drop(body);
    assert!(connection.await.expect("joined").is_ok(), "it says goodbye");
    assert_eq!(from.elapsed().as_secs(), 660);
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_http1_keeps_its_connection_too() {
    let mut socket = connect();
    let request = b"GET /ticks HTTP/1.1\r\nHost: a\r\n\r\n";
    socket.write_all(request).await.expect("sent");
    let from = Instant::now();
    let mut bytes = [0; 4096];
    while from.elapsed() < SECOND * 600 {
        assert!(socket.read(&mut bytes).await.expect("read") > 0);
    }
}
