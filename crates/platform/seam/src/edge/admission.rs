//! A call on its way: its attempts, what they end with, and whether there is another one.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Duration;

use tenon_kernel::CallCtx;
use tokio::sync::SemaphorePermit;
use tracing::Instrument as _;

use super::breaker::Pass;
use super::meter::Meter;
use super::{Edge, Rule, meter, retry};
use crate::{Executed, MethodKind, SeamError, SeamFault, SeamResult};

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

impl<'a> Admission<'a> {
    pub(super) fn new(
        edge: &'a Edge,
        rule: Rule<'a>,
        meter: Cow<'a, Meter>,
        ctx: CallCtx,
        place: SemaphorePermit<'a>,
    ) -> Self {
        Self {
            edge,
            rule,
            meter,
            ctx,
            attempt: 1,
            doubt: None,
            place,
        }
    }

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
        let (caller, callee) = (self.edge.caller, self.edge.callee);
        let crossing =
            tenon_chaos::crossing(format_args!("call {caller} -> {callee}/{}", self.rule.name));
        let left = self.ctx.deadline.remaining().unwrap_or(self.rule.timeout);
        let mut outcome =
            if let Ok(outcome) = tokio::time::timeout(left, call.instrument(span)).await {
                outcome
            } else {
                Err(SeamError::Seam(SeamFault::DeadlineExceeded {
                    executed: Executed::Unknown,
                }))
            };
        let seconds = timer.stop_and_record();
        let stats = self.ctx.stats();
        stats.record_seam_time(Duration::from_secs_f64(seconds.max(0.0)));
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
            crossing.done();
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
