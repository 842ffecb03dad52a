//! The end at which calls go wrong as the settings say.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::Env;

use crate::{
    Dispatch, Executed, FaultEffect, FaultSettings, SeamFault, Surface, WireCall, WireReply,
};

/// Hits a share of the calls on their way to another end.
pub(crate) struct FaultEnd {
    end: Arc<dyn Dispatch>,
    plan: FaultSettings,
    env: Env,
}

impl FaultEnd {
    pub(crate) fn new(end: Arc<dyn Dispatch>, plan: FaultSettings, env: Env) -> Self {
        Self { end, plan, env }
    }

    fn hits(&self, method: &str) -> bool {
        let is_meant =
            self.plan.methods.is_empty() || self.plan.methods.iter().any(|wanted| wanted == method);
        is_meant && is_in_sample(&self.env, self.plan.percent)
    }
}

#[async_trait]
impl Dispatch for FaultEnd {
    fn module(&self) -> &'static str {
        self.end.module()
    }

    fn surface(&self) -> Surface {
        self.end.surface()
    }

    fn is_query(&self, method: &str) -> bool {
        self.end.is_query(method)
    }

    async fn dispatch(&self, call: WireCall) -> WireReply {
        if !self.hits(&call.method) {
            return self.end.dispatch(call).await;
        }
        if self.plan.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.plan.delay_ms)).await;
        }
        let executed = Executed::No;
        WireReply::fault(match self.plan.effect {
            FaultEffect::Delay => return self.end.dispatch(call).await,
            FaultEffect::Duplicate => {
                drop(self.end.dispatch(call.clone()).await);
                return self.end.dispatch(call).await;
            }
            FaultEffect::LostReply => {
                drop(self.end.dispatch(call).await);
                SeamFault::Unavailable {
                    executed: Executed::Unknown,
                }
            }
            FaultEffect::Silence => pending().await,
            FaultEffect::Unavailable => SeamFault::Unavailable { executed },
            FaultEffect::DeadlineExceeded => SeamFault::DeadlineExceeded { executed },
            FaultEffect::Overloaded => SeamFault::Overloaded {
                retry_after_ms: 250,
            },
            FaultEffect::Cancelled => SeamFault::Cancelled,
            FaultEffect::Unauthenticated => SeamFault::Unauthenticated,
            FaultEffect::Forbidden => SeamFault::Forbidden {
                edge: format!("? -> {}.{}", self.module(), call.method),
            },
            FaultEffect::TooLarge => SeamFault::TooLarge { limit: 0, executed },
            FaultEffect::VersionSkew => SeamFault::VersionSkew,
            FaultEffect::Misuse => SeamFault::Misuse {
                rule: "this call is to fail".to_owned(),
            },
            FaultEffect::KeyReused => SeamFault::KeyReused,
            FaultEffect::KeyInFlight => SeamFault::KeyInFlight {
                retry_after_ms: 250,
            },
            FaultEffect::Internal => SeamFault::Internal {
                incident: self.env.new_uuid().to_string(),
            },
        })
    }
}

/// Whether this one is among the given share of a hundred.
pub(super) fn is_in_sample(env: &Env, percent: u8) -> bool {
    // 2³² is not a multiple of 100; the error is far below one in a million.
    percent >= 100 || u32::from_le_bytes(env.random::<4>()) % 100 < u32::from(percent)
}
