//! Trace ids of requests.

use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;
use tenon_kernel::{Env, TraceContext};

/// Makes trace and span ids: a random start, then one atomic add for each id.
///
/// They must be unique, not secret, so the crypto provider is asked once only.
#[derive(Debug)]
pub(crate) struct TraceIds {
    process: u64,
    next: AtomicU64,
}

impl TraceIds {
    pub(crate) fn new(env: &Env) -> Self {
        Self {
            process: u64::from_le_bytes(env.random()),
            next: AtomicU64::new(u64::from_le_bytes(env.random())),
        }
    }

    /// Continues the caller's trace (W3C `traceparent`), or starts one.
    pub(crate) fn of_request(&self, headers: &HeaderMap) -> TraceContext {
        let unique = mix(self.next.fetch_add(GOLDEN, Ordering::Relaxed));
        let span_id = unique.max(1).to_be_bytes();
        let parent = headers
            .get("traceparent")
            .and_then(|value| TraceContext::from_traceparent(value.to_str().ok()?));
        if let Some(parent) = parent {
            return TraceContext { span_id, ..parent };
        }
        let mut trace_id = [0; 16];
        trace_id[..8].copy_from_slice(&mix(self.process ^ unique).to_be_bytes());
        trace_id[8..].copy_from_slice(&unique.max(1).to_be_bytes());
        TraceContext {
            trace_id,
            span_id,
            sampled: true,
        }
    }
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so ids do not repeat.
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// The 32 hexadecimal digits that clients see, on the stack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TraceText([u8; 32]);

impl TraceText {
    pub(crate) fn new(trace: &TraceContext) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(trace.trace_id) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal digits are ASCII")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_differ_and_read_as_the_kernel_writes_them() {
        let ids = TraceIds::new(&Env::system());
        let made: HashSet<[u8; 16]> = (0..10_000)
            .map(|_| ids.of_request(&HeaderMap::new()).trace_id)
            .collect();
        assert_eq!(made.len(), 10_000);
        let trace = ids.of_request(&HeaderMap::new());
        assert_eq!(TraceText::new(&trace).as_str(), trace.trace_id_text());
    }

    #[test]
    fn a_trace_of_the_caller_goes_on_under_a_span_of_ours() {
        let ids = TraceIds::new(&Env::system());
        let parent = TraceContext::start(&Env::system());
        let mut headers = HeaderMap::new();
        headers.insert(
            "traceparent",
            parent.to_traceparent().parse().expect("header text"),
        );
        let trace = ids.of_request(&headers);
        assert_eq!(trace.trace_id, parent.trace_id);
        assert_ne!(trace.span_id, parent.span_id);
    }
}
