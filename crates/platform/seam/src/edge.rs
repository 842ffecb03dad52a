//! An edge: one module calling another, through the one stack of layers.
//!
//! Order: access list, misuse guards, size, deadline, concurrency, then the end, with metrics and a span around it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{CallCtx, Caller};
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument as _;

use crate::{Contract, Dispatch, Executed, Method, MethodKind, SeamError, SeamFault, SeamResult};

/// Longest wait for a free place on an edge before the call is shed.
const MAX_QUEUE_WAIT: Duration = Duration::from_millis(100);

static CALL_SECONDS: LazyLock<HistogramVec> = LazyLock::new(|| {
    let buckets = vec![
        0.000_001, 0.000_01, 0.000_1, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0,
    ];
    let options = prometheus::HistogramOpts::new(
        "tenon_seam_call_seconds",
        "Duration of calls between modules.",
    );
    prometheus::register_histogram_vec!(
        options.buckets(buckets),
        &["caller", "callee", "method", "binding"]
    )
    .expect("the name is registered once")
});

static CALL_FAILURES: LazyLock<IntCounterVec> = LazyLock::new(|| {
    prometheus::register_int_counter_vec!(
        "tenon_seam_call_failures_total",
        "Calls between modules that did not get the module's answer.",
        &["caller", "callee", "method", "binding"]
    )
    .expect("the name is registered once")
});

/// Which end the calls to a module reach. Remote, Shadow and Fault ends take their place here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// The implementation is called directly.
    #[default]
    Local,
    /// Everything is encoded and decoded in this process, as if the module were elsewhere.
    Wire,
}

/// How one module is reached: `[modules.catalog]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EdgeSettings {
    /// Which end.
    pub mode: Mode,
    /// Calls in flight from one caller before further ones wait, and then are shed.
    pub max_concurrent: u32,
}

/// Builds the edges of a process from its settings and the declared uses.
#[derive(Debug, Clone, Default)]
pub struct Seam {
    settings: BTreeMap<String, EdgeSettings>,
    uses: BTreeSet<(String, String)>,
}

/// One module calling another.
#[derive(Debug)]
pub struct Edge {
    caller: &'static str,
    callee: &'static str,
    declared: bool,
    mode: Mode,
    places: Semaphore,
    meters: Vec<Meter>,
}

/// The end of an edge.
pub enum Binding<T: ?Sized> {
    /// The implementation.
    Local(Arc<T>),
    /// Bytes.
    Encoded(Arc<dyn Dispatch>),
}

/// A call that passed the layers and may run.
#[doc(hidden)]
pub struct Admission<'e> {
    edge: &'e Edge,
    method: &'static Method,
    ctx: CallCtx,
    #[expect(dead_code, reason = "held: the place is free again when the call ends")]
    place: SemaphorePermit<'e>,
}

#[derive(Debug)]
struct Meter {
    seconds: Histogram,
    failures: IntCounter,
}

impl Default for EdgeSettings {
    fn default() -> Self {
        Self {
            mode: Mode::Local,
            max_concurrent: 512,
        }
    }
}

impl Seam {
    /// Takes the settings of each module that is called.
    pub fn new(settings: BTreeMap<String, EdgeSettings>) -> Self {
        Self {
            settings,
            uses: BTreeSet::new(),
        }
    }

    /// Adds the modules that `caller` declares to use; calls along any other edge are refused.
    #[must_use]
    pub fn declare(mut self, caller: &str, uses: &[&str]) -> Self {
        self.uses.extend(
            uses.iter()
                .map(|callee| (caller.to_owned(), (*callee).to_owned())),
        );
        self
    }

    /// Makes the edge from `caller` to the module whose contract has these methods.
    #[expect(
        clippy::similar_names,
        reason = "caller and callee are the words of the field"
    )]
    pub fn edge(&self, caller: &'static str, methods: &'static [Method]) -> Edge {
        let callee = methods.first().map_or("", |method| method.module);
        let settings = self.settings.get(callee).cloned().unwrap_or_default();
        let binding = settings.mode.name();
        let meters = methods
            .iter()
            .map(|method| {
                let labels = [caller, callee, method.name, binding];
                Meter {
                    seconds: CALL_SECONDS.with_label_values(&labels),
                    failures: CALL_FAILURES.with_label_values(&labels),
                }
            })
            .collect();
        Edge {
            caller,
            callee,
            declared: self.uses.contains(&(caller.to_owned(), callee.to_owned())),
            mode: settings.mode,
            places: Semaphore::new(settings.max_concurrent as usize),
            meters,
        }
    }
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Wire => "wire",
        }
    }
}

