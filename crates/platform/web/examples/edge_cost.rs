//! What the edge costs: bare axum beside the whole edge, anonymous and signed in, in one process.
//!
//! `cargo run --release -p tenon-web --example edge_cost [seconds a round] [log]`. Figures are ratios to bare axum:
//! the load comes from the same machine, so absolute figures say little. On a machine that is busy with other
//! things, processor time says more than requests per second.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, response::Response};
use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use tenon_access::{
    Authentication, Policy, SigningKey, TokenIssuer, TokenVerifier, VerifierSettings,
};
use tenon_kernel::{Env, Role};
use tenon_web::{ApiInfo, Ctx, Edge, EdgeState, Endpoint, Reply, ServeOptions, WebSettings, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::Service;
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
const CALLS: u32 = 200_000;

fn body() -> Bytes {
    let text = "Gyokuro from Uji, shaded for three weeks, first flush. ".repeat(10);
    Bytes::from(format!(
        "{{\"id\":\"prd_00000000000000000000000001\",\"description\":\"{text}\"}}"
    ))
}

async fn bare_handler(body: axum::extract::State<Bytes>) -> Response {
    ([(CONTENT_TYPE, "application/json")], body.0).into_response()
}

async fn edge_handler(body: axum::extract::State<Bytes>, _ctx: Ctx) -> Reply {
    Reply::json_bytes(body.0)
        .version(17)
        .cache_control("private, max-age=5")
}

/// One thing that is measured.
struct Subject {
    name: &'static str,
    router: Router,
    request: String,
    headers: Vec<(&'static str, String)>,
    path: &'static str,
}

fn subjects() -> Vec<Subject> {
    let env = Env::system();
    let key = SigningKey::generate(&env);
    let issuer = TokenIssuer::new(
        "tenon".to_owned(),
        "api".to_owned(),
        Duration::from_mins(10),
        env.clone(),
    );
    let (token, _) = issuer
        .issue(
            &key,
            env.new_uuid(),
            env.new_uuid(),
            &[Role::Customer],
            &Authentication {
                at: env.now(),
                amr: vec!["pwd".to_owned()],
            },
        )
        .expect("a token");
    let public = key.verifying_key();
    let verifier = TokenVerifier::new(
        VerifierSettings {
            issuer: "tenon".to_owned(),
            audience: "api".to_owned(),
            session_check_every: Duration::from_secs(5),
            recent_sign_in: Duration::from_mins(30),
        },
        Arc::new(move || std::future::ready(Ok(vec![public.clone()]))),
        Arc::new(|_: Uuid| std::future::ready(Ok(true))),
        env.clone(),
    );
    let mut settings = WebSettings::default();
    settings.rate_limits.default.requests = 1_000_000_000; // counted, never reached
    let state = EdgeState {
        env,
        verifier,
        settings: Arc::new(settings),
    };
    let endpoints = vec![
        Endpoint::get("/v1/products/{id}", "get_product", Policy::Public)
            .handler(edge_handler, body()),
        Endpoint::get("/v1/orders/{id}", "get_order", Policy::SignedIn)
            .handler(edge_handler, body()),
    ];
    let edge = Edge::public(
        state,
        ApiInfo {
            title: "bench",
            version: "1",
            examples: "",
        },
        endpoints,
    );
    let bare = Router::new()
        .route("/v1/products/{id}", get(bare_handler))
        .with_state(body());

    let subject = |name, router: &Router, path: &'static str, token: Option<&str>| {
        let mut headers = vec![
            ("host", "localhost".to_owned()),
            ("accept", "application/json".to_owned()),
        ];
        headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
        let lines: String = headers.iter().fold(String::new(), |lines, (name, value)| {
            lines + name + ": " + value + "\r\n"
        });
        let request = format!("GET {path} HTTP/1.1\r\n{lines}\r\n");
        Subject {
            name,
            router: router.clone(),
            request,
            headers,
            path,
        }
    };
    let (product, order) = (
        "/v1/products/prd_00000000000000000000000001",
        "/v1/orders/ord_00000000000000000000000001",
    );
    vec![
        subject("bare axum", &bare, product, None),
        subject("edge, anonymous", &edge, product, None),
        subject("edge, signed in", &edge, order, Some(&token)),
    ]
}

/// Calls the router without a socket; returns nanoseconds of processor time for each call.
async fn in_process(subject: &Subject) -> f64 {
    let mut router = subject.router.clone();
    let from = thread_time();
    for _ in 0..CALLS {
        let mut request = Request::get(subject.path);
        for (name, value) in &subject.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let answer: Result<Response, Infallible> = Service::call(&mut router, request).await;
        let answer = answer.expect("the router never fails");
        assert!(answer.status().is_success());
        answer
            .into_body()
            .collect()
            .await
            .expect("the body is whole");
    }
    thread_time().saturating_sub(from).as_secs_f64() * 1e9 / f64::from(CALLS)
}

/// Processor time of this thread (Linux).
fn thread_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux says");
    Duration::from_nanos(
        text.split(' ')
            .next()
            .and_then(|nanos| nanos.parse().ok())
            .expect("nanoseconds"),
    )
}

