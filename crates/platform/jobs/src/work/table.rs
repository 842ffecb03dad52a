//! The statements that every table of leased work has, over one text.

/// The statements of one table. All take `$1` the row's key and `$2` the lease token, except the last three.
#[derive(Debug)]
pub struct WorkTable {
    /// Its name, for logs.
    pub name: &'static str,
    /// Is the row still held?
    pub held: &'static str,
    /// `$3` new end of the lease.
    pub renew: &'static str,
    /// `$3` now.
    pub sign: &'static str,
    /// `$3` when to try again, `$4` why, `$5` now.
    pub retry: &'static str,
    /// `$3` when to look again, `$4` now; gives the attempt back.
    pub release: &'static str,
    /// `$3` now, `$4` why.
    pub bury: &'static str,
    /// `$1` now: is there anything to rescue?
    pub expired: &'static str,
    /// `$1` now, `$2` how many at most: rows whose worker is gone go back to work, or are dead if that was their last
    /// attempt.
    pub rescue: &'static str,
    /// `$1` now: what follows from rows that were given up, in the transaction in which they were.
    pub given_up: Option<&'static str>,
}

/// Spells the statements out for a table with the columns `seq`, `state`, `run_at`, `attempts`, `max_attempts`,
/// `lease_token`, `leased_until`, `reason` and `finished_at`.
///
/// `superseded` is an expression over the row: where it holds, a row that would wait again is cancelled instead.
/// `given_up` is a statement that runs after rows have become dead.
#[macro_export]
macro_rules! work_table {
    ($table:literal, superseded = $superseded:literal) => {
        $crate::work_table!(@spell $table, $superseded, None)
    };
    ($table:literal, superseded = $superseded:literal, given_up = $given_up:expr) => {
        $crate::work_table!(@spell $table, $superseded, Some($given_up))
    };
    (@spell $table:literal, $superseded:literal, $given_up:expr) => {
        $crate::work::WorkTable {
            name: $table,
            held: concat!("SELECT seq FROM ", $table, " WHERE seq = $1 AND lease_token = $2 AND state = 'running'"),
            renew: concat!(
                "UPDATE ", $table, " SET leased_until = $3
                  WHERE seq = $1 AND lease_token = $2 AND state = 'running'"
            ),
            sign: concat!(
                "UPDATE ", $table, "
                    SET state = 'done', finished_at = $3, reason = NULL, lease_token = NULL, leased_until = NULL
                  WHERE seq = $1 AND lease_token = $2 AND state = 'running'"
            ),
            retry: concat!(
                "UPDATE ", $table, "
                    SET state = CASE WHEN ", $superseded, " THEN 'cancelled' ELSE 'pending' END,
                        finished_at = CASE WHEN ", $superseded, " THEN $5 END,
                        run_at = $3, reason = $4, lease_token = NULL, leased_until = NULL
                  WHERE seq = $1 AND lease_token = $2 AND state = 'running'"
            ),
            release: concat!(
                "UPDATE ", $table, "
                    SET state = CASE WHEN ", $superseded, " THEN 'cancelled' ELSE 'pending' END,
                        finished_at = CASE WHEN ", $superseded, " THEN $4 END,
                        run_at = $3, attempts = attempts - 1, lease_token = NULL, leased_until = NULL
                  WHERE seq = $1 AND lease_token = $2 AND state = 'running'"
            ),
            bury: concat!(
                "UPDATE ", $table, "
                    SET state = 'dead', finished_at = $3, reason = $4, lease_token = NULL, leased_until = NULL
                  WHERE seq = $1 AND lease_token = $2 AND state = 'running'"
            ),
            expired: concat!("SELECT seq FROM ", $table, " WHERE state = 'running' AND leased_until <= $1 LIMIT 1"),
            rescue: concat!(
                "UPDATE ", $table, "
                    SET state = CASE WHEN attempts >= max_attempts THEN 'dead'
                                     WHEN ", $superseded, " THEN 'cancelled'
                                     ELSE 'pending' END,
                        finished_at = CASE WHEN attempts >= max_attempts OR ", $superseded, " THEN $1 END,
                        reason = 'the worker went away in the middle', lease_token = NULL, leased_until = NULL
                  WHERE state = 'running' AND leased_until <= $1
                    AND seq IN (SELECT seq FROM ", $table, "
                                 WHERE state = 'running' AND leased_until <= $1
                                 ORDER BY leased_until, seq LIMIT $2)"
            ),
            given_up: $given_up,
        }
    };
}
