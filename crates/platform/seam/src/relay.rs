//! Raw calls to a module through the same layers as calls of a contract.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tenon_kernel::CallCtx;

use crate::edge::Rule;
use crate::{
    Dispatch, Edge, Executed, MethodKind, SeamError, SeamFault, SeamResult, Surface, WireCall,
    WireOutcome, codec,
};

/// One caller's way to a module, for requests that are encoded already.
pub struct Relay {
    edge: Edge,
    surface: Surface,
    end: Arc<dyn Dispatch>,
}

/// What the layers need to know about a raw call.
#[derive(Debug, Clone)]
pub struct RelayMethod {
    /// Name of the method.
    pub name: Cow<'static, str>,
    /// Query or command: decides what may be repeated.
    pub kind: MethodKind,
    /// Longest time a call may take.
    pub timeout: Duration,
    /// Largest request, in bytes.
    pub max_request: usize,
    /// Largest answer, in bytes.
    pub max_response: usize,
}

impl Relay {
    pub(crate) fn new(edge: Edge, surface: Surface, end: Arc<dyn Dispatch>) -> Self {
        Self { edge, surface, end }
    }

    /// Sends a call and returns the answer's bytes.
    ///
    /// # Errors
    ///
    /// Every fault of the layers and of the way. A surface called raw has no domain errors of its own: one that
    /// arrives nevertheless is a [`SeamFault::VersionSkew`].
    pub async fn call(
        &self,
        ctx: &CallCtx,
        method: &RelayMethod,
        body: Bytes,
    ) -> Result<Bytes, SeamFault> {
        let rule = Rule {
            name: &method.name,
            kind: method.kind,
            timeout: method.timeout,
            max_request: method.max_request,
        };
        let mut call = self.edge.admit_encoded(rule, ctx, body.len()).await?;
        loop {
            let pass = call.begin()?;
            let attempt = self.attempt(call.ctx(), method, body.clone());
            let outcome = call.run(pass, attempt).await;
            if let ControlFlow::Break(outcome) = call.settle(outcome).await {
                return outcome.map_err(|error| match error {
                    SeamError::Seam(fault) => fault,
                    SeamError::Domain(()) => SeamFault::VersionSkew,
                });
            }
        }
    }

    async fn attempt(
        &self,
        ctx: &CallCtx,
        method: &RelayMethod,
        body: Bytes,
    ) -> SeamResult<Bytes, ()> {
        let call = WireCall {
            surface: self.surface,
            method: method.name.clone().into_owned(),
            head: codec::head(ctx)?,
            body,
            is_query: method.kind == MethodKind::Query,
            caller: ctx.caller.clone(),
            deadline: ctx.deadline,
            max_response: method.max_response,
        };
        let reply = self.end.dispatch(call).await;
        codec::account(ctx, &reply.tail);
        match reply.outcome {
            WireOutcome::Ok(bytes) if bytes.len() > method.max_response => {
                Err(SeamError::Seam(SeamFault::TooLarge {
                    limit: method.max_response as u64,
                    executed: Executed::Yes,
                }))
            }
            WireOutcome::Ok(bytes) => Ok(bytes),
            WireOutcome::Domain(_) => Err(SeamError::Domain(())),
            WireOutcome::Fault(fault) => Err(SeamError::Seam(fault)),
        }
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("edge", &self.edge)
            .field("surface", &self.surface)
            .finish_non_exhaustive()
    }
}
