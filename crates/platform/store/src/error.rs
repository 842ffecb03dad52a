//! What can go wrong between a module and its database.

mod classify;

use std::error::Error;

use tenon_kernel::{Entropy as _, SystemEntropy};
use tenon_seam::{Executed, SeamError, SeamFault};

/// How soon a request whose first copy is still running may ask again.
const IN_FLIGHT_RETRY_MS: u64 = 1_000;

/// A failure of the store. Rows that must not be twice are [`StoreError::Duplicate`]; callers map it by constraint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A unique rule of the schema was broken. `constraint` is `table.column[,column]` on both engines,
    /// in the order of the index; so unique indexes are over plain columns, never over expressions.
    #[error("{constraint} must be unique")]
    Duplicate {
        /// Columns of the rule.
        constraint: String,
    },
    /// A `CHECK` of the schema was broken, or a trigger refused. Checks have a name (`CONSTRAINT … CHECK`)
    /// that is the same on both engines; a trigger's name is the text it raises.
    #[error("the rule {constraint} was broken")]
    Check {
        /// Name of the rule.
        constraint: String,
    },
    /// Another transaction got in between: run the unit of work again.
    #[error("another transaction got in between")]
    Contention(#[source] sqlx::Error),
    /// The database cannot be reached, has no free connection, or is shutting down. Nothing was committed.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The connection was lost during the commit: nobody can say whether it happened.
    #[error("the connection was lost during the commit")]
    CommitUnknown(#[source] sqlx::Error),
    /// Writes are refused by the database itself, because the module's data is being moved to another one, or
    /// has been. Nothing was committed.
    #[error("writes are fenced: the module's data is being moved")]
    Fenced(#[source] sqlx::Error),
    /// The store does not own the module's data: it has moved, or has not arrived yet.
    #[error("the data of {module} {problem}")]
    NotOwner {
        /// Whose store.
        module: &'static str,
        /// What became of the data, and what to do.
        problem: String,
    },
    /// There is no store of the module where one was expected.
    #[error("no store of {module}: {problem}")]
    NoStore {
        /// Whose store.
        module: &'static str,
        /// Why it cannot be entered.
        problem: String,
    },
    /// The caller's deadline passed.
    #[error("the deadline passed")]
    DeadlineExceeded,
    /// The lease under which this work ran is gone: someone else does it now.
    #[error("the lease was lost")]
    LeaseLost,
    /// The same idempotency key came with another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The request with this idempotency key is still running.
    #[error("a request with this idempotency key is still running")]
    KeyInFlight,
    /// A statement of this unit failed before, so the unit can only be rolled back. PostgreSQL insists on
    /// this; SQLite is held to the same rule. Use `ON CONFLICT` where a conflict is no failure.
    #[error("the unit of work {unit} goes on after a failed statement")]
    Aborted {
        /// Name of the unit.
        unit: &'static str,
    },
    /// Data that cannot be, by the program's own rules.
    #[error("inconsistent data in {what}")]
    Inconsistent {
        /// Table, column, row.
        what: String,
    },
    /// Anything else the database said.
    #[error("the database refused a statement")]
    Other(#[source] sqlx::Error),
    /// A migration failed or is unknown; the source is a [`crate::MigrationError`].
    #[error("the migrations could not be applied")]
    Migration(#[source] Box<dyn Error + Send + Sync>),
    /// Another process owns the SQLite files.
    #[error("another process has the data directory {directory} open")]
    Locked {
        /// The data directory.
        directory: String,
    },
}

impl StoreError {
    /// Names data that cannot be.
    pub fn inconsistent(what: impl Into<String>) -> Self {
        Self::Inconsistent { what: what.into() }
    }

    /// Says whether it is the broken unique rule `table.column[,column]`.
    pub fn is_duplicate(&self, rule: &str) -> bool {
        matches!(self, Self::Duplicate { constraint } if constraint == rule)
    }

    /// Says whether it is the broken `CHECK` or trigger rule of this name.
    pub fn is_check(&self, rule: &str) -> bool {
        matches!(self, Self::Check { constraint } if constraint == rule)
    }

    /// Says whether it is a lock that was not granted in time.
    pub(crate) fn is_lock_timeout(&self) -> bool {
        matches!(self, Self::Contention(error) if classify::is_lock_timeout(error))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        classify::classify(error)
    }
}

impl<E> From<StoreError> for SeamError<E> {
    fn from(error: StoreError) -> Self {
        Self::Seam(SeamFault::from(error))
    }
}

impl From<StoreError> for SeamFault {
    /// Logs what the caller must not learn, under the incident id.
    ///
    /// Contention becomes [`SeamFault::Overloaded`] with `retry_after_ms: 0`, which nothing else produces:
    /// [`crate::retrying`] knows it by that and never lets it out.
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::KeyReused => Self::KeyReused,
            StoreError::KeyInFlight => Self::KeyInFlight {
                retry_after_ms: IN_FLIGHT_RETRY_MS,
            },
            StoreError::DeadlineExceeded => Self::DeadlineExceeded {
                executed: Executed::Unknown,
            },
            StoreError::Contention(_) => Self::Overloaded { retry_after_ms: 0 },
            StoreError::Fenced(_) => {
                tracing::warn!(error = chain(&error), "writes are fenced");
                Self::Unavailable {
                    executed: Executed::No,
                }
            }
            StoreError::Unavailable(_) => {
                tracing::warn!(error = chain(&error), "database unavailable");
                Self::Unavailable {
                    executed: Executed::No,
                }
            }
            StoreError::CommitUnknown(_) | StoreError::LeaseLost => {
                tracing::warn!(error = chain(&error), "outcome unknown");
                Self::Unavailable {
                    executed: Executed::Unknown,
                }
            }
            StoreError::Duplicate { .. }
            | StoreError::Check { .. }
            | StoreError::Aborted { .. }
            | StoreError::Inconsistent { .. }
            | StoreError::Other(_)
            | StoreError::Migration(_)
            | StoreError::NotOwner { .. }
            | StoreError::NoStore { .. }
            | StoreError::Locked { .. } => {
                let incident = new_incident();
                tracing::error!(incident, error = chain(&error), "store failed");
                Self::Internal { incident }
            }
        }
    }
}

/// Writes an error and all its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}

/// Names a log line. Nobody tests for its value, so it comes from the machine and not from [`tenon_kernel::Env`].
fn new_incident() -> String {
    let mut bytes = [0; 4];
    SystemEntropy.fill(&mut bytes);
    format!("{:08x}", u32::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_learns_an_incident_and_nothing_else() {
        let fault = SeamFault::from(StoreError::inconsistent("orders.status of ord_1"));
        let SeamFault::Internal { incident } = &fault else {
            panic!("{fault:?}")
        };
        assert_eq!(incident.len(), 8);
        assert!(!fault.to_string().contains("orders"), "{fault}");
    }

    #[test]
    fn a_chain_says_nothing_twice() {
        let error = StoreError::Unavailable(sqlx::Error::Io(std::io::Error::other("refused")));
        assert_eq!(
            chain(&error),
            "the database is unavailable: error communicating with database: refused"
        );
    }
}
