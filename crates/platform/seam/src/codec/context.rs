//! The call context and the cost of a call as they cross.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tenon_kernel::{
    CallCtx, Caller, Deadline, Emitted, IdempotencyScope, Interface, Principal, TraceContext,
};

use super::encode;
use crate::{Executed, SeamFault};

/// The part of the call context that crosses.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    traceparent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_ms: Option<u64>,
    principal: Principal,
    caller: Caller,
    interface: Interface,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency: Option<IdempotencyScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causation_id: Option<String>,
    hops: u8,
}

/// What comes back beside the answer.
#[derive(Serialize, Deserialize)]
struct Tail {
    replayed: bool,
    statements: u32,
    database_micros: u64,
    /// Absent from peers that do not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    emitted: Vec<Emitted>,
}

impl Head {
    fn of(ctx: &CallCtx) -> Self {
        Self {
            traceparent: ctx.trace.to_traceparent(),
            remaining_ms: ctx
                .deadline
                .remaining()
                .map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX)),
            principal: ctx.principal.clone(),
            caller: ctx.caller.clone(),
            interface: ctx.interface,
            idempotency: ctx.idempotency.clone(),
            correlation_id: ctx.correlation_id.clone(),
            causation_id: ctx.causation_id.clone(),
            hops: ctx.hops,
        }
    }

    pub(super) fn open(self) -> Result<CallCtx, SeamFault> {
        let trace =
            TraceContext::from_traceparent(&self.traceparent).ok_or(SeamFault::VersionSkew)?;
        let mut ctx = CallCtx::resume(trace, self.principal, self.caller, self.interface);
        if let Some(millis) = self.remaining_ms {
            if millis == 0 {
                return Err(SeamFault::DeadlineExceeded {
                    executed: Executed::No,
                });
            }
            ctx.deadline = Deadline::after(Duration::from_millis(millis));
        }
        ctx.idempotency = self.idempotency;
        ctx.correlation_id = self.correlation_id;
        ctx.causation_id = self.causation_id;
        ctx.hops = self.hops;
        Ok(ctx)
    }
}

/// Encodes the context of a call.
pub(crate) fn head(ctx: &CallCtx) -> Result<Bytes, SeamFault> {
    encode(&Head::of(ctx), usize::MAX, Executed::No)
}

/// Adds what a call cost and caused on its other side to the caller's account.
pub(crate) fn account(ctx: &CallCtx, tail: &[u8]) {
    if let Ok(tail) = serde_json::from_slice::<Tail>(tail) {
        if tail.replayed {
            ctx.mark_replayed();
        }
        ctx.stats()
            .record_statements(tail.statements, Duration::from_micros(tail.database_micros));
        for events in tail.emitted {
            ctx.stats().record_emitted(events);
        }
    }
}

/// Encodes what a call cost and caused on this side.
pub(super) fn tail(ctx: &CallCtx) -> Bytes {
    let stats = ctx.stats();
    let tail = Tail {
        replayed: ctx.was_replayed(),
        statements: stats.statements(),
        database_micros: u64::try_from(stats.database_time().as_micros()).unwrap_or(u64::MAX),
        emitted: stats.emitted(),
    };
    encode(&tail, usize::MAX, Executed::Yes).unwrap_or_default()
}
