//! An edge: one module calling another, through the one stack of layers.
//!
//! Order: access list, misuse guards, size, deadline, places, then for each attempt breaker, metrics, span and the
//! end; a failed attempt is repeated where that is safe. The order is the same whatever the end is.

mod breaker;
mod meter;
mod retry;

use std::borrow::Cow;
use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use serde::Serialize;
use tenon_kernel::{CallCtx, Caller, Env};
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument as _;

use self::breaker::{Breaker, Pass};
use self::meter::Meter;
use self::retry::Budget;
use crate::{
    Contract, EdgeSettings, Executed, Method, MethodKind, Mode, SeamError, SeamFault, SeamResult,
};

/// Longest wait for a free place on an edge before the call is shed.
const MAX_QUEUE_WAIT: Duration = Duration::from_millis(100);

/// One module calling another.
#[derive(Debug)]
pub struct Edge {
    caller: &'static str,
    callee: &'static str,
    declared: bool,
    mode: Mode,
    max_attempts: u32,
    places: Semaphore,
    breaker: Breaker,
    budget: Budget,
    meters: Vec<Meter>,
    env: Env,
}

/// What the layers need to know about a method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule<'m> {
    pub(crate) name: &'m str,
    pub(crate) kind: MethodKind,
    pub(crate) timeout: Duration,
    pub(crate) max_request: usize,
}

/// A call that passed the layers and may run.
#[doc(hidden)]
#[derive(Debug)]
pub struct Admission<'a> {
    edge: &'a Edge,
    rule: Rule<'a>,
    meter: Cow<'a, Meter>,
    ctx: CallCtx,
    attempt: u32,
    /// An attempt that may have run: whatever comes after it, the call cannot be said not to have run.
    doubt: Option<SeamFault>,
    #[expect(dead_code, reason = "held: the place is free again when the call ends")]
    place: SemaphorePermit<'a>,
}

/// How large a request is.
enum Size<'a, T> {
    /// It has to be counted.
    Unknown(&'a T),
    /// It is encoded.
    Known(usize),
}

impl Edge {
    pub(crate) fn new(
        caller: &'static str,
        callee: &'static str,
        declared: bool,
        settings: &EdgeSettings,
        methods: &[Method],
        env: Env,
    ) -> Self {
        let binding = settings.mode.name();
        Self {
            caller,
            callee,
            declared,
            mode: settings.mode,
            max_attempts: settings.max_attempts,
            places: Semaphore::new(settings.max_concurrent as usize),
            breaker: Breaker::new(meter::breaker_gauge(caller, callee, binding)),
            budget: Budget::new(),
            meters: methods
                .iter()
                .map(|method| Meter::new(caller, callee, method.name, binding))
                .collect(),
            env,
        }
    }

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
        let rule = Rule {
            name: method.name,
            kind: method.kind,
            timeout: method.timeout,
            max_request: method.max_request,
        };
        let meter = Cow::Borrowed(&self.meters[method.index]);
        let needs_key =
            method.kind == MethodKind::Command { keyed: true } && ctx.idempotency.is_none();
        if needs_key {
            let rule = format!("{} needs an idempotency key", method.name);
            return Err(self.refuse(&meter, method.name, SeamFault::Misuse { rule }));
        }
        let size = if self.mode == Mode::Local {
            Size::Unknown(request)
        } else {
            Size::Known(0) // the encoded ends see the real size
        };
        self.pass(rule, meter, ctx, size).await
    }

    /// Passes a call whose request is encoded already.
    pub(crate) async fn admit_encoded<'a>(
        &'a self,
        rule: Rule<'a>,
        ctx: &CallCtx,
        size: usize,
    ) -> Result<Admission<'a>, SeamFault> {
        let binding = self.mode.name();
        let meter = Cow::Owned(Meter::new(self.caller, self.callee, rule.name, binding));
        self.pass::<()>(rule, meter, ctx, Size::Known(size)).await
    }

    async fn pass<'a, T: Serialize + Sync>(
        &'a self,
        rule: Rule<'a>,
        meter: Cow<'a, Meter>,
        ctx: &CallCtx,
        size: Size<'_, T>,
    ) -> Result<Admission<'a>, SeamFault> {
        let passed = match self.check(rule, ctx, size) {
            Ok(child) => self.place(&child).await.map(|place| (child, place)),
            Err(fault) => Err(fault),
        };
        match passed {
            Ok((ctx, place)) => {
                self.budget.deposit();
                Ok(Admission {
                    edge: self,
                    rule,
                    meter,
                    ctx,
                    attempt: 1,
                    doubt: None,
                    place,
                })
            }
            Err(fault) => Err(self.refuse(&meter, rule.name, fault)),
        }
    }

    fn refuse(&self, meter: &Meter, method: &str, fault: SeamFault) -> SeamFault {
        meter.failures.inc();
        tracing::warn!(caller = self.caller, callee = self.callee, method, %fault, "call refused");
        fault
    }

    /// Access list, misuse guards, size, deadline; returns the context that the module sees.
    fn check<T: Serialize>(
        &self,
        rule: Rule<'_>,
        ctx: &CallCtx,
        size: Size<'_, T>,
    ) -> Result<CallCtx, SeamFault> {
        let misuse = |rule: &str| SeamFault::Misuse {
            rule: rule.to_owned(),
        };
        if !self.declared {
            return Err(SeamFault::Forbidden {
                edge: format!("{} -> {}.{}", self.caller, self.callee, rule.name),
            });
        }
        if ctx.stats().has_open_unit() {
            return Err(misuse("no call while a transaction is open"));
        }
        let fits = match size {
            Size::Unknown(request) => fits(request, rule.max_request),
            Size::Known(size) => size <= rule.max_request,
        };
        if !fits {
            return Err(SeamFault::TooLarge {
                limit: rule.max_request as u64,
                executed: Executed::No,
            });
        }
        let mut child = ctx.child().with_timeout(rule.timeout);
        child.caller = Caller::Module(self.caller.into());
        if !child.enter_module() {
            return Err(misuse("a call passes through at most 8 modules"));
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
        Ok(child)
    }

    /// Waits a little for a place among the calls in flight, then sheds.
    async fn place(&self, ctx: &CallCtx) -> Result<SemaphorePermit<'_>, SeamFault> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let wait = ctx
            .deadline
            .remaining()
            .map_or(MAX_QUEUE_WAIT, |left| left.min(MAX_QUEUE_WAIT));
        match tokio::time::timeout(wait, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(SeamFault::Overloaded {
                retry_after_ms: 250,
            }),
        }
    }
}

