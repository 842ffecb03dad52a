//! Calls as bytes: what crosses between processes, and what the Wire end encodes and decodes in one.

mod context;

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use bytes::Bytes;
use serde::Serialize;
use tenon_kernel::{CallCtx, Caller, Deadline};

use self::context::{Head, tail};
pub(crate) use self::context::{account, head};
use crate::{Contract, Executed, Method, MethodKind, SeamError, SeamFault, SeamResult};

/// What of a module is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Surface {
    /// Its contract.
    Contract {
        /// Version of the contract.
        version: u32,
    },
    /// Its REST endpoints, forwarded by a gateway.
    Http,
}

/// A call on its way to a module.
#[derive(Debug, Clone)]
pub struct WireCall {
    /// What of the module is called.
    pub surface: Surface,
    /// Name of the method.
    pub method: String,
    /// The call context, as JSON.
    pub head: Bytes,
    /// The request, as JSON for contracts.
    pub body: Bytes,
    /// Whether it changes nothing, as its caller sees it; the receiving end goes by its own table.
    pub is_query: bool,
    /// Who makes it, as the context says.
    pub caller: Caller,
    /// When its caller stops waiting, as the context says.
    pub deadline: Deadline,
    /// Largest answer that the caller takes, in bytes.
    pub max_response: usize,
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

/// The receiving end of a surface; generated for each contract.
#[async_trait]
pub trait Dispatch: Send + Sync + 'static {
    /// Name of the module behind it.
    fn module(&self) -> &'static str;

    /// What of the module is behind it.
    fn surface(&self) -> Surface;

    /// Whether a method changes nothing: such a call ends with its caller and may be sent twice.
    ///
    /// A method that is not known counts as a command.
    fn is_query(&self, method: &str) -> bool;

    /// Runs one call.
    async fn dispatch(&self, call: WireCall) -> WireReply;
}

impl fmt::Display for Surface {
    /// The segment of the wire path: `v1`, `http`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract { version } => write!(f, "v{version}"),
            Self::Http => f.write_str("http"),
        }
    }
}

/// Reads the segment of the wire path.
impl FromStr for Surface {
    type Err = SeamFault;

    fn from_str(text: &str) -> Result<Self, SeamFault> {
        if text == "http" {
            return Ok(Self::Http);
        }
        let digits = text.strip_prefix('v').ok_or(SeamFault::VersionSkew)?;
        let version = digits.parse().map_err(|_| SeamFault::VersionSkew)?;
        Ok(Self::Contract { version })
    }
}

impl WireCall {
    /// Rebuilds the call context at the receiving end.
    ///
    /// # Errors
    ///
    /// [`SeamFault::VersionSkew`] if it cannot be read, [`SeamFault::DeadlineExceeded`] if no time is left.
    pub fn context(&self) -> Result<CallCtx, SeamFault> {
        let head: Head = serde_json::from_slice(&self.head).map_err(|error| {
            tracing::error!(error = %error, method = self.method, "a call context that cannot be read");
            SeamFault::VersionSkew
        })?;
        head.open()
    }
}

impl WireReply {
    /// The module's answer, with what it cost.
    pub fn ok(ctx: &CallCtx, body: Bytes) -> Self {
        Self {
            tail: tail(ctx),
            outcome: WireOutcome::Ok(body),
        }
    }

    /// An answer that never reached the module, or did not come from it.
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
    let call = WireCall {
        surface: Surface::Contract {
            version: method.version,
        },
        method: method.name.to_owned(),
        body: encode(request, method.max_request, Executed::No)?,
        head: head(ctx)?,
        is_query: method.kind == MethodKind::Query,
        caller: ctx.caller.clone(),
        deadline: ctx.deadline,
        max_response: method.max_response,
    };
    let reply = end.dispatch(call).await;
    account(ctx, &reply.tail);
    match reply.outcome {
        WireOutcome::Ok(bytes) => {
            if bytes.len() > method.max_response {
                return Err(SeamFault::TooLarge {
                    limit: method.max_response as u64,
                    executed: Executed::Yes,
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
    let surface = Surface::Contract {
        version: method.version,
    };
    if call.surface != surface {
        tracing::warn!(asked = %call.surface, here = %surface, module = method.module, "a peer speaks another version of a contract");
        return Err(SeamFault::VersionSkew);
    }
    if call.body.len() > method.max_request {
        return Err(SeamFault::TooLarge {
            limit: method.max_request as u64,
            executed: Executed::No,
        });
    }
    let ctx = call.context()?;
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
    let limit = method.max_response;
    let outcome = match outcome {
        Ok(response) => encode(&response, limit, Executed::Yes).map(WireOutcome::Ok),
        Err(SeamError::Domain(error)) => {
            encode(&error, limit, Executed::Yes).map(WireOutcome::Domain)
        }
        Err(SeamError::Seam(fault)) => Err(fault),
    };
    WireReply {
        tail: tail(ctx),
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

fn encode<T: Serialize>(value: &T, limit: usize, executed: Executed) -> Result<Bytes, SeamFault> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        tracing::error!(error = %error, "a contract value could not be encoded");
        SeamFault::Misuse {
            rule: "contract values encode as JSON".to_owned(),
        }
    })?;
    if bytes.len() > limit {
        return Err(SeamFault::TooLarge {
            limit: limit as u64,
            executed,
        });
    }
    Ok(bytes.into())
}

fn undecodable(method: &Method, error: &serde_json::Error) -> SeamFault {
    tracing::error!(error = %error, method = method.name, module = method.module, "the two sides of a contract do not agree");
    SeamFault::VersionSkew
}
