//! `Consistency-Token`: what a write has caused, for reads that must show what follows from it.
//!
//! A write is answered at once; lists, feeds and other modules follow by events. The token names those events. A read
//! with it waits until the module that answers has handled them. It holds no rights and is not secret, so nothing signs
//! it: its sum finds what was cut or typed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sha2::{Digest, Sha256};
use tenon_kernel::{CallCtx, Emitted, ErrorKind, FieldError, MAX_EMITTED};
use uuid::Uuid;

use crate::extract::Facts;
use crate::{Endpoint, Problem};

/// The header, of answers to writes and of requests that read.
pub(crate) static CONSISTENCY_TOKEN: HeaderName = HeaderName::from_static("consistency-token");

/// Longest token that is read: more than [`MAX_EMITTED`] kinds of events take.
const MAX_TOKEN: usize = 12 * 1024;
/// Bytes of the sum in front of a token.
const SUM: usize = 6;
/// When to come back: consumers are behind by more than two seconds.
const COME_BACK: Duration = Duration::from_secs(1);

/// Module, type, first event, last event.
type Entry = (String, String, Uuid, Uuid);

/// How far a module has followed the events of others.
#[async_trait]
pub trait Follows: Send + Sync + 'static {
    /// Waits until the module has handled the events; `false` if it has not after two seconds.
    async fn reach(&self, ctx: &CallCtx, emitted: &[Emitted]) -> bool;
}

/// The token of a request that caused these events; none if it caused none.
pub(crate) fn token(emitted: &[Emitted]) -> Option<HeaderValue> {
    if emitted.is_empty() {
        return None;
    }
    let entries: Vec<_> = emitted
        .iter()
        .map(|it| (&it.module, &it.event_type, it.first, it.last))
        .collect();
    let payload = serde_json::to_vec(&entries).ok()?;
    let mut bytes = sum(&payload).to_vec();
    bytes.extend_from_slice(&payload);
    HeaderValue::try_from(URL_SAFE_NO_PAD.encode(bytes)).ok()
}

/// Reads the token of a request.
pub(crate) fn read(headers: &HeaderMap) -> Result<Vec<Emitted>, Problem> {
    let mut values = headers.get_all(&CONSISTENCY_TOKEN).iter();
    let Some(value) = values.next() else {
        return Ok(Vec::new());
    };
    let entries = if values.next().is_none() {
        entries(value.as_bytes())
    } else {
        None
    };
    let entries = entries.ok_or_else(malformed)?;
    let emitted = |(module, event_type, first, last): Entry| Emitted {
        module: module.into(),
        event_type: event_type.into(),
        first,
        last,
    };
    Ok(entries.into_iter().map(emitted).collect())
}

fn entries(token: &[u8]) -> Option<Vec<Entry>> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (written, payload) = bytes.split_at_checked(SUM)?;
    if written != sum(payload) {
        return None;
    }
    let entries: Vec<Entry> = serde_json::from_slice(payload).ok()?;
    (1..=MAX_EMITTED)
        .contains(&entries.len())
        .then_some(entries)
}

fn sum(payload: &[u8]) -> [u8; SUM] {
    let hash = Sha256::digest(payload);
    std::array::from_fn(|at| hash[at])
}

fn malformed() -> Problem {
    let wrong = FieldError::new(
        "Consistency-Token:",
        "invalid_value",
        "Expected what the answer to a write had in this header, unchanged.",
    );
    Problem::new(
        ErrorKind::Malformed,
        "invalid_request",
        "The consistency token cannot be read.",
    )
    .with_fields(vec![wrong])
}

fn not_caught_up() -> Problem {
    Problem::new(
        ErrorKind::Unavailable,
        "not_caught_up",
        "What follows from the write cannot be read yet. Ask again, or without the token for what is known now.",
    )
    .with_retry_after(COME_BACK)
}

