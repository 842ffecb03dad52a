//! Requests that declare a body and never send it: a server that refuses the length answers before it reads.
//!
//! HTTP clients send what they declare, and then a refusal may be lost with the connection.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::ask::Ask;

/// Status, headers and body of an answer.
pub(crate) type Parts = (u16, HeaderMap, Vec<u8>);

/// Sends the head of a request whose body would have so many bytes, and reads the answer.
pub(crate) async fn send(base: &str, ask: &Ask, length: usize) -> Result<Parts> {
    let host = base
        .strip_prefix("http://")
        .with_context(|| format!("{base} is not an http address"))?;
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", ask.method, ask.path);
    for (name, value) in &ask.headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    write!(
        head,
        "content-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    read(&answer)
}

fn read(answer: &[u8]) -> Result<Parts> {
    let end = answer
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .context("the answer's head does not end")?;
    let head = std::str::from_utf8(&answer[..end])?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    let status = status.split(' ').nth(1).context("no status")?.parse()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').context("a header without a value")?;
        let name: HeaderName = name.parse()?;
        headers.append(name, HeaderValue::from_str(value.trim())?);
    }
    let body = answer[end + 4..].to_vec();
    ensure!(
        !headers.contains_key("transfer-encoding"),
        "refusals have a length"
    );
    Ok((status, headers, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_in_its_parts() {
        let text =
            b"HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\nVary: a\r\nvary: b\r\n\r\n{}";
        let (status, headers, body) = read(text).expect("an answer");
        assert_eq!((status, body.as_slice()), (413, b"{}".as_slice()));
        assert_eq!(headers.get_all("vary").iter().count(), 2);
        assert!(read(b"HTTP/1.1 200").is_err());
    }
}
