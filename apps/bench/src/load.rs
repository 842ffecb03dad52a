//! A load generator that costs little: keep-alive connections, one request at a time on each.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Requests in flight at once.
const CONNECTIONS: usize = 32;
/// Longest answer.
const ANSWER: usize = 64 * 1024;

/// Sends the same GET for so long; returns answers of status 200 a second.
pub(crate) async fn requests_per_second(
    address: SocketAddr,
    path: &str,
    headers: &str,
    at_most: Duration,
) -> Result<f64> {
    let request = get(address, path, headers);
    let start = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (request, until) = (request.clone(), start + at_most);
        connections.spawn(async move {
            let mut connection = Connection::to(address).await?;
            let mut answers = 0_u64;
            while Instant::now() < until {
                expect(200, connection.ask(&request).await?)?;
                answers += 1;
            }
            Ok::<_, anyhow::Error>(answers)
        });
    }
    let mut answers = 0_u64;
    while let Some(count) = connections.join_next().await {
        answers += count??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok(answers as f64 / start.elapsed().as_secs_f64())
}

/// Sends the same GET so many times a second for so long, on one connection; returns how long each answer took. Where
/// the one before was late, it counts from the moment at which it was due.
///
/// Whoever asks stands for somebody at another machine: it has a thread of its own, and the core at once where the system
/// lets it, so that what is measured is the wait for the server and not the one for a turn of the load generator.
pub(crate) async fn paced_latencies(
    address: SocketAddr,
    path: &str,
    per_second: u32,
    at_most: Duration,
) -> Result<Vec<Duration>> {
    let request = get(address, path, "");
    let (told, latencies) = tokio::sync::oneshot::channel();
    let reader = std::thread::Builder::new().name("reader".to_owned());
    reader.spawn(move || {
        drop(tenon_machine::become_urgent()); // refused to ordinary users: then it waits for its turns
        drop(told.send(paced(address, &request, per_second, at_most)));
    })?;
    latencies.await.context("the reader stopped")?
}

fn paced(
    address: SocketAddr,
    request: &[u8],
    per_second: u32,
    at_most: Duration,
) -> Result<Vec<Duration>> {
    let mut socket = std::net::TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut buffer = vec![0; ANSWER];
    let mut latencies = Vec::new();
    let start = Instant::now();
    let mut due = start;
    while start.elapsed() < at_most {
        let early = due.saturating_duration_since(Instant::now());
        std::thread::sleep(early);
        let asked = if early.is_zero() { due } else { Instant::now() };
        socket.write_all(request)?;
        let mut filled = 0;
        let status = loop {
            let read = socket.read(&mut buffer[filled..])?;
            if read == 0 {
                bail!("the connection was closed");
            }
            filled += read;
            if let Some(status) = status_if_whole(&buffer[..filled])? {
                break status;
            }
        };
        latencies.push(asked.elapsed());
        expect(200, status)?;
        due += Duration::from_secs(1) / per_second;
    }
    Ok(latencies)
}

/// Bytes of a GET; `headers` end with line feeds.
fn get(address: SocketAddr, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n{headers}\r\n")
        .into_bytes()
}

/// Bytes of a POST of JSON.
pub(crate) fn post(address: SocketAddr, path: &str, body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One connection, kept.
pub(crate) struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn to(address: SocketAddr) -> Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let buffer = vec![0; ANSWER];
        Ok(Self { socket, buffer })
    }

    /// Sends the bytes of a request; returns the status of its whole answer, which has a `Content-Length`.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<u16> {
        self.socket.write_all(request).await?;
        let mut filled = 0;
        loop {
            let read = self.socket.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                bail!("the connection was closed");
            }
            filled += read;
            if let Some(status) = status_if_whole(&self.buffer[..filled])? {
                return Ok(status);
            }
        }
    }
}

/// Fails if the answer is not what it has to be.
pub(crate) fn expect(wanted: u16, status: u16) -> Result<()> {
    if status != wanted {
        bail!("an answer was {status} instead of {wanted}");
    }
    Ok(())
}

/// Status of an answer with `Content-Length` once all of it is there.
fn status_if_whole(answer: &[u8]) -> Result<Option<u16>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let Some(head) = end else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&answer[..head])?;
    let status = text
        .split(' ')
        .nth(1)
        .context("an answer without a status")?;
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map(|(_, length)| length.trim().parse::<usize>())
        .context("an answer without Content-Length")??;
    let is_whole = answer.len() >= head + 4 + length;
    Ok(is_whole.then_some(status.parse()?))
}