impl Edge {
    /// Which end the edge was made for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Passes a call through the layers.
    #[doc(hidden)]
    pub async fn admit<Req: Contract>(
        &self,
        method: &'static Method,
        ctx: &CallCtx,
        request: &Req,
    ) -> Result<Admission<'_>, SeamFault> {
        match self.try_admit(method, ctx, request).await {
            Ok(admission) => Ok(admission),
            Err(fault) => {
                self.meters[method.index].failures.inc();
                tracing::warn!(caller = self.caller, callee = self.callee, method = method.name, %fault, "call refused");
                Err(fault)
            }
        }
    }

    async fn try_admit<Req: Contract>(
        &self,
        method: &'static Method,
        ctx: &CallCtx,
        request: &Req,
    ) -> Result<Admission<'_>, SeamFault> {
        if !self.declared {
            return Err(SeamFault::Forbidden {
                edge: format!("{} -> {}.{}", self.caller, self.callee, method.name),
            });
        }
        if ctx.stats().has_open_unit() {
            return Err(SeamFault::Misuse {
                rule: "no call while a transaction is open".to_owned(),
            });
        }
        if let MethodKind::Command { keyed: true } = method.kind
            && ctx.idempotency.is_none()
        {
            return Err(SeamFault::Misuse {
                rule: format!("{} needs an idempotency key", method.name),
            });
        }
        if self.mode == Mode::Local {
            check_size(request, method.max_request)?; // the encoded ends see the real size
        }
        let mut child = ctx.child().with_timeout(method.timeout);
        child.caller = Caller::Module(self.caller.into());
        if !child.enter_module() {
            return Err(SeamFault::Misuse {
                rule: "a call passes through at most 8 modules".to_owned(),
            });
        }
        if child
            .deadline
            .remaining()
            .is_some_and(|left| left.is_zero())
        {
            return Err(SeamFault::DeadlineExceeded {
                executed: Executed::No,
            });
        }
        let place = match self.places.try_acquire() {
            Ok(place) => place,
            Err(_) => match tokio::time::timeout(MAX_QUEUE_WAIT, self.places.acquire()).await {
                Ok(Ok(place)) => place,
                Ok(Err(_)) | Err(_) => {
                    return Err(SeamFault::Overloaded {
                        retry_after_ms: 250,
                    });
                }
            },
        };
        ctx.stats().record_seam_call(self.callee);
        Ok(Admission {
            edge: self,
            method,
            ctx: child,
            place,
        })
    }
}

impl Admission<'_> {
    /// The context the module sees.
    pub fn ctx(&self) -> &CallCtx {
        &self.ctx
    }

    /// Runs the call within its deadline, measured.
    pub async fn run<Res, E>(
        &self,
        call: impl Future<Output = SeamResult<Res, E>>,
    ) -> SeamResult<Res, E> {
        let meter = &self.edge.meters[self.method.index];
        let timer = meter.seconds.start_timer();
        let span = tracing::debug_span!(
            "seam.call",
            callee = self.edge.callee,
            method = self.method.name,
            binding = self.edge.mode.name()
        );
        let left = self.ctx.deadline.remaining().unwrap_or(self.method.timeout);
        let outcome = if let Ok(outcome) = tokio::time::timeout(left, call.instrument(span)).await {
            outcome
        } else {
            let executed = match self.method.kind {
                MethodKind::Query => Executed::No,
                MethodKind::Command { .. } => Executed::Unknown,
            };
            Err(SeamError::Seam(SeamFault::DeadlineExceeded { executed }))
        };
        timer.observe_duration();
        if matches!(outcome, Err(SeamError::Seam(_))) {
            meter.failures.inc();
        }
        outcome
    }
}

/// Counts encoded bytes without keeping them; stops at the limit.
struct Counter {
    left: usize,
}

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn check_size<T: Serialize>(value: &T, limit: usize) -> Result<(), SeamFault> {
    serde_json::to_writer(Counter { left: limit }, value).map_err(|_| SeamFault::TooLarge {
        limit: limit as u64,
    })
}
