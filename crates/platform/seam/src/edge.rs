//! An edge: one module calling another, through the one stack of layers.
//!
//! Order: access list, misuse guards, size, deadline, places, then for each attempt breaker, metrics, span and the
//! end; a failed attempt is repeated where that is safe. The order is the same whatever the end is.

mod admission;
mod breaker;
mod meter;
mod retry;

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use serde::Serialize;
use tenon_kernel::{CallCtx, Caller, Env};
use tokio::sync::{Semaphore, SemaphorePermit};

use self::admission::Admission;
use self::breaker::Breaker;
use self::meter::Meter;
use self::retry::Budget;
use crate::{Contract, EdgeSettings, Executed, Method, MethodKind, Mode, SeamFault};

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
    timeout_percent: u32,
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
            timeout_percent: settings.timeout_percent,
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
        let admission = self.pass(rule, meter, ctx, size).await?;
        ctx.stats().record_seam_call(self.callee);
        Ok(admission)
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
        let rule = Rule {
            timeout: rule.timeout * self.timeout_percent / 100,
            ..rule
        };
        let passed = match self.check(rule, ctx, size) {
            Ok(child) => self.place(&child).await.map(|place| (child, place)),
            Err(fault) => Err(fault),
        };
        match passed {
            Ok((ctx, place)) => {
                self.budget.deposit();
                Ok(Admission::new(self, rule, meter, ctx, place))
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
