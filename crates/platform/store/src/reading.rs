//! Where a statement runs: the connection of a unit of work, or one of the pool, which goes back when it is dropped.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{Database, Postgres};

/// Where a statement runs.
pub(crate) enum Connection<'q, D: Database> {
    OfUnit(&'q mut D::Connection),
    Reading(Reading<D>),
}

/// A connection of the pool, which goes back when it is dropped.
pub(crate) struct Reading<D: Database> {
    connection: PoolConnection<D>,
    is_waiting: bool,
}

impl<D: Database> Reading<D> {
    pub(crate) fn new(connection: PoolConnection<D>) -> Self {
        Self {
            connection,
            is_waiting: false,
        }
    }
}

impl<D: Database> Connection<'_, D> {
    /// What was asked for last has come, or has failed.
    pub(crate) fn answered(&mut self) {
        if let Self::Reading(reading) = self {
            reading.is_waiting = false;
        }
    }
}

impl<D: Database> Deref for Connection<'_, D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        match self {
            Self::OfUnit(connection) => connection,
            Self::Reading(reading) => &reading.connection,
        }
    }
}

impl<D: Database> DerefMut for Connection<'_, D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        match self {
            Self::OfUnit(connection) => connection,
            Self::Reading(reading) => reading,
        }
    }
}

impl<D: Database> Deref for Reading<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        &self.connection
    }
}

/// Whoever takes it mutably asks something.
impl<D: Database> DerefMut for Reading<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        self.is_waiting = true;
        &mut self.connection
    }
}

impl<D: Database> Drop for Reading<D> {
    fn drop(&mut self) {
        #[cfg(debug_assertions)]
        if tenon_chaos::is_simulated() && tokio::runtime::Handle::try_current().is_ok() {
            // The pool takes it back in a task that waits for the connection's thread. In a simulation that would be
            // the only task that depends on the speed of the machine, so there it is taken back at once.
            tenon_chaos::finish(self.connection.return_to_pool());
            return;
        }
        if self.is_waiting && D::NAME == Postgres::NAME {
            // Its caller's time is over. Given back, it would be kept busy by a statement that nobody waits for; the
            // server ends that when it sees the connection closed.
            self.connection.close_on_drop();
        }
    }
}
