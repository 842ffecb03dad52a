//! The watch: looks at the invariants of one module's store all the time, and tells what it finds once.
//!
//! Each look is bounded, however much data there is. A rule gets a slice of time and goes on at the next look where
//! it stopped; a stretch of it that takes too long is given up; and a rule that took long rests for twenty times as
//! long. So the watch keeps one connection busy for a twentieth of the time at most, and a small store is looked at
//! whole every five seconds.

mod metrics;
mod report;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Interface};
use tenon_seam::invariant::{InvariantRestored, InvariantViolated};
use tenon_store::{Db, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) use self::report::{Case, Report, RuleReport};
use crate::{Invariant, Stretch, platform_invariants};

/// How often the watch looks.
const EVERY: Duration = Duration::from_secs(5);
/// After a look of another process of the deployment there is no need for one for so long.
const ENOUGH: Duration = Duration::from_secs(4);
/// What a rule may take of one look.
const SLICE: Duration = Duration::from_millis(200);
/// What one stretch may take before it is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// A rule rests for so many times as long as it took.
const REST: u32 = 20;

/// The watch over one module's store.
pub(crate) struct Watch {
    db: Db,
    rules: Vec<Arc<dyn Invariant>>,
    /// Until when rules rest that took long.
    resting: Mutex<HashMap<&'static str, Instant>>,
}

/// What a look found that was not known before.
#[derive(Debug)]
enum Change {
    Violated(&'static str, Case),
    Restored(&'static str, String),
}

/// How much of the data a look goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What a slice of time allows, and nothing that rests.
    Slice,
    /// Everything.
    Whole,
}

impl Watch {
    /// Watches over the rules of a module and of the platform's own tables.
    pub(crate) fn new(db: &Db, rules: Vec<Arc<dyn Invariant>>) -> Self {
        Self {
            rules: all_rules(db, rules),
            db: db.clone(),
            resting: Mutex::default(),
        }
    }

    /// Looks again and again, until told to stop.
    pub(crate) async fn run(&self, halt: CancellationToken) {
        loop {
            let look = async {
                if let Err(error) = self.look(Extent::Slice).await {
                    let module = self.db.module();
                    tracing::warn!(module, %error, "the invariants could not be looked at");
                }
                tokio::time::sleep(EVERY).await;
            };
            tokio::select! {
                biased;
                () = halt.cancelled() => return,
                () = look => {}
            }
        }
    }

    /// Looks at everything once.
    pub(crate) async fn look_at_all(&self) -> Result<(), StoreError> {
        self.look(Extent::Whole).await
    }

    async fn look(&self, extent: Extent) -> Result<(), StoreError> {
        let mut report = Report::load(&self.db, &self.ctx()).await?;
        let now = self.db.env().now();
        let is_fresh = |at| at <= now && now < at + ENOUGH;
        if extent == Extent::Slice && report.looked_at.is_some_and(is_fresh) {
            return Ok(()); // another process was here
        }
        let mut changes = Vec::new();
        for rule in &self.rules {
            if extent == Extent::Slice && self.is_resting(rule.name()) {
                continue;
            }
            let started = Instant::now();
            let state = report.rules.entry(rule.name().to_owned()).or_default();
            self.look_at(rule.as_ref(), state, extent, &mut changes)
                .await;
            self.rest(rule.name(), started.elapsed());
        }
        report
            .rules
            .retain(|name, _| self.rules.iter().any(|rule| rule.name() == name));
        if self.keep(&report, &changes).await? {
            self.tell(&report, &changes);
        }
        Ok(())
    }

