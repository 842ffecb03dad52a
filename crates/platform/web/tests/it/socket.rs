//! The accept loop, with bytes on a real socket.
//!
//! Bounds of time are tested beside `server/connection.rs`, on a clock that moves only when told to.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tenon_web::{ServeOptions, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::support::App;

pub(crate) struct Listening {
    app: App,
    pub(crate) at: SocketAddr,
    stop: CancellationToken,
    served: JoinHandle<std::io::Result<()>>,
}

pub(crate) async fn listen(options: ServeOptions) -> Listening {
    let app = App::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let stop = CancellationToken::new();
    let served = tokio::spawn(serve(listener, app.router.clone(), options, stop.clone()));
    Listening {
        app,
        at,
        stop,
        served,
    }
}

impl Listening {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.at).await.expect("connected")
    }
}

/// Reads until the other end closes.
async fn rest(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, socket.read_to_end(&mut bytes)).await;
    let _closed_or_reset = read.expect("the connection closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends bytes and reads until the other end closes.
pub(crate) async fn exchange(listening: &Listening, bytes: &str) -> String {
    let mut socket = listening.connect().await;
    socket.write_all(bytes.as_bytes()).await.expect("sent");
    rest(&mut socket).await
}

/// Reads one answer with a `Content-Length`.
async fn answer(socket: &mut TcpStream) -> String {
    let mut text = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = timeout(PATIENCE, socket.read(&mut chunk))
            .await
            .expect("in time")
            .expect("read");
        assert!(read > 0, "closed early: {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&chunk[..read]);
        let so_far = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if body.len() >= length.unwrap_or(0) {
                return so_far;
            }
        }
    }
}

/// Longer than any bound of the server.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);
const GET: &str = "GET /v1/whoami HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn a_connection_is_kept_and_knows_its_peer() {
    let listening = listen(ServeOptions::default()).await;
    let mut socket = listening.connect().await;
    for _ in 0..3 {
        socket.write_all(GET.as_bytes()).await.expect("sent");
        let answer = answer(&mut socket).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n")
                && answer.contains("\"address\":\"127.0.0.1\""),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn ambiguous_framing_is_refused_and_the_connection_closed() {
    let listening = listen(ServeOptions::default()).await;
    let cases = [
        ("GET /v1/whoami HTTP/1.1\r\n\r\n", "invalid_host"),
        (
            "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "invalid_host",
        ),
        (
            "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "invalid_host",
        ),
        (
            "POST /v1/panics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "ambiguous_framing",
        ),
        (
            "POST /v1/panics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "ambiguous_framing",
        ),
    ];
    for (request, code) in cases {
        let text = exchange(&listening, request).await;
        assert!(
            text.starts_with("HTTP/1.1 400 ") && text.contains(&format!("\"code\":\"{code}\"")),
            "{request}: {text}"
        );
        assert!(
            text.to_ascii_lowercase().contains("connection: close"),
            "{text}"
        );
    }
    for hopeless in [
        "GET / HTTP/1.1\nHost a\n\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
    ] {
        let text = exchange(&listening, hopeless).await;
        assert!(
            text.is_empty() || text.starts_with("HTTP/1.1 400 "),
            "{hopeless}: {text}"
        );
    }
}

#[tokio::test]
async fn a_chunked_body_alone_is_fine() {
    let listening = listen(ServeOptions::default()).await;
    let request = "POST /v1/panics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let text = exchange(&listening, request).await;
    assert!(
        text.starts_with("HTTP/1.1 500 "),
        "the handler was reached: {text}"
    );
}

#[tokio::test]
async fn too_many_or_too_large_headers_are_refused() {
    let listening = listen(ServeOptions::default()).await;
    let many = "X: 1\r\n".repeat(65);
    let text = exchange(
        &listening,
        &format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
    )
    .await;
    assert!(text.starts_with("HTTP/1.1 431 "), "{text}");
    let large = "x".repeat(20_000);
    let text = exchange(
        &listening,
        &format!("GET / HTTP/1.1\r\nHost: a\r\nX: {large}\r\n\r\n"),
    )
    .await;
    assert!(
        text.is_empty() || text.starts_with("HTTP/1.1 431 "),
        "{text}"
    );
}

#[tokio::test]
async fn a_head_that_stops_half_way_is_cut_off() {
    let header_timeout = Duration::from_millis(300);
    let listening = listen(ServeOptions {
        header_timeout,
        ..ServeOptions::default()
    })
    .await;
    let from = Instant::now();
    assert_eq!(
        exchange(&listening, "GET /v1/whoami HTTP/1.1\r\nHost:").await,
        ""
    );
    assert!(from.elapsed() >= Duration::from_millis(250));
}

#[tokio::test]
async fn an_address_may_open_so_many_connections() {
    let listening = listen(ServeOptions {
        max_connections_per_address: 2,
        ..ServeOptions::default()
    })
    .await;
    let mut open = [listening.connect().await, listening.connect().await];
    for socket in &mut open {
        socket.write_all(GET.as_bytes()).await.expect("sent");
        answer(socket).await;
    }
    assert_eq!(exchange(&listening, GET).await, "", "a third is closed");
    drop(open);
    let closing = GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let again = async {
        while !exchange(&listening, &closing)
            .await
            .starts_with("HTTP/1.1 200")
        {
            tokio::task::yield_now().await; // the server has not seen the others leave yet
        }
    };
    timeout(PATIENCE, again)
        .await
        .expect("the places come back");
}

#[tokio::test]
async fn stopping_lets_running_requests_finish_and_closes_idle_ones() {
    let listening = listen(ServeOptions::default()).await;
    let (mut idle, mut busy) = (listening.connect().await, listening.connect().await);
    idle.write_all(GET.as_bytes()).await.expect("sent");
    answer(&mut idle).await;
    busy.write_all(b"GET /v1/waits HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .expect("sent");
    listening.app.shared.started.notified().await;

    listening.stop.cancel();
    assert_eq!(rest(&mut idle).await, "");
    assert!(
        TcpStream::connect(listening.at).await.is_err(),
        "nobody new comes in"
    );
    assert!(!listening.served.is_finished());
    listening.app.shared.go_on.notify_one();
    let last = rest(&mut busy).await;
    assert!(
        last.starts_with("HTTP/1.1 204") && last.to_ascii_lowercase().contains("connection: close"),
        "{last}"
    );
    timeout(PATIENCE, listening.served)
        .await
        .expect("drained")
        .expect("joined")
        .expect("served");
}

#[tokio::test]
async fn stopping_waits_for_a_command_whose_client_went_away() {
    let listening = listen(ServeOptions::default()).await;
    let mut socket = listening.connect().await;
    socket
        .write_all(b"POST /v1/waits HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        .await
        .expect("sent");
    listening.app.shared.started.notified().await;
    drop(socket);
    tokio::time::sleep(Duration::from_millis(50)).await;
    listening.stop.cancel();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!listening.served.is_finished());
    listening.app.shared.go_on.notify_one();
    timeout(PATIENCE, listening.served)
        .await
        .expect("drained")
        .expect("joined")
        .expect("served");
    assert_eq!(listening.app.shared.finished.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let listening = listen(ServeOptions {
        drain: Duration::from_millis(200),
        ..ServeOptions::default()
    })
    .await;
    let mut socket = listening.connect().await;
    socket
        .write_all(b"GET /v1/waits HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .expect("sent");
    listening.app.shared.started.notified().await;
    listening.stop.cancel();
    timeout(PATIENCE, listening.served)
        .await
        .expect("gave up")
        .expect("joined")
        .expect("served");
    assert_eq!(rest(&mut socket).await, "");
}
