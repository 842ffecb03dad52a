//! A provider that answers anything but its own words: whatever it does, nothing is known, nobody waits for long, little
//! is read, and nobody else is called.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use payments::{Authorize, HttpProvider, HttpProviderSettings, Outcome, PaymentProvider};
use tenon_kernel::{Env, Money};
use tenon_testkit::rounds;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a call may take in these tests.
const TIMEOUT_MS: u64 = 150;
/// What the whole of one call may take at most, on a machine that is busy elsewhere.
const PATIENCE: Duration = Duration::from_secs(20);
/// What may lie between us and a server that wants to send for ever: buffers of the system, not our memory.
const IN_TRANSIT: u64 = 16 << 20;

/// What the provider does to a request.
#[derive(Debug, Clone, Copy)]
enum Malice {
    /// Closes before it has read anything.
    HangsUp,
    Silent,
    /// Sends the answer a byte at a time, and never the end of it.
    Drips,
    /// Says that ten gigabytes come, and sends them.
    Floods,
    /// Headers without an end.
    FloodsHeaders,
    /// `100 Continue`, again and again.
    NeverReady,
    /// Ends in the middle.
    Breaks,
    /// Sends the caller to somebody else.
    Redirects(u16),
    /// One answer as it stands.
    Says(&'static str),
}

const MALICE: [Malice; 17] = [
    Malice::HangsUp,
    Malice::Silent,
    Malice::Drips,
    Malice::Floods,
    Malice::FloodsHeaders,
    Malice::NeverReady,
    Malice::Breaks,
    Malice::Redirects(301),
    Malice::Redirects(302),
    Malice::Redirects(307),
    Malice::Redirects(308),
    Malice::Says("SSH-2.0-OpenSSH_9.2\r\n"),
    Malice::Says("HTTP/1.1 500 Oops\r\ncontent-length: 4\r\n\r\noops"),
    Malice::Says("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
    Malice::Says("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n<html></html"),
    Malice::Says("HTTP/1.1 403 Forbidden\r\ncontent-length: 13\r\n\r\n<html></html>"),
    Malice::Says("HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 9\r\n\r\nnull"),
];

/// A server that does the same to every request.
struct Hostile {
    url: String,
    sent: Arc<AtomicU64>,
}

impl Hostile {
    async fn start(malice: Malice, elsewhere: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let sent = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&sent);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (count, elsewhere) = (Arc::clone(&count), elsewhere.clone());
                // A caller that goes away is what this is about.
                tokio::spawn(async move { drop(attack(malice, socket, &elsewhere, &count).await) });
            }
        });
        Self { url, sent }
    }
}

async fn attack(
    malice: Malice,
    mut socket: TcpStream,
    elsewhere: &str,
    sent: &AtomicU64,
) -> std::io::Result<()> {
    if matches!(malice, Malice::HangsUp) {
        return Ok(());
    }
    let _request = socket.read(&mut [0; 4096]).await?;
    let begin = match malice {
        Malice::HangsUp | Malice::Silent => String::new(),
        Malice::Drips | Malice::Breaks => {
            "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\":".to_owned()
        }
        Malice::Floods => "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n".to_owned(),
        Malice::FloodsHeaders => "HTTP/1.1 200 OK\r\n".to_owned(),
        Malice::NeverReady => "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
        Malice::Redirects(status) => {
            format!("HTTP/1.1 {status} There\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n")
        }
        Malice::Says(answer) => answer.to_owned(),
    };
    socket.write_all(begin.as_bytes()).await?;
    let (more, pause) = match malice {
        Malice::Drips => (b" ".to_vec(), Duration::from_millis(20)),
        Malice::Floods => (vec![b'['; 64 * 1024], Duration::ZERO),
        Malice::FloodsHeaders => (b"x-more: and more\r\n".repeat(1_000), Duration::ZERO),
        Malice::NeverReady => (begin.into_bytes(), Duration::from_millis(1)),
        Malice::Silent => (Vec::new(), PATIENCE),
        _ => return Ok(()),
    };
    loop {
        socket.write_all(&more).await?;
        let bytes = u64::try_from(more.len()).expect("fits");
        sent.fetch_add(bytes, Ordering::SeqCst);
        tokio::time::sleep(pause).await; // another process, in real time
    }
}

fn provider(url: &str) -> HttpProvider {
    let settings = HttpProviderSettings {
        url: url.to_owned(),
        timeout_ms: TIMEOUT_MS,
        breaker_failures: u32::MAX,
        ..HttpProviderSettings::default()
    };
    HttpProvider::new(&settings).expect("the settings work")
}

fn request() -> Authorize {
    Authorize {
        attempt: Env::system().new_id(),
        amount: Money::new(995, "EUR".parse().expect("known")).expect("in range"),
        payment_method: Some("pm_success".to_owned()),
        return_url: None,
    }
}

#[tokio::test]
async fn whatever_a_provider_answers_nothing_is_taken_for_known_and_nobody_else_is_called() {
    let bystander = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let elsewhere = format!("http://{}/", bystander.local_addr().expect("an address"));
    for _ in 0..rounds(1) {
        for malice in MALICE {
            let hostile = Hostile::start(malice, elsewhere.clone()).await;
            let provider = provider(&hostile.url);
            let answer = tokio::time::timeout(PATIENCE, provider.authorize(request())).await;
            let outcome = answer.unwrap_or_else(|_| panic!("{malice:?}: the call hangs"));
            assert!(
                matches!(outcome, Outcome::Ambiguous(_)),
                "{malice:?} was taken for {outcome:?}"
            );
            let found = tokio::time::timeout(PATIENCE, provider.find(request().attempt)).await;
            let found = found.unwrap_or_else(|_| panic!("{malice:?}: the question hangs"));
            assert!(
                matches!(found, Outcome::Ambiguous(_)),
                "{malice:?} was taken for {found:?}"
            );
            let sent = hostile.sent.load(Ordering::SeqCst);
            assert!(sent <= IN_TRANSIT, "{malice:?}: {sent} bytes were taken");
        }
    }
    let called = tokio::time::timeout(Duration::from_millis(1), bystander.accept()).await;
    assert!(called.is_err(), "a redirect was followed");
}