impl<'a> Admission<'a> {
    /// The context the module sees.
    pub fn ctx(&self) -> &CallCtx {
        &self.ctx
    }

    /// Begins an attempt, unless the breaker is open.
    pub fn begin(&mut self) -> Result<Pass<'a>, SeamFault> {
        self.edge.breaker.enter().ok_or_else(|| {
            self.meter.failures.inc();
            self.own_up(SeamFault::Unavailable {
                executed: Executed::No,
            })
        })
    }

    /// Hands out the request: a copy as long as it may be needed again.
    pub fn request<Req: Clone>(&self, request: &mut Option<Req>) -> Req {
        let taken = if self.may_repeat() {
            request.clone()
        } else {
            request.take()
        };
        taken.expect("it is taken in the last attempt only")
    }

    /// Runs one attempt within the deadline, measured.
    pub async fn run<Res, E>(
        &self,
        pass: Pass<'_>,
        call: impl Future<Output = SeamResult<Res, E>>,
    ) -> SeamResult<Res, E> {
        let timer = self.meter.seconds.start_timer();
        let span = tracing::debug_span!(
            "seam.call",
            callee = self.edge.callee,
            method = self.rule.name,
            binding = self.edge.mode.name()
        );
        let left = self.ctx.deadline.remaining().unwrap_or(self.rule.timeout);
        let mut outcome =
            if let Ok(outcome) = tokio::time::timeout(left, call.instrument(span)).await {
                outcome
            } else {
                Err(SeamError::Seam(SeamFault::DeadlineExceeded {
                    executed: Executed::Unknown,
                }))
            };
        timer.observe_duration();
        if let Err(SeamError::Seam(fault)) = &mut outcome {
            self.meter.failures.inc();
            if self.rule.kind == MethodKind::Query {
                fault.without_effect();
            }
            // A caller in a hurry says nothing about the module.
            let was_patient = left * 2 >= self.rule.timeout;
            match fault {
                SeamFault::Unavailable { .. } => pass.failed(),
                SeamFault::DeadlineExceeded { .. } if was_patient => pass.failed(),
                SeamFault::DeadlineExceeded { .. } => drop(pass),
                _ => pass.answered(),
            }
        } else {
            pass.answered();
        }
        outcome
    }

    /// Ends the call with its outcome, or waits until it may be repeated.
    pub async fn settle<Res, E>(
        &mut self,
        outcome: SeamResult<Res, E>,
    ) -> ControlFlow<SeamResult<Res, E>> {
        let Err(SeamError::Seam(fault)) = outcome else {
            return ControlFlow::Break(outcome);
        };
        let Some(pause) = self.pause(&fault) else {
            return ControlFlow::Break(Err(SeamError::Seam(self.own_up(fault))));
        };
        if fault.executed() != Executed::No {
            self.doubt = Some(fault);
        }
        self.attempt += 1;
        meter::count_retry(self.edge.caller, self.edge.callee, self.rule.name);
        tokio::time::sleep(pause).await;
        ControlFlow::Continue(())
    }

    /// Whether the call may be repeated after a further failure.
    fn may_repeat(&self) -> bool {
        self.attempt < self.edge.max_attempts
            && match self.rule.kind {
                MethodKind::Query => true,
                MethodKind::Command { keyed } => keyed,
            }
    }

    /// How long to wait before the call is repeated; `None` if it is not.
    fn pause(&self, fault: &SeamFault) -> Option<Duration> {
        if !self.may_repeat() {
            return None;
        }
        let advised = match fault {
            SeamFault::Unavailable { .. } => Duration::ZERO,
            SeamFault::Overloaded { retry_after_ms } => Duration::from_millis(*retry_after_ms),
            // Only an attempt of our own can be the one that is still running.
            SeamFault::KeyInFlight { retry_after_ms } if self.doubt.is_some() => {
                Duration::from_millis(*retry_after_ms)
            }
            _ => return None,
        };
        let pause = retry::backoff(&self.edge.env, self.attempt).max(advised);
        let left = self.ctx.deadline.remaining()?;
        (left > pause && self.edge.budget.withdraw()).then_some(pause)
    }

    /// The fault that is true of the whole call: an earlier attempt may have run.
    fn own_up(&mut self, last: SeamFault) -> SeamFault {
        match self.doubt.take() {
            // The module knows the key, and that nothing ran under it.
            Some(_) if last == SeamFault::KeyReused => last,
            Some(doubt) if last.executed() == Executed::No => doubt,
            _ => last,
        }
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

fn fits<T: Serialize>(value: &T, limit: usize) -> bool {
    serde_json::to_writer(Counter { left: limit }, value).is_ok()
}
