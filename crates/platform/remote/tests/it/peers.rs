//! Peers that are down, silent, or break off.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tenon_remote::RemotePeers;
use tenon_seam::{EdgeSettings, Executed, Peers as _, SeamError, SeamFault, SeamResult, Surface};
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;

use crate::greeter::{Greeter, GreeterError, Greeting};
use crate::raw;
use crate::world::{World, ctx, greet, keyed};

/// How a listener with the right certificate misbehaves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Manner {
    /// Accepts the connection and says nothing at all.
    Mute,
    /// Speaks TLS and HTTP/2, and never answers a request.
    Silent,
    /// Begins an answer and resets it.
    Truncates,
    /// Reads the request and closes the connection.
    HangsUp,
    /// Answers as something that is no seam.
    Stranger,
}

/// A body that begins well.
struct Broken(u8);

impl Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.0 += 1;
        Poll::Ready(Some(match self.0 {
            1 => Ok(Frame::data(Bytes::from_static(&[0, 0, 0, 0, 0, b'{']))),
            _ => Err(std::io::ErrorKind::ConnectionReset.into()),
        }))
    }
}

async fn misbehave(world: &World, manner: Manner) -> SocketAddr {
    misbehave_counted(world, manner, Arc::default()).await
}

async fn misbehave_counted(world: &World, manner: Manner, heard: Arc<AtomicU32>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("bound");
    let acceptor = TlsAcceptor::from(raw::server(&world.host));
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            if manner == Manner::Mute {
                kept.push(socket);
                continue;
            }
            let (acceptor, heard) = (acceptor.clone(), Arc::clone(&heard));
            tokio::spawn(async move {
                let socket = acceptor.accept(socket).await.expect("a handshake");
                let hang_up = Arc::new(tokio::sync::Notify::new());
                let service = service_fn(|request: Request<Incoming>| {
                    let hang_up = Arc::clone(&hang_up);
                    heard.fetch_add(1, Ordering::SeqCst);
                    async move {
                        let _whole = request.into_body().collect().await;
                        let kind = match manner {
                            Manner::Stranger => "text/html",
                            _ => "application/vnd.tenon.seam-reply",
                        };
                        match manner {
                            Manner::Silent => std::future::pending::<()>().await,
                            Manner::HangsUp => {
                                hang_up.notify_one();
                                std::future::pending::<()>().await;
                            }
                            _ => {}
                        }
                        let response = Response::builder().header("content-type", kind);
                        Ok::<_, Infallible>(response.body(Broken(0)).expect("a response"))
                    }
                });
                let serving = http2::Builder::new(TokioExecutor::new());
                tokio::select! {
                    _ = serving.serve_connection(TokioIo::new(socket), service) => {}
                    () = hang_up.notified() => {}
                }
            });
        }
    });
    address
}

/// A keyed and an unkeyed command; each has to end within its deadline.
async fn commands(greeter: &dyn Greeter) -> [SeamResult<Greeting, GreeterError>; 2] {
    let began = Instant::now();
    let (keyed, plain) = (keyed("k"), ctx());
    let outcomes = tokio::join!(
        greeter.greet_once(&keyed, greet("ada")),
        greeter.greet_again(&plain, greet("ada"))
    );
    assert!(
        began.elapsed() < Duration::from_millis(900),
        "never later than the deadline"
    );
    outcomes.into()
}

fn unavailable(executed: Executed) -> SeamResult<Greeting, GreeterError> {
    Err(SeamError::Seam(SeamFault::Unavailable { executed }))
}

fn late(executed: Executed) -> SeamResult<Greeting, GreeterError> {
    Err(SeamError::Seam(SeamFault::DeadlineExceeded { executed }))
}

#[tokio::test]
async fn a_peer_that_is_down_ran_nothing() {
    let world = World::new();
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = closed.local_addr().expect("bound");
    drop(closed);
    let greeter = world.connect(address);
    for outcome in commands(greeter.as_ref()).await {
        assert_eq!(outcome, unavailable(Executed::No));
    }
    let query = greeter.greet(&ctx(), greet("ada")).await;
    assert_eq!(query, unavailable(Executed::No));
}

#[tokio::test]
async fn a_peer_that_accepts_and_says_nothing_ran_nothing() {
    let world = World::new();
    let address = misbehave(&world, Manner::Mute).await;
    let greeter = world.connect(address);
    for outcome in commands(greeter.as_ref()).await {
        assert_eq!(outcome, late(Executed::No), "the request was never sent");
    }
    let query = greeter.greet(&ctx(), greet("ada")).await;
    assert_eq!(query, late(Executed::No));
}

#[tokio::test]
async fn a_peer_that_never_answers_may_have_run_it() {
    let world = World::new();
    let address = misbehave(&world, Manner::Silent).await;
    let greeter = world.connect(address);
    for outcome in commands(greeter.as_ref()).await {
        assert_eq!(outcome, late(Executed::Unknown));
    }
    let query = greeter.greet(&ctx(), greet("ada")).await;
    assert_eq!(query, late(Executed::No), "a query has no effect");
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_have_run() {
    for manner in [Manner::Truncates, Manner::HangsUp, Manner::Stranger] {
        let world = World::new();
        let address = misbehave(&world, manner).await;
        let greeter = world.connect(address);
        for outcome in commands(greeter.as_ref()).await {
            assert_eq!(outcome, unavailable(Executed::Unknown), "{manner:?}");
        }
        let query = greeter.greet(&ctx(), greet("ada")).await;
        assert_eq!(
            query,
            unavailable(Executed::No),
            "{manner:?}: a query has no effect"
        );
    }
}

#[tokio::test]
async fn what_broke_off_is_sent_again_with_a_key_and_never_without() {
    let world = World::new();
    let heard = Arc::new(AtomicU32::new(0));
    let address = misbehave_counted(&world, Manner::Truncates, Arc::clone(&heard)).await;
    let greeter = world.connect_by(&world.caller_settings(), address, 3);
    let plain = greeter.greet_again(&ctx(), greet("ada")).await;
    assert_eq!(plain, unavailable(Executed::Unknown));
    assert_eq!(heard.swap(0, Ordering::SeqCst), 1);
    let keyed = greeter.greet_once(&keyed("k"), greet("ada")).await;
    assert_eq!(keyed, unavailable(Executed::Unknown));
    assert_eq!(heard.swap(0, Ordering::SeqCst), 3);
    let query = greeter.greet(&ctx(), greet("ada")).await;
    assert_eq!(query, unavailable(Executed::No));
    assert_eq!(heard.swap(0, Ordering::SeqCst), 3);
}

#[tokio::test]
async fn the_state_of_each_peer_is_known() {
    let world = World::new();
    let process = world.start();
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let down = closed.local_addr().expect("bound");
    drop(closed);
    let peers = RemotePeers::new(&world.caller_settings(), world.env()).expect("the settings hold");
    for (module, address) in [("greeter", process.address), ("catalog", down)] {
        let settings = EdgeSettings::remote(format!("https://{address}"));
        let end = peers.connect(module, Surface::Contract { version: 1 }, &settings);
        assert!(end.is_ok(), "a peer that is down does not stop the start");
    }
    let status = timeout(Duration::from_secs(3), peers.status())
        .await
        .expect("in time");
    let problem_of = |service: &str| {
        let found = status.iter().find(|(name, _)| name.starts_with(service));
        found.expect("a peer").1.clone()
    };
    assert_eq!(problem_of("greeter-service at"), None);
    assert!(problem_of("catalog-service at").is_some_and(|reason| reason.contains("refused")));
}
