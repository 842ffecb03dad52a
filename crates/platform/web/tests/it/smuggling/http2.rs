//! Frames of HTTP/2 that somebody would make two requests of HTTP/1 of.

use tenon_web::ServeOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::socket::{Listening, PATIENCE, listen};

/// A literal header field without indexing (RFC 7541 §6.2.2).
fn field(name: &str, value: &[u8]) -> Vec<u8> {
    let length = |text: &[u8]| u8::try_from(text.len()).expect("short");
    let mut bytes = vec![0, length(name.as_bytes())];
    bytes.extend(name.as_bytes());
    bytes.push(length(value));
    bytes.extend(value);
    bytes
}

/// Sends a request as HTTP/2; returns the type and the payload of the first frame that is about it, or ends the connection.
async fn http2(listening: &Listening, fields: &[(&str, &[u8])]) -> (u8, Vec<u8>) {
    let mut socket = TcpStream::connect(listening.at).await.expect("connected");
    let block: Vec<u8> = fields
        .iter()
        .flat_map(|(name, value)| field(name, value))
        .collect();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0".to_vec();
    let length = u8::try_from(block.len()).expect("short");
    bytes.extend([length, 1, 5, 0, 0, 0, 1]); // HEADERS, END_STREAM and END_HEADERS, stream 1
    bytes.extend(block);
    socket.write_all(&bytes).await.expect("sent");
    loop {
        let mut head = [0; 9];
        let read = timeout(PATIENCE, socket.read_exact(&mut head)).await;
        if read.expect("in time").is_err() {
            return (0, Vec::new());
        }
        let length = usize::from(head[1]) << 8 | usize::from(head[2]);
        let mut payload = vec![0; length];
        socket.read_exact(&mut payload).await.expect("a payload");
        if matches!(head[3], 1 | 3 | 7) {
            return (head[3], payload);
        }
    }
}

/// What belongs to a connection of HTTP/1 has no place in HTTP/2 (RFC 9113 §8.2.2): whoever translates one to the other
/// would make two requests of it.
#[tokio::test]
async fn http2_takes_nothing_that_http1_would_read_differently() {
    let listening = listen(ServeOptions::default()).await;
    let good: [(&str, &[u8]); 4] = [
        (":method", b"GET"),
        (":scheme", b"http"),
        (":path", b"/v1/whoami"),
        (":authority", b"a"),
    ];
    assert_eq!(
        http2(&listening, &good).await.0,
        1,
        "the starting point is answered"
    );
    let forms: [(&str, &[u8]); 12] = [
        ("connection", b"keep-alive"),
        ("transfer-encoding", b"chunked"),
        ("upgrade", b"h2c"),
        ("keep-alive", b"1"),
        ("proxy-connection", b"close"),
        ("te", b"gzip"),
        ("Upper", b"case"),
        ("with space", b"1"),
        ("x", b"1\r\nHost: b"),
        ("x", b"1\0"),
        (":path", b"/v1/other"),
        ("content-length", b"48"),
    ];
    for form in forms {
        let fields = [good.as_slice(), &[form]].concat();
        let (kind, _) = http2(&listening, &fields).await;
        assert_ne!(kind, 1, "{form:?} was answered");
    }
    let other_host = [good.as_slice(), &[("host", b"b".as_slice())]].concat();
    let (kind, block) = http2(&listening, &other_host).await;
    // 0x8c: `:status: 400` stands in the static table under 12 (RFC 7541 appendix A).
    assert_eq!((kind, block.first()), (1, Some(&0x8c)), "another host");
}
