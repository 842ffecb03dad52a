//! A load generator that costs little: keep-alive connections, one request at a time on each.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Requests in flight at once.
const CONNECTIONS: usize = 32;

/// Sends the same GET for so long; returns answers of status 200 a second.
pub(crate) async fn requests_per_second(
    address: SocketAddr,
    path: &str,
    headers: &str,
    at_most: Duration,
) -> Result<f64> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n{headers}\r\n"
    );
    let start = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        connections.spawn(ask(address, request.clone().into_bytes(), start + at_most));
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
pub(crate) async fn paced_latencies(
    address: SocketAddr,
    path: &str,
    per_second: u32,
    at_most: Duration,
) -> Result<Vec<Duration>> {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n\r\n");
    let mut socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut latencies = Vec::new();
    let start = Instant::now();
    let mut due = start;
    while start.elapsed() < at_most {
        let is_late = Instant::now() > due;
        tokio::time::sleep_until(due.into()).await;
        let asked = if is_late { due } else { Instant::now() };
        socket.write_all(request.as_bytes()).await?;
        read_answer(&mut socket, &mut buffer).await?;
        latencies.push(asked.elapsed());
        due += Duration::from_secs(1) / per_second;
    }
    Ok(latencies)
}

async fn ask(address: SocketAddr, request: Vec<u8>, until: Instant) -> Result<u64> {
    let mut socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut answers = 0;
    while Instant::now() < until {
        socket.write_all(&request).await?;
        read_answer(&mut socket, &mut buffer).await?;
        answers += 1;
    }
    Ok(answers)
}

/// Reads one answer with `Content-Length`; fails on any status but 200.
async fn read_answer(socket: &mut TcpStream, buffer: &mut [u8]) -> Result<()> {
    let (mut filled, mut wanted) = (0, None);
    loop {
        let read = socket.read(&mut buffer[filled..]).await?;
        if read == 0 {
            bail!("the connection was closed");
        }
        filled += read;
        if wanted.is_none()
            && let Some(head) = buffer[..filled]
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
        {
            let text = std::str::from_utf8(&buffer[..head])?;
            if !text.starts_with("HTTP/1.1 200") {
                bail!("{}", text.lines().next().unwrap_or_default());
            }
            let length = text
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")
                        .map(str::to_owned)
                })
                .context("an answer without Content-Length")?;
            wanted = Some(head + 4 + length.trim().parse::<usize>()?);
        }
        if wanted.is_some_and(|wanted| filled >= wanted) {
            return Ok(());
        }
    }
}
