//! What the store did, statement by statement, for a benchmark that does the same without Tenon.
//!
//! Only with feature `recording`, which no release carries: a recording holds the arguments, and so personal data.
//! Without the feature [`Track`] is nothing.

#[cfg(feature = "recording")]
pub use self::recorder::{Arguments, Recording, Step, StepKind};

/// One unit of work, or one read outside of any, in a recording.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Track {
    #[cfg(feature = "recording")]
    unit: Option<u64>,
}

#[cfg(not(feature = "recording"))]
#[expect(
    clippy::unused_self,
    reason = "the twin of the recorder, which does nothing"
)]
mod nothing {
    use tenon_kernel::CallCtx;

    use super::Track;

    impl Track {
        pub(crate) fn begin(_: &'static str, _: &CallCtx) -> Self {
            Self {}
        }

        pub(crate) fn statement<A>(
            self,
            _: &'static str,
            _: &CallCtx,
            _: &'static str,
            _: &A,
        ) -> Option<usize> {
            None
        }

        pub(crate) fn rows(_: Option<usize>, _: impl FnOnce() -> u64) {}

        pub(crate) fn end(self, _: &'static str, _: &CallCtx, _: bool) {}
    }
}

#[cfg(feature = "recording")]
mod recorder {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use sqlx::postgres::PgArguments;
    use sqlx::sqlite::SqliteArguments;
    use tenon_kernel::CallCtx;

    use super::Track;

    static STEPS: Mutex<Option<Vec<Step>>> = Mutex::new(None);
    static UNITS: AtomicU64 = AtomicU64::new(0);

    /// Everything between [`Recording::start`] and [`Recording::stop`], of all stores of the process.
    #[derive(Debug)]
    pub struct Recording;

    /// One thing that was sent to a database.
    #[derive(Debug, Clone)]
    pub struct Step {
        /// Whose store.
        pub module: &'static str,
        /// The trace it belongs to: steps of one trace followed each other.
        pub trace: [u8; 16],
        /// The unit of work; `None` for a read outside of any.
        pub unit: Option<u64>,
        /// What.
        pub kind: StepKind,
    }

    /// What was sent.
    #[derive(Debug, Clone)]
    pub enum StepKind {
        /// A unit of work began.
        Begin,
        /// A statement with its arguments.
        Statement {
            /// Its text.
            sql: &'static str,
            /// What was bound.
            arguments: Arguments,
            /// Rows that it changed or returned; `None` if it failed.
            rows: Option<u64>,
        },
        /// The unit of work was committed.
        Commit,
        /// It was not.
        Rollback,
    }

    /// Arguments for the engine they were made for.
    #[derive(Debug, Clone)]
    pub enum Arguments {
        /// For SQLite.
        Sqlite(SqliteArguments),
        /// For PostgreSQL.
        Postgres(PgArguments),
    }

    impl Recording {
        /// Begins anew.
        pub fn start() {
            *steps() = Some(Vec::new());
        }

        /// Ends; returns the steps in the order in which they were sent.
        pub fn stop() -> Vec<Step> {
            steps().take().unwrap_or_default()
        }
    }

    impl Track {
        pub(crate) fn begin(module: &'static str, ctx: &CallCtx) -> Self {
            let unit = Some(UNITS.fetch_add(1, Ordering::Relaxed));
            let track = Self { unit };
            track.note(module, ctx, StepKind::Begin);
            track
        }

        /// Notes a statement before it is sent; returns its place.
        pub(crate) fn statement(
            self,
            module: &'static str,
            ctx: &CallCtx,
            sql: &'static str,
            arguments: &crate::query::Arguments,
        ) -> Option<usize> {
            let arguments = match arguments {
                crate::query::Arguments::Sqlite(arguments) => Arguments::Sqlite(arguments.clone()),
                crate::query::Arguments::Postgres(arguments) => {
                    Arguments::Postgres(arguments.clone())
                }
            };
            let kind = StepKind::Statement {
                sql,
                arguments,
                rows: None,
            };
            self.note(module, ctx, kind)
        }

        /// Notes how many rows it changed or returned.
        pub(crate) fn rows(place: Option<usize>, count: impl FnOnce() -> u64) {
            let Some(place) = place else { return };
            if let Some(steps) = steps().as_mut()
                && let Some(Step {
                    kind: StepKind::Statement { rows, .. },
                    ..
                }) = steps.get_mut(place)
            {
                *rows = Some(count());
            }
        }

        pub(crate) fn end(self, module: &'static str, ctx: &CallCtx, committed: bool) {
            let kind = if committed {
                StepKind::Commit
            } else {
                StepKind::Rollback
            };
            self.note(module, ctx, kind);
        }

        fn note(self, module: &'static str, ctx: &CallCtx, kind: StepKind) -> Option<usize> {
            let mut steps = steps();
            let steps = steps.as_mut()?;
            steps.push(Step {
                module,
                trace: ctx.trace.trace_id,
                unit: self.unit,
                kind,
            });
            Some(steps.len() - 1)
        }
    }

    fn steps() -> std::sync::MutexGuard<'static, Option<Vec<Step>>> {
        STEPS
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