    /// Looks at one rule, from where the last look at it stopped.
    async fn look_at(
        &self,
        rule: &dyn Invariant,
        state: &mut RuleReport,
        extent: Extent,
        changes: &mut Vec<Change>,
    ) {
        let started = Instant::now();
        loop {
            let stretch = match self.confirmed(rule, state).await {
                Ok(stretch) => stretch,
                Err(error) => {
                    let (module, name) = (self.db.module(), rule.name());
                    tracing::warn!(module, name, %error, "an invariant could not be looked at");
                    state.has_failed = true;
                    return;
                }
            };
            let now = self.db.env().now();
            for violation in stretch.violations {
                let found = Case::new(violation, now);
                if state.note(found.clone()) {
                    changes.push(Change::Violated(rule.name(), found));
                }
            }
            state.after = stretch.next;
            if state.after.is_none() {
                let restored = state.end_of_pass(now).into_iter();
                changes.extend(restored.map(|subject| Change::Restored(rule.name(), subject)));
                return;
            }
            if extent == Extent::Slice && started.elapsed() >= SLICE {
                return;
            }
        }
    }

    /// Checks a stretch, and what it finds new a second time: a rule may read more than one statement's truth, and
    /// people are working meanwhile.
    async fn confirmed(
        &self,
        rule: &dyn Invariant,
        state: &RuleReport,
    ) -> Result<Stretch, StoreError> {
        let ctx = self.ctx().with_timeout(PATIENCE);
        let after = state.after.as_deref();
        let mut stretch = rule.check_from(&ctx, after).await?;
        if stretch.violations.iter().all(|it| state.knows(&it.subject)) {
            return Ok(stretch);
        }
        let again = rule.check_from(&ctx, after).await?.violations;
        stretch.violations.retain(|it| {
            let same = again.iter().any(|other| other.subject == it.subject);
            same || state.knows(&it.subject)
        });
        Ok(stretch)
    }

    /// Stores the report and publishes the changes with it; `false` if another process was faster.
    async fn keep(&self, report: &Report, changes: &[Change]) -> Result<bool, StoreError> {
        match self.try_keep(report, changes).await {
            // The outbox itself may be what is broken: then at least the report says so.
            Err(error) if !changes.is_empty() && !matches!(error, StoreError::LeaseLost) => {
                let module = self.db.module();
                tracing::error!(module, %error, "broken invariants could not be published");
                self.try_keep(report, &[]).await
            }
            kept => kept,
        }
    }

    async fn try_keep(&self, report: &Report, changes: &[Change]) -> Result<bool, StoreError> {
        let mut ctx = self.ctx();
        let mut tx = self.db.begin(&mut ctx, "invariants.keep").await?;
        if !report.save(&mut tx).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        for change in changes {
            match change {
                Change::Violated(name, found) => {
                    tx.emit(&InvariantViolated {
                        name: (*name).to_owned(),
                        subject: found.subject.clone(),
                        expected: found.expected.clone(),
                        actual: found.actual.clone(),
                    })
                    .await?
                }
                Change::Restored(name, subject) => {
                    tx.emit(&InvariantRestored {
                        name: (*name).to_owned(),
                        subject: subject.clone(),
                    })
                    .await?
                }
            };
        }
        tx.commit().await?;
        Ok(true)
    }

    /// For those who read logs and metrics.
    fn tell(&self, report: &Report, changes: &[Change]) {
        let module = self.db.module();
        for change in changes {
            match change {
                Change::Violated(name, found) => tracing::error!(
                    module,
                    name,
                    subject = found.subject,
                    expected = found.expected,
                    actual = found.actual,
                    "an invariant is broken"
                ),
                Change::Restored(name, subject) => {
                    tracing::info!(module, name, subject, "an invariant holds again");
                }
            }
        }
        for (name, state) in &report.rules {
            metrics::violations(module, name, state.known.len());
        }
    }

    fn is_resting(&self, name: &str) -> bool {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting
            .get(name)
            .is_some_and(|until| Instant::now() < *until)
    }

    fn rest(&self, name: &'static str, took: Duration) {
        let until = Instant::now() + took * REST;
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.insert(name, until);
    }

    fn ctx(&self) -> CallCtx {
        CallCtx::service(self.db.env(), Interface::Job, self.db.module())
    }
}

/// The rules of a module and of the platform's tables in its store.
pub(crate) fn all_rules(db: &Db, own: Vec<Arc<dyn Invariant>>) -> Vec<Arc<dyn Invariant>> {
    let mut rules = own;
    rules.extend(platform_invariants(db));
    rules
}
