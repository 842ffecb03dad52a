//! Bytes that two parsers could read in two ways: whatever they hide is never taken for a request.

mod http2;

use tenon_web::ServeOptions;

use crate::socket::{Listening, exchange, listen};

/// What is hidden in what somebody else may take for a body, or for a request of its own.
const HIDDEN: &str = "GET /v1/whoami?smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

/// Heads before a body that one parser ends elsewhere than another. `{}` stands for what is hidden.
const FRAMINGS: [(&str, &str); 20] = [
    (
        "length, then chunks",
        "Content-Length: 6\r\nTransfer-Encoding: chunked",
    ),
    (
        "chunks, then length",
        "Transfer-Encoding: chunked\r\nContent-Length: 6",
    ),
    ("two lengths", "Content-Length: 0\r\nContent-Length: 48"),
    ("two lengths in one", "Content-Length: 0, 48"),
    ("length with a sign", "Content-Length: +0"),
    ("negative length", "Content-Length: -1"),
    ("length in hex", "Content-Length: 0x0"),
    ("no length", "Content-Length:"),
    (
        "length beyond numbers",
        "Content-Length: 99999999999999999999999",
    ),
    ("length of words", "Content-Length: zero"),
    (
        "chunks that are not last",
        "Transfer-Encoding: chunked, identity",
    ),
    ("chunks behind others", "Transfer-Encoding: gzip, chunked"),
    (
        "chunks twice",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    ),
    (
        "chunks and others",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ),
    ("other word", "Transfer-Encoding: xchunked"),
    ("quoted word", "Transfer-Encoding: \"chunked\""),
    ("control before the word", "Transfer-Encoding: \u{b}chunked"),
    ("space before the colon", "Transfer-Encoding : chunked"),
    ("line that goes on", "Transfer-Encoding:\r\n chunked"),
    (
        "line that begins with a space",
        "X: 1\r\n Transfer-Encoding: chunked",
    ),
];