/// Processor time of all threads (Linux), in steps of 10 ms.
fn process_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux says");
    let fields = text
        .rsplit(')')
        .next()
        .into_iter()
        .flat_map(str::split_whitespace);
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Asks over keep-alive connections; returns requests for each second, and for each second of processor time.
async fn over_sockets(subject: &Subject, at: SocketAddr, round: Duration) -> (f64, f64) {
    let (stop, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (stop, count, request) = (
                Arc::clone(&stop),
                Arc::clone(&count),
                subject.request.clone(),
            );
            tokio::spawn(async move {
                let mut socket = TcpStream::connect(at).await.expect("connected");
                socket.set_nodelay(true).expect("no delay");
                let mut buffer = vec![0; 4096];
                let mut size = 0;
                while !stop.load(Ordering::Relaxed) {
                    socket.write_all(request.as_bytes()).await.expect("sent");
                    if size == 0 {
                        let read = socket.read(&mut buffer).await.expect("read");
                        assert!(
                            buffer.starts_with(b"HTTP/1.1 200"),
                            "{}",
                            String::from_utf8_lossy(&buffer[..read])
                        );
                        size = read; // every answer has this size
                    } else {
                        socket.read_exact(&mut buffer[..size]).await.expect("read");
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    tokio::time::sleep(round / 5).await;
    let (from, spent, before) = (
        Instant::now(),
        process_time(),
        count.load(Ordering::Relaxed),
    );
    tokio::time::sleep(round).await;
    let answered = u32::try_from(count.load(Ordering::Relaxed) - before)
        .expect("fewer than 4 billion answers");
    let rate = f64::from(answered) / from.elapsed().as_secs_f64();
    let rate_of_work = f64::from(answered) / process_time().saturating_sub(spent).as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("the client ends");
    }
    (rate, rate_of_work)
}

async fn listen(subject: &Subject, bare: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let router = subject.router.clone();
    if bare {
        tokio::spawn(async move { axum::serve(listener, router).await });
    } else {
        tokio::spawn(serve(
            listener,
            router,
            ServeOptions::default(),
            CancellationToken::new(),
        ));
    }
    at
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Takes log lines and drops them: formatting is measured, the disk is not.
struct Nowhere;

impl<'w> MakeWriter<'w> for Nowhere {
    type Writer = std::io::Sink;

    fn make_writer(&'w self) -> std::io::Sink {
        std::io::sink()
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the report")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let round = Duration::from_secs_f64(
        arguments
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or(2.0),
    );
    if arguments.next().as_deref() == Some("log") {
        tracing_subscriber::fmt().json().with_writer(Nowhere).init();
    }
    let subjects = subjects();

    let mut listening = Vec::new();
    for (index, subject) in subjects.iter().enumerate() {
        listening.push(listen(subject, index == 0).await);
    }
    let mut calls = vec![Vec::new(); subjects.len()];
    let mut rates = vec![Vec::new(); subjects.len()];
    let mut work_rates = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for (index, subject) in subjects.iter().enumerate() {
            calls[index].push(in_process(subject).await);
            let (rate, work_rate) = over_sockets(subject, listening[index], round).await;
            rates[index].push(rate);
            work_rates[index].push(work_rate);
        }
    }
    let [calls, rates, work_rates] = [calls, rates, work_rates]
        .map(|figures| figures.into_iter().map(median).collect::<Vec<f64>>());
    println!(
        "{:<18} {:>10} {:>12} {:>8} {:>14} {:>8}",
        "", "ns a call", "requests/s", "of bare", "requests/cpu s", "of bare"
    );
    for (index, subject) in subjects.iter().enumerate() {
        let share = |figures: &[f64]| figures[index] / figures[0] * 100.0;
        println!(
            "{:<18} {:>10.0} {:>12.0} {:>7.1}% {:>14.0} {:>7.1}%",
            subject.name,
            calls[index],
            rates[index],
            share(&rates),
            work_rates[index],
            share(&work_rates),
        );
    }
}