impl Endpoint {
    /// The same operation, if it is a read: with a token it waits until the module has handled what the token names.
    #[must_use]
    pub fn following(self, module: &Arc<dyn Follows>) -> Self {
        if *self.method() != Method::GET || self.shape.is_stream {
            return self;
        }
        let (module, inner) = (Arc::clone(module), self.clone());
        self.with_handler(Arc::new(move |request| {
            match wanted(&request) {
                // Who sends no token pays nothing.
                None => inner.call(request),
                Some(facts) => {
                    let (module, inner) = (Arc::clone(&module), inner.clone());
                    Box::pin(async move { follow(&*module, &inner, &facts, request).await })
                }
            }
        }))
    }
}

fn wanted(request: &Request) -> Option<Arc<Facts>> {
    let facts = request.extensions().get::<Arc<Facts>>()?;
    (!facts.seen.is_empty()).then(|| Arc::clone(facts))
}

async fn follow(
    module: &dyn Follows,
    inner: &Endpoint,
    facts: &Facts,
    request: Request,
) -> Response {
    if module.reach(&facts.ctx, &facts.seen).await {
        inner.call(request).await
    } else {
        not_caught_up().into_response()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn emitted() -> Vec<Emitted> {
        let events = |module: &'static str, event_type: &'static str, id| Emitted {
            module: module.into(),
            event_type: event_type.into(),
            first: Uuid::from_u128(id),
            last: Uuid::from_u128(id + 1),
        };
        vec![
            events("orders", "order.placed", 7),
            events("catalog", "price.changed", 9),
        ]
    }

    fn sent(token: &[u8]) -> Result<Vec<Emitted>, Problem> {
        let value = HeaderValue::from_bytes(token).expect("header text");
        read(&HeaderMap::from_iter([(CONSISTENCY_TOKEN.clone(), value)]))
    }

    #[test]
    fn a_token_says_what_was_caused() {
        let token = token(&emitted()).expect("events were caused");
        assert_eq!(sent(token.as_bytes()).expect("a token"), emitted());
    }

    #[test]
    fn what_caused_nothing_has_no_token() {
        assert_eq!(token(&[]), None);
        assert!(read(&HeaderMap::new()).is_ok_and(|emitted| emitted.is_empty()));
    }

    #[test]
    fn a_token_that_was_changed_is_refused_by_name() {
        let token = token(&emitted()).expect("events were caused");
        let whole = token.as_bytes();
        for at in 0..whole.len() {
            let mut bytes = whole.to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            // The last character of base64 may have bits that count for nothing; those are refused as well.
            let problem = sent(&bytes).expect_err("changed");
            assert_eq!(problem.fields()[0].pointer, "Consistency-Token:");
            assert!(sent(&whole[..at]).is_err(), "cut at {at}");
        }
        let twice = HeaderMap::from_iter([
            (CONSISTENCY_TOKEN.clone(), token.clone()),
            (HeaderName::from_static("x"), token.clone()),
        ]);
        let mut twice = twice;
        twice.append(CONSISTENCY_TOKEN.clone(), token);
        assert!(read(&twice).is_err(), "two tokens are none");
    }

    #[test]
    fn no_token_is_longer_than_what_is_read() {
        let events = |at: usize| Emitted {
            module: "notifications".into(),
            event_type: format!("webhook_endpoint.recovered_{at:03}").into(),
            first: Uuid::from_u128(7),
            last: Uuid::from_u128(8),
        };
        let all: Vec<_> = (0..MAX_EMITTED).map(events).collect();
        let token = token(&all).expect("events were caused");
        assert!(token.len() <= MAX_TOKEN, "{}", token.len());
        assert_eq!(sent(token.as_bytes()).expect("a token"), all);
    }

    proptest! {
        #[test]
        fn nonsense_is_refused_without_panic(text in "[!-~]{0,200}") {
            prop_assert!(text.is_empty() || sent(text.as_bytes()).is_err());
        }
    }
}
