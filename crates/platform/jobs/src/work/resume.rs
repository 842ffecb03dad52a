//! Going on with what an earlier request began: its trace, its correlation, its errors in words.

use std::error::Error;

use tenon_kernel::{CallCtx, Env, Interface, TraceContext};

/// Longest reason that is kept of a failed attempt, in characters.
const LONGEST_REASON: usize = 1_000;

/// What background work follows from.
#[derive(Debug, Clone, Default)]
pub struct Cause {
    /// W3C trace context of the cause.
    pub traceparent: String,
    /// The event or request that everything follows from.
    pub correlation_id: Option<String>,
    /// The event that directly caused it.
    pub causation_id: Option<String>,
}

/// Makes the context of background work: a new span in the trace of its cause.
pub fn resume(env: &Env, interface: Interface, module: &'static str, cause: Cause) -> CallCtx {
    let mut ctx = CallCtx::service(env, interface, module);
    if let Some(trace) = TraceContext::from_traceparent(&cause.traceparent) {
        ctx.trace = TraceContext {
            span_id: ctx.trace.span_id,
            ..trace
        };
    }
    ctx.correlation_id = cause.correlation_id;
    ctx.causation_id = cause.causation_id;
    ctx
}

/// Puts an error and all its sources into words for the person who looks at dead work.
pub fn reason_of(error: &(dyn Error + 'static)) -> String {
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        reason.push_str(": ");
        reason.push_str(&cause.to_string());
        source = cause.source();
    }
    match reason.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => reason[..end].to_owned(),
        None => reason,
    }
}
