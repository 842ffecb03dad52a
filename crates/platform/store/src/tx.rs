//! A unit of work.

use std::fmt;

use tenon_kernel::{CallCtx, Emitted, Env, IdempotencyScope, OpenUnit, Timestamp};
use tokio::time::Instant;
use tracing::Span;
use uuid::Uuid;

use crate::db::{Db, shielded};
use crate::idempotency::InFlight;
use crate::metrics::Outcome;
use crate::query::Target;
use crate::recording::Track;
use crate::session::Session;
use crate::{Engine, Query, Queryable, StoreError};

/// An open transaction that holds the call context; dropped without commit it rolls back.
pub struct Tx<'c> {
    ctx: &'c mut CallCtx,
    db: Db,
    name: &'static str,
    /// `None` once it has ended.
    session: Option<Session>,
    broken: bool,
    now: Timestamp,
    started: Instant,
    span: Span,
    events_woken: bool,
    jobs_woken: bool,
    /// Types and ids of the events that leave with the commit.
    emitted: Vec<(&'static str, Uuid)>,
    track: Track,
    /// The operation whose idempotency key was claimed here and has neither an outcome nor a holder yet.
    pub(crate) claimed: Option<&'static str>,
    in_flight: Option<InFlight>,
    _unit: OpenUnit,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(db: Db, ctx: &'c mut CallCtx, name: &'static str, session: Session) -> Self {
        let span = tracing::info_span!(
            "db",
            otel.name = format_args!("db.{name}"),
            db.unit = name,
            db.outcome = tracing::field::Empty
        );
        Self {
            track: Track::begin(db.module(), ctx),
            now: db.env().now(),
            db,
            name,
            session: Some(session),
            broken: false,
            started: Instant::now(),
            span,
            events_woken: false,
            jobs_woken: false,
            emitted: Vec::new(),
            claimed: None,
            in_flight: None,
            _unit: ctx.open_unit(),
            ctx,
        }
    }

    /// The context of the call that opened it.
    pub fn ctx(&self) -> &CallCtx {
        self.ctx
    }

    /// The module whose store this is.
    pub fn module(&self) -> &'static str {
        self.db.module()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// The name of the unit of work.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Time and randomness.
    pub fn env(&self) -> &Env {
        self.db.env()
    }

    /// The time at which the unit began: one instant for all its rows.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Rings the events wake after the commit.
    pub fn wake_events(&mut self) {
        self.events_woken = true;
    }

    /// Rings the events wake after the commit, and tells the context of the call then that this event was emitted.
    pub fn note_emitted(&mut self, event_type: &'static str, id: Uuid) {
        self.events_woken = true;
        self.emitted.push((event_type, id));
    }

    /// Rings the jobs wake after the commit.
    pub fn wake_jobs(&mut self) {
        self.jobs_woken = true;
    }

    /// Commits; on return the data survives a power cut.
    ///
    /// # Errors
    ///
    /// [`StoreError::CommitUnknown`] if the connection broke meanwhile, [`StoreError::Aborted`] if a statement
    /// of this unit failed, [`StoreError::Inconsistent`] if an idempotency key was claimed but got no outcome.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if let Some(operation) = self.claimed {
            let what = format!(
                "{}: the key claimed for {operation} got no outcome",
                self.name
            );
            return Err(StoreError::inconsistent(what));
        }
        if self.broken {
            return Err(StoreError::Aborted { unit: self.name });
        }
        let crossing =
            tenon_chaos::crossing(format_args!("commit {}/{}", self.module(), self.name));
        crossing.hold().await;
        let committed = match self.session.take() {
            Some(session) => session.commit().await,
            None => Err(StoreError::Aborted { unit: self.name }),
        };
        self.ended(if committed.is_ok() {
            Outcome::Committed
        } else {
            Outcome::Failed
        });
        committed?;
        for (event_type, id) in std::mem::take(&mut self.emitted) {
            self.ctx.stats().record_emitted(Emitted {
                module: self.db.module().into(),
                event_type: event_type.into(),
                first: id,
                last: id,
            });
        }
        if self.events_woken {
            self.db.ring_events();
        }
        if self.jobs_woken {
            self.db.ring_jobs();
        }
        crossing.done_and_hold().await;
        Ok(())
    }

    /// Rolls back at once instead of at drop.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        self.undo().await
    }

    /// Rolls back and starts over in a new transaction of the same name.
    pub(crate) async fn restart(&mut self) -> Result<(), StoreError> {
        let Some(session) = self.session.take() else {
            return Err(StoreError::Aborted { unit: self.name });
        };
        self.ended(Outcome::RolledBack);
        let remaining = self.ctx.deadline.remaining();
        self.session = Some(shielded(session.restart(remaining)).await?);
        self.broken = false;
        self.claimed = None;
        self.events_woken = false;
        self.jobs_woken = false;
        self.emitted.clear();
        self.track = Track::begin(self.db.module(), self.ctx);
        self.started = Instant::now();
        Ok(())
    }

    /// Lets copies of the request know, until this unit ends, that it is being done.
    pub(crate) fn note_claim(&mut self, scope: &IdempotencyScope) {
        self.in_flight = Some(self.db.keys_in_flight().enter(scope));
    }

    async fn undo(&mut self) -> Result<(), StoreError> {
        match self.session.take() {
            Some(session) => {
                let undone = session.rollback().await;
                self.ended(Outcome::RolledBack);
                undone
            }
            None => Ok(()),
        }
    }

    fn ended(&self, outcome: Outcome) {
        self.track.end(
            self.db.module(),
            self.ctx,
            matches!(outcome, Outcome::Committed),
        );
        self.span.record("db.outcome", outcome.name());
        self.db
            .metrics()
            .unit_ended(self.name, outcome, self.started.elapsed());
    }
}

impl Queryable for Tx<'_> {
    fn query(&mut self, sql: &'static str) -> Query<'_> {
        let session = self
            .session
            .as_mut()
            .expect("a unit that has ended is not handed out");
        let target = Target::Unit {
            name: self.name,
            session,
            broken: &mut self.broken,
        };
        Query::new(sql, target, self.ctx, self.db.metrics(), self.track)
    }

    fn engine(&self) -> Engine {
        self.db.engine()
    }
}

/// Also what makes the rule hold that no seam is called inside a transaction: a value with a `Drop` keeps its
/// borrow of the context until the end of its scope, not only until it was last used.
impl Drop for Tx<'_> {
    fn drop(&mut self) {
        if self.session.take().is_some() {
            self.ended(Outcome::RolledBack);
        }
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("module", &self.module())
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
