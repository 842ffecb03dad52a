//! How an admitted request and an answer are written: four bytes with the length of the head, the head as JSON, the
//! body as it is.

use std::net::IpAddr;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tenon_access::Credential;
use tenon_kernel::Emitted;
use tenon_seam::SeamFault;

use crate::extract::Facts;

/// Length of the head's length.
const PREFIX: usize = size_of::<u32>();

/// Names with values; each character of a value stands for one byte, since a header need not be UTF-8.
pub(super) type Headers = Vec<(String, String)>;

/// What the edge knows of a request, beside the call context and the body.
#[derive(Serialize, Deserialize)]
pub(super) struct RequestHead {
    pub(super) method: String,
    /// Path and query as they came.
    pub(super) uri: String,
    /// Members of the path, decoded, in order.
    pub(super) params: Vec<String>,
    pub(super) headers: Headers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<IpAddr>,
    #[serde(default)]
    pub(super) credential: Credential,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) seen: Vec<Emitted>,
    /// What the answer is to have in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) expand: Vec<String>,
}

/// What a handler answered, beside the body.
#[derive(Serialize, Deserialize)]
pub(super) struct AnswerHead {
    pub(super) status: u16,
    pub(super) headers: Headers,
    /// The edge makes `Link: rel="next"` of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

impl RequestHead {
    pub(super) fn of(parts: &Parts, facts: &Facts) -> Self {
        let uri = parts.uri.path_and_query();
        Self {
            method: parts.method.to_string(),
            uri: uri.map_or("/", http::uri::PathAndQuery::as_str).to_owned(),
            params: facts
                .params
                .iter()
                .map(|(_, value)| value.clone())
                .collect(),
            headers: texts(&parts.headers),
            client: facts.client,
            credential: facts.credential.clone(),
            seen: facts.seen.clone(),
            expand: facts.expand.0.clone(),
        }
    }
}

/// Writes a head and a body.
pub(super) fn join(head: &impl Serialize, body: &[u8]) -> Result<Bytes, SeamFault> {
    let head = serde_json::to_vec(head).map_err(|_| SeamFault::VersionSkew)?;
    let length = u32::try_from(head.len()).map_err(|_| SeamFault::VersionSkew)?;
    let mut bytes = BytesMut::with_capacity(PREFIX + head.len() + body.len());
    bytes.put_u32(length);
    bytes.put_slice(&head);
    bytes.put_slice(body);
    Ok(bytes.freeze())
}

/// Reads a head and a body.
pub(super) fn split<T: DeserializeOwned>(mut bytes: Bytes) -> Result<(T, Bytes), SeamFault> {
    let skew = || {
        tracing::error!("the two sides of the REST surface do not agree");
        SeamFault::VersionSkew
    };
    let prefix = bytes.first_chunk::<PREFIX>().copied().ok_or_else(skew)?;
    let end = usize::try_from(u32::from_be_bytes(prefix))
        .ok()
        .and_then(|length| length.checked_add(PREFIX))
        .filter(|end| *end <= bytes.len())
        .ok_or_else(skew)?;
    let body = bytes.split_off(end);
    let head = serde_json::from_slice(&bytes[PREFIX..]).map_err(|_| skew())?;
    Ok((head, body))
}

/// Writes headers in their order.
pub(super) fn texts(headers: &HeaderMap) -> Headers {
    let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

/// Reads headers, keeping their order.
pub(super) fn headers(texts: Headers) -> Result<HeaderMap, SeamFault> {
    let mut headers = HeaderMap::with_capacity(texts.len() + 12);
    for (name, text) in texts {
        let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
        let value = bytes
            .ok()
            .and_then(|bytes| HeaderValue::from_maybe_shared(Bytes::from(bytes)).ok());
        let name = HeaderName::try_from(name).ok();
        let (Some(name), Some(value)) = (name, value) else {
            return Err(SeamFault::VersionSkew);
        };
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_keep_bytes_order_and_repeats() {
        let mut sent = HeaderMap::new();
        for (name, value) in [
            ("x-b", b"caf\xe9".as_slice()),
            ("x-a", b"1"),
            ("x-b", b"two"),
        ] {
            let name = HeaderName::from_static(name);
            sent.append(name, HeaderValue::from_bytes(value).expect("header text"));
        }
        let read = headers(texts(&sent)).expect("readable");
        assert_eq!(
            read.iter().collect::<Vec<_>>(),
            sent.iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_frame_that_is_cut_short_is_refused() {
        let head = AnswerHead {
            status: 200,
            headers: Vec::new(),
            next_cursor: None,
        };
        let whole = join(&head, b"body").expect("written");
        let (read, body) = split::<AnswerHead>(whole.clone()).expect("readable");
        assert_eq!((read.status, body.as_ref()), (200, b"body".as_slice()));
        for length in 0..whole.len() - b"body".len() {
            assert!(
                split::<AnswerHead>(whole.slice(..length)).is_err(),
                "{length}"
            );
        }
    }
}
