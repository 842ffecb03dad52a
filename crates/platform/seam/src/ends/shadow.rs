//! The end at which the module here answers, and the one elsewhere is asked the same to compare.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use prometheus::{IntCounterVec, register_int_counter_vec};
use tenon_kernel::Env;
use tokio::sync::Semaphore;

use super::difference::difference;
use super::fault::is_in_sample;
use crate::{Dispatch, Surface, WireCall, WireOutcome, WireReply};

/// Most comparisons under way; further samples are skipped.
const MOST_AT_ONCE: usize = 16;
/// Longest time the other side gets; nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

static COMPARED: LazyLock<IntCounterVec> = LazyLock::new(|| {
    register_int_counter_vec!(
        "tenon_seam_shadow_total",
        "Queries that a second process was asked too: same, different, failed there, or skipped because too many were under way.",
        &["caller", "callee", "method", "result"]
    )
    .expect("the name is registered once")
});

/// Answers from `here` and compares a share of the queries with `there`.
pub(crate) struct ShadowEnd {
    caller: &'static str,
    here: Arc<dyn Dispatch>,
    there: Arc<dyn Dispatch>,
    percent: u8,
    places: Arc<Semaphore>,
    env: Env,
}

impl ShadowEnd {
    pub(crate) fn new(
        caller: &'static str,
        here: Arc<dyn Dispatch>,
        there: Arc<dyn Dispatch>,
        percent: u8,
        env: Env,
    ) -> Self {
        Self {
            caller,
            here,
            there,
            percent,
            places: Arc::new(Semaphore::new(MOST_AT_ONCE)),
            env,
        }
    }

    /// Asks the other side in the background; the caller has its answer already.
    fn compare(&self, call: WireCall, answer: WireOutcome) {
        let (caller, callee) = (self.caller, self.here.module());
        let method = call.method.clone();
        let count = move |method: &str, result| {
            COMPARED
                .with_label_values(&[caller, callee, method, result])
                .inc();
        };
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            count(&method, "skipped");
            return;
        };
        let there = Arc::clone(&self.there);
        tokio::spawn(async move {
            let reply = tokio::time::timeout(PATIENCE, there.dispatch(call)).await;
            match reply.map(|reply| reply.outcome) {
                Err(_) => count(&method, "failed"),
                Ok(WireOutcome::Fault(fault)) => {
                    count(&method, "failed");
                    tracing::warn!(caller, callee, method, %fault, "the shadow of a query failed");
                }
                Ok(other) => {
                    let members = difference(&answer, &other);
                    if members.is_empty() {
                        count(&method, "same");
                    } else {
                        count(&method, "different");
                        // Paths only: values may be personal.
                        tracing::warn!(
                            caller,
                            callee,
                            method,
                            members = members.join(" "),
                            "the shadow of a query answered differently"
                        );
                    }
                }
            }
            drop(place);
        });
    }
}

#[async_trait]
impl Dispatch for ShadowEnd {
    fn module(&self) -> &'static str {
        self.here.module()
    }

    fn surface(&self) -> Surface {
        self.here.surface()
    }

    fn is_query(&self, method: &str) -> bool {
        self.here.is_query(method)
    }

    async fn dispatch(&self, call: WireCall) -> WireReply {
        let is_sample = self.here.is_query(&call.method) && is_in_sample(&self.env, self.percent);
        let copy = is_sample.then(|| call.clone());
        let reply = self.here.dispatch(call).await;
        if let Some(call) = copy
            && !matches!(reply.outcome, WireOutcome::Fault(_))
        {
            self.compare(call, reply.outcome.clone());
        }
        reply
    }
}
