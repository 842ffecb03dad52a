//! A read-only connection, which goes back to its pool when it is dropped.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteConnection};

/// A read-only connection, which goes back to its pool when it is dropped.
pub(crate) struct Reading {
    connection: PoolConnection<Sqlite>,
}

impl Reading {
    pub(crate) fn new(connection: PoolConnection<Sqlite>) -> Self {
        Self { connection }
    }
}

impl Deref for Reading {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

/// The pool takes it back in a task that waits for the connection's thread. In a simulation that would be the only
/// task that depends on the speed of the machine, so there it is taken back at once.
#[cfg(debug_assertions)]
impl Drop for Reading {
    fn drop(&mut self) {
        if tenon_chaos::is_simulated() && tokio::runtime::Handle::try_current().is_ok() {
            tenon_chaos::finish(self.connection.return_to_pool());
        }
    }
}
