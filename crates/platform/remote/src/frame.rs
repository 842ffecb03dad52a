//! How calls and answers stand in HTTP bodies.
//!
//! A request is the length of the head (4 bytes, big endian), the head, the body. An answer is its kind (1 byte), the
//! length of the tail (4 bytes), the tail, the body. The token's hash covers all of a request, so the head cannot be
//! changed under way.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use tenon_seam::{SeamFault, WireOutcome, WireReply};

/// Content type of requests.
pub(crate) const CALL: &str = "application/vnd.tenon.seam-call";
/// Content type of answers; anything else did not come from a seam.
pub(crate) const REPLY: &str = "application/vnd.tenon.seam-reply";
/// Room for everything in an answer that is not the module's.
pub(crate) const OVERHEAD: usize = 16 * 1024;
/// Largest head.
const LARGEST_HEAD: usize = 16 * 1024;

const OK: u8 = 0;
const DOMAIN: u8 = 1;
const FAULT: u8 = 2;

pub(crate) fn request(head: &[u8], body: &[u8]) -> Option<Bytes> {
    let length = u32::try_from(head.len()).ok()?;
    let mut bytes = BytesMut::with_capacity(4 + head.len() + body.len());
    bytes.put_u32(length);
    bytes.put_slice(head);
    bytes.put_slice(body);
    Some(bytes.freeze())
}

/// Head and body of a request.
pub(crate) fn open_request(mut bytes: Bytes) -> Option<(Bytes, Bytes)> {
    if bytes.remaining() < 4 {
        return None;
    }
    let length = bytes.get_u32() as usize;
    if length > LARGEST_HEAD || length > bytes.remaining() {
        return None;
    }
    let head = bytes.split_to(length);
    Some((head, bytes))
}

pub(crate) fn reply(reply: &WireReply) -> Bytes {
    let fault;
    let (kind, body): (u8, &[u8]) = match &reply.outcome {
        WireOutcome::Ok(body) => (OK, body),
        WireOutcome::Domain(body) => (DOMAIN, body),
        WireOutcome::Fault(of) => {
            fault = serde_json::to_vec(of).expect("plain strings and numbers encode");
            (FAULT, &fault)
        }
    };
    // A tail is three numbers; one that does not fit is left out, which only costs its figures.
    let tail: &[u8] = if reply.tail.len() <= OVERHEAD / 2 {
        &reply.tail
    } else {
        &[]
    };
    let mut bytes = BytesMut::with_capacity(5 + tail.len() + body.len());
    bytes.put_u8(kind);
    bytes.put_u32(u32::try_from(tail.len()).unwrap_or(0));
    bytes.put_slice(tail);
    bytes.put_slice(body);
    bytes.freeze()
}

pub(crate) fn open_reply(mut bytes: Bytes) -> Option<WireReply> {
    if bytes.remaining() < 5 {
        return None;
    }
    let kind = bytes.get_u8();
    let length = bytes.get_u32() as usize;
    if length > bytes.remaining() {
        return None;
    }
    let tail = bytes.split_to(length);
    let outcome = match kind {
        OK => WireOutcome::Ok(bytes),
        DOMAIN => WireOutcome::Domain(bytes),
        FAULT => WireOutcome::Fault(serde_json::from_slice::<SeamFault>(&bytes).ok()?),
        _ => return None,
    };
    Some(WireReply { tail, outcome })
}

#[cfg(test)]
mod tests {
    use tenon_seam::Executed;

    use super::*;

    #[test]
    fn calls_and_answers_survive() {
        let bytes = request(b"head", b"body").expect("short");
        let (head, body) = open_request(bytes.clone()).expect("whole");
        assert_eq!((&head[..], &body[..]), (&b"head"[..], &b"body"[..]));
        for cut in 0..8 {
            assert!(open_request(bytes.slice(..cut)).is_none(), "cut at {cut}");
        }
        let executed = Executed::Unknown;
        let outcomes = [
            WireOutcome::Ok("ok".into()),
            WireOutcome::Domain("no".into()),
            WireOutcome::Fault(SeamFault::Unavailable { executed }),
        ];
        for outcome in outcomes {
            let said = WireReply {
                tail: "tail".into(),
                outcome,
            };
            let heard = open_reply(reply(&said)).expect("whole");
            assert_eq!(format!("{heard:?}"), format!("{said:?}"));
        }
        assert!(open_reply(Bytes::from_static(&[9, 0, 0, 0, 0])).is_none());
        assert!(open_reply(Bytes::from_static(&[0, 0, 0, 0, 9, 1])).is_none());
    }
}
