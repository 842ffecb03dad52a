//! A small HTTP server for one request a connection.

use std::future::Future;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request in its parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Further lines of the head.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            head: "content-type: application/json\r\n".to_owned(),
            body: body.to_string().into_bytes(),
        }
    }
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Listens on a port of this machine. An answer of `None` never comes.
pub(crate) async fn listen() -> (u16, TcpListener) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a port is free");
    let port = listener.local_addr().expect("bound").port();
    (port, listener)
}

pub(crate) fn serve<F, A>(listener: TcpListener, answer: F)
where
    F: Fn(Request) -> A + Send + Sync + 'static,
    A: Future<Output = Option<Response>> + Send,
{
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let mut stream = stream;
                let Some(request) = read(&mut stream).await else {
                    return;
                };
                match answer(request).await {
                    Some(response) => write(&mut stream, &response).await,
                    None => std::future::pending().await,
                }
            });
        }
    });
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let (mut text, mut chunk) = (Vec::new(), [0; 8_192]);
    loop {
        let so_far = String::from_utf8_lossy(&text);
        if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
            let mut request = Request {
                head: head.to_owned(),
                body: body.to_owned(),
                ..Request::default()
            };
            let length = request.header("content-length");
            let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                let mut first = head.lines().next()?.split(' ');
                request.method.push_str(first.next()?);
                request.target.push_str(first.next()?);
                return Some(request);
            }
        }
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => text.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
    }
}

async fn write(stream: &mut TcpStream, response: &Response) {
    let head = format!(
        "HTTP/1.1 {} Said\r\nconnection: close\r\ncontent-length: {}\r\n{}\r\n",
        response.status,
        response.body.len(),
        response.head
    );
    // Whoever asked may have hung up by now.
    let all = [head.as_bytes(), &response.body].concat();
    drop(stream.write_all(&all).await);
    drop(stream.shutdown().await);
}
