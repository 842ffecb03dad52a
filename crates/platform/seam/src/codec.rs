//! Calls as bytes: what crosses between processes, and what the Wire end encodes and decodes in one.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tenon_kernel::{
    CallCtx, Caller, Deadline, IdempotencyScope, Interface, Principal, TraceContext,
};

use crate::{Contract, Executed, Method, SeamError, SeamFault, SeamResult};

/// A call on its way to a module.
#[derive(Debug, Clone)]
pub struct WireCall {
    /// Name of the method.
    pub method: String,
    /// The call context, as JSON.
    pub head: Bytes,
    /// The request, as JSON.
    pub body: Bytes,
}

/// An answer on its way back.
#[derive(Debug, Clone)]
pub struct WireReply {
    /// What the call cost on the other side, as JSON.
    pub tail: Bytes,
    /// The outcome.
    pub outcome: WireOutcome,
}

/// How a call ended.
#[derive(Debug, Clone)]
pub enum WireOutcome {
    /// The response, as JSON.
    Ok(Bytes),
    /// The module's refusal, as JSON.
    Domain(Bytes),
    /// The call did not get the module's answer.
    Fault(SeamFault),
}

/// The receiving end of a contract; generated for each.
#[async_trait]
pub trait Dispatch: Send + Sync + 'static {
    /// Name of the module behind it.
    fn module(&self) -> &'static str;

    /// Runs one call.
    async fn dispatch(&self, call: WireCall) -> WireReply;
}

/// The part of the call context that crosses.
#[derive(Serialize, Deserialize)]
struct Head {
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
}

impl WireReply {
    /// An answer that never reached the module.
    pub fn fault(fault: SeamFault) -> Self {
        Self {
            tail: Bytes::new(),
            outcome: WireOutcome::Fault(fault),
        }
    }
}

/// Encodes a call, has `end` run it, decodes the answer.
#[doc(hidden)]
pub async fn call<Req, Res, E>(
    end: &dyn Dispatch,
    method: &Method,
    ctx: &CallCtx,
    request: &Req,
) -> SeamResult<Res, E>
where
    Req: Contract,
    Res: Contract,
    E: Contract,
{
    let head = Head {
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
    };
    let body = encode(request, method.max_request)?;
    let call = WireCall {
        method: method.name.to_owned(),
        head: encode(&head, usize::MAX)?,
        body,
    };
    let reply = end.dispatch(call).await;
    if let Ok(tail) = serde_json::from_slice::<Tail>(&reply.tail) {
        if tail.replayed {
            ctx.stats().mark_replayed();
        }
        ctx.stats()
            .record_statements(tail.statements, Duration::from_micros(tail.database_micros));
    }
    match reply.outcome {
        WireOutcome::Ok(bytes) => {
            if bytes.len() > method.max_response {
                return Err(SeamFault::TooLarge {
                    limit: method.max_response as u64,
                }
                .into());
            }
            serde_json::from_slice(&bytes).map_err(|error| undecodable(method, &error).into())
        }
        WireOutcome::Domain(bytes) => match serde_json::from_slice(&bytes) {
            Ok(error) => Err(SeamError::Domain(error)),
            Err(error) => Err(undecodable(method, &error).into()),
        },
        WireOutcome::Fault(fault) => Err(SeamError::Seam(fault)),
    }
}

/// Decodes a call at the receiving end.
#[doc(hidden)]
pub fn open<Req: Contract>(method: &Method, call: &WireCall) -> Result<(CallCtx, Req), SeamFault> {
    if call.body.len() > method.max_request {
        return Err(SeamFault::TooLarge {
            limit: method.max_request as u64,
        });
    }
    let head: Head =
        serde_json::from_slice(&call.head).map_err(|error| undecodable(method, &error))?;
    let trace = TraceContext::from_traceparent(&head.traceparent).ok_or(SeamFault::VersionSkew)?;
    let mut ctx = CallCtx::resume(trace, head.principal, head.caller, head.interface);
    if let Some(millis) = head.remaining_ms {
        if millis == 0 {
            return Err(SeamFault::DeadlineExceeded {
                executed: Executed::No,
            });
        }
        ctx.deadline = Deadline::after(Duration::from_millis(millis));
    }
    ctx.idempotency = head.idempotency;
    ctx.correlation_id = head.correlation_id;
    ctx.causation_id = head.causation_id;
    ctx.hops = head.hops;
    let request =
        serde_json::from_slice(&call.body).map_err(|error| undecodable(method, &error))?;
    Ok((ctx, request))
}

/// Encodes the outcome at the receiving end.
#[doc(hidden)]
pub fn close<Res: Contract, E: Contract>(
    method: &Method,
    ctx: &CallCtx,
    outcome: SeamResult<Res, E>,
) -> WireReply {
    let stats = ctx.stats();
    let tail = Tail {
        replayed: stats.was_replayed(),
        statements: stats.statements(),
        database_micros: u64::try_from(stats.database_time().as_micros()).unwrap_or(u64::MAX),
    };
    let outcome = match outcome {
        Ok(response) => encode(&response, method.max_response).map(WireOutcome::Ok),
        Err(SeamError::Domain(error)) => {
            encode(&error, method.max_response).map(WireOutcome::Domain)
        }
        Err(SeamError::Seam(fault)) => Err(fault),
    };
    WireReply {
        tail: encode(&tail, usize::MAX).unwrap_or_default(),
        outcome: outcome.unwrap_or_else(WireOutcome::Fault),
    }
}

/// The answer to a method that this side does not know.
#[doc(hidden)]
pub fn unknown_method(call: &WireCall) -> WireReply {
    tracing::warn!(
        method = call.method,
        "a peer called a method that this contract version lacks"
    );
    WireReply::fault(SeamFault::VersionSkew)
}

fn encode<T: Serialize>(value: &T, limit: usize) -> Result<Bytes, SeamFault> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        tracing::error!(error = %error, "a contract value could not be encoded");
        SeamFault::Misuse {
            rule: "contract values encode as JSON".to_owned(),
        }
    })?;
    if bytes.len() > limit {
        return Err(SeamFault::TooLarge {
            limit: limit as u64,
        });
    }
    Ok(bytes.into())
}

fn undecodable(method: &Method, error: &serde_json::Error) -> SeamFault {
    tracing::error!(error = %error, method = method.name, module = method.module, "the two sides of a contract do not agree");
    SeamFault::VersionSkew
}