/// Whole heads that are none, or none of ours.
const HEADS: [(&str, &str); 22] = [
    ("no host", "GET /v1/whoami HTTP/1.1\r\n\r\n"),
    (
        "two hosts",
        "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ),
    (
        "one host twice",
        "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    ),
    ("empty host", "GET /v1/whoami HTTP/1.1\r\nHost:\r\n\r\n"),
    (
        "host with a user",
        "GET /v1/whoami HTTP/1.1\r\nHost: a@b\r\n\r\n",
    ),
    (
        "host with a path",
        "GET /v1/whoami HTTP/1.1\r\nHost: a/b\r\n\r\n",
    ),
    (
        "host with a space",
        "GET /v1/whoami HTTP/1.1\r\nHost: a b\r\n\r\n",
    ),
    (
        "another host in the line",
        "GET http://b/v1/whoami HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    ("bare line feeds", "GET /v1/whoami HTTP/1.1\nHost: a\n\n"),
    (
        "one bare line feed",
        "GET /v1/whoami HTTP/1.1\r\nX: 1\nHost: a\r\n\r\n",
    ),
    (
        "bare carriage return",
        "GET /v1/whoami HTTP/1.1\r\nX: 1\rHost: a\r\n\r\n",
    ),
    (
        "null in a value",
        "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
    ),
    (
        "null in a name",
        "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nX\0: 1\r\n\r\n",
    ),
    (
        "no name",
        "GET /v1/whoami HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n",
    ),
    (
        "no colon",
        "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    ),
    ("no version", "GET /v1/whoami\r\nHost: a\r\n\r\n"),
    (
        "another version",
        "GET /v1/whoami HTTP/1.2\r\nHost: a\r\n\r\n",
    ),
    (
        "a version to come",
        "GET /v1/whoami HTTP/9.9\r\nHost: a\r\n\r\n",
    ),
    (
        "space in the path",
        "GET /v1/ whoami HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    (
        "control in the path",
        "GET /v1/\u{1}whoami HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    ("no method", " /v1/whoami HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("no HTTP", "EHLO mail.example\r\n\r\n"),
];

/// Chunks that are none, in a body that is read.
const CHUNKS: [(&str, &str); 8] = [
    ("no number", "x\r\n{}\r\n0\r\n\r\n"),
    ("a sign", "+2\r\n{}\r\n0\r\n\r\n"),
    ("a prefix", "0x2\r\n{}\r\n0\r\n\r\n"),
    ("no number at all", "\r\n{}\r\n0\r\n\r\n"),
    ("beyond numbers", "fffffffffffffffff2\r\n{}\r\n0\r\n\r\n"),
    ("longer than said", "2\r\n{}{}\r\n0\r\n\r\n"),
    ("bare line feeds", "2\n{}\n0\n\n"),
    (
        "a bare line feed behind an extension",
        "2;x\n{}\r\n0\r\n\r\n",
    ),
];

/// How many answers there are, and the status of the first; 0 if there is none.
fn answers(text: &str) -> (usize, u16) {
    let mut statuses = text.split("HTTP/1.1 ").skip(1);
    let first = statuses.next().and_then(|rest| rest.get(..3)?.parse().ok());
    (
        usize::from(first.is_some()) + statuses.count(),
        first.unwrap_or(0),
    )
}

/// Refused, closed, and nothing that was hidden was answered; the next caller gets an answer of their own.
async fn is_refused(listening: &Listening, form: &str, request: &str) {
    let text = exchange(listening, request).await;
    let (count, status) = answers(&text);
    assert!(count <= 1, "{form}: something hidden was answered:\n{text}");
    assert!(matches!(status, 0 | 400), "{form}: {text}");
    assert!(
        !text.contains("anonymous"),
        "{form} reached a handler:\n{text}"
    );
    let next = "GET /v1/whoami HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let (count, status) = answers(&exchange(listening, next).await);
    assert_eq!((count, status), (1, 200), "after {form}");
}

#[tokio::test]
async fn fifty_forms_of_hiding_a_request_are_refused_and_closed() {
    let listening = listen(ServeOptions::default()).await;
    for (form, framing) in FRAMINGS {
        let request =
            format!("POST /v1/waits HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n0\r\n\r\n{HIDDEN}");
        is_refused(&listening, form, &request).await;
    }
    for (form, head) in HEADS {
        is_refused(&listening, form, &format!("{head}{HIDDEN}")).await;
    }
    for (form, body) in CHUNKS {
        let head = "POST /v1/things/thg_00000000000000000000000001/replays HTTP/1.1\r\nHost: a\r\n\
                    Idempotency-Key: k\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked";
        is_refused(&listening, form, &format!("{head}\r\n\r\n{body}{HIDDEN}")).await;
    }
    let old = format!(
        "POST /v1/waits HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"
    );
    is_refused(&listening, "chunks before there were any", &old).await;
    println!("{} forms", FRAMINGS.len() + HEADS.len() + CHUNKS.len() + 1);
}

/// Not everything that is rare is refused: these say the same to everybody.
#[tokio::test]
async fn requests_that_follow_each_other_are_answered_one_by_one() {
    let listening = listen(ServeOptions::default()).await;
    let one = |n: u32| {
        let trace = format!("00-{n:032x}-00f067aa0ba902b7-01");
        format!("GET /v1/whoami HTTP/1.1\r\nHost: a\r\ntraceparent: {trace}\r\n")
    };
    let text = exchange(
        &listening,
        &format!(
            "{}\r\n{}\r\n{}Connection: close\r\n\r\n",
            one(7),
            one(8),
            one(9)
        ),
    )
    .await;
    assert_eq!(answers(&text), (3, 200));
    let at = |n: u32| text.find(&format!("{n:032x}")).expect("its own trace");
    assert!(at(7) < at(8) && at(8) < at(9), "{text}");
    let body = "POST /v1/panics HTTP/1.1\r\nHost: a\r\ntransfer-encoding:\tChunked\r\nConnection: close\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: 1\r\n\r\n";
    assert_eq!(
        answers(&exchange(&listening, body).await),
        (1, 500),
        "the handler was reached"
    );
}
