//! What two parsers could read in two ways, and nobody therefore reads at all.

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderValue, Request, Version};
use tenon_kernel::ErrorKind;

use crate::Problem;

/// Finds framing that two parsers could read in two ways: without exactly one Host, with two lengths, or with lines
/// that end in two ways.
pub(super) fn refuse_ambiguous<B>(request: &Request<B>, head: Option<&[u8]>) -> Option<Problem> {
    let headers = request.headers();
    let is_http1 = request.version() < Version::HTTP_2;
    let hosts: Vec<&[u8]> = headers
        .get_all(HOST)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if is_http1 && !matches!(hosts[..], [host] if is_host(host)) {
        return Some(malformed("invalid_host", "Send exactly one `Host`."));
    }
    // The whole address in the first line, and HTTP/2: RFC 9112 §3.2.2 and RFC 9113 §8.3.1 give it precedence, others do not.
    let own = request
        .uri()
        .authority()
        .map(|authority| authority.as_str().as_bytes());
    if (own.is_some() || !is_http1) && hosts.iter().any(|host| Some(*host) != own) {
        let detail = "`Host` and `:authority` differ.";
        return Some(malformed("invalid_host", detail));
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        // hyper takes the chunked framing and drops the length (RFC 9112 §6.3), so the raw head is asked.
        if headers.contains_key(CONTENT_LENGTH) || !head.is_none_or(is_only_chunked) {
            let detail = "Send `Content-Length` or `Transfer-Encoding`, not both.";
            return Some(malformed("ambiguous_framing", detail));
        }
        let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
        let coding = codings.next().map(HeaderValue::as_bytes);
        let is_chunked = coding.is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"));
        if !is_chunked || codings.next().is_some() {
            let detail = "The only `Transfer-Encoding` is `chunked`, once.";
            return Some(malformed("ambiguous_framing", detail));
        }
    }
    if head.is_some_and(|head| has_bare_line_feed(request.method().as_str(), head)) {
        let detail = "Lines of a head end in a carriage return and a line feed.";
        return Some(malformed("ambiguous_framing", detail));
    }
    None
}

fn malformed(code: &'static str, detail: &'static str) -> Problem {
    Problem::new(ErrorKind::Malformed, code, detail)
}

/// Whether it is a host with a port or without, and nothing else (RFC 9112 §3.2).
fn is_host(host: &[u8]) -> bool {
    !host.contains(&b'@') && Authority::try_from(host).is_ok()
}

/// Whether a line of the head ends in a line feed alone. RFC 9112 §2.2 lets a server take that, and not all take it.
/// Nothing is said of bytes that do not begin with the request: what was left of a body may stand before it.
fn has_bare_line_feed(method: &str, head: &[u8]) -> bool {
    let mut head = head;
    // Some send an empty line between requests.
    while let Some(rest) = head.strip_prefix(b"\r\n") {
        head = rest;
    }
    let is_whole = head
        .strip_prefix(method.as_bytes())
        .is_some_and(|rest| rest.starts_with(b" "));
    is_whole
        && head
            .split_inclusive(|byte| *byte == b'\n')
            .take_while(|line| *line != b"\r\n")
            .any(|line| line.ends_with(b"\n") && !line.ends_with(b"\r\n"))
}

/// Says whether the head that names `Transfer-Encoding` names no `Content-Length`. A head that is not there
/// whole, because requests were pipelined, is taken for ambiguous.
fn is_only_chunked(head: &[u8]) -> bool {
    let text = head.to_ascii_lowercase();
    let Some(at) = find(&text, b"\ntransfer-encoding:") else {
        return false;
    };
    let start = text[..at]
        .windows(3)
        .rposition(|window| window == b"\n\r\n")
        .map_or(0, |start| start + 3);
    let end = find(&text[at..], b"\n\r\n").map_or(text.len(), |end| at + end);
    find(&text[start..end], b"\ncontent-length:").is_none()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_head_end_in_one_way_and_a_body_has_none() {
        for good in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n{\n}\n",
            "{\n}GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "",
        ] {
            assert!(!has_bare_line_feed("GET", good.as_bytes()), "{good}");
        }
        for bad in [
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
        ] {
            assert!(has_bare_line_feed("GET", bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn two_lengths_are_found_in_either_order_and_not_in_the_body() {
        assert!(is_only_chunked(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        ));
        assert!(!is_only_chunked(
            b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        ));
        assert!(!is_only_chunked(
            b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n"
        ));
        assert!(is_only_chunked(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\ncontent-length: 3"
        ));
        assert!(
            !is_only_chunked(b"5\r\nhello\r\n0\r\n\r\n"),
            "a head that was not seen whole"
        );
    }
}
