//! The list of experiments: what each promises, how often, and how it is run.

use crate::stack::Backend;

/// One promise and how it is put to the test.
#[derive(Debug)]
pub(crate) struct Experiment {
    /// As in reports and seeds: `R01`.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// What must hold, in one sentence.
    pub(crate) promise: &'static str,
    /// Trials in CI; of a certificate, one place of so many is tried.
    pub(crate) quick: u32,
    /// Trials for the figure that is printed.
    pub(crate) full: u32,
    pub(crate) how: How,
}

/// How an experiment is run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    /// `chaos <command>` against running servers.
    Program(&'static str, Backend),
    /// The crash certificate of one request; its count says how many places share one trial.
    Certificate(&'static str, Backend),
    /// Tests by name: package and test. Their count is their own.
    Tests(&'static [(&'static str, &'static str)]),
}

use Backend::{Postgres, Sqlite};
use How::{Certificate, Program, Tests};

pub(crate) const EXPERIMENTS: &[Experiment] = &[
    Experiment {
        id: "R01",
        name: "kill9-checkout sqlite",
        promise: "fifty people buy while the server is killed at random: nothing acknowledged is lost, nothing is doubled",
        quick: 8,
        full: 200,
        how: Program("kills", Sqlite),
    },
    Experiment {
        id: "R01p",
        name: "kill9-checkout postgres",
        promise: "the same on PostgreSQL",
        quick: 5,
        full: 200,
        how: Program("kills", Postgres),
    },
    Experiment {
        id: "R02a",
        name: "crash checkout sqlite",
        promise: "stopped at any commit or call, a checkout is placed and paid, or cancelled with nothing held",
        quick: 4,
        full: 1,
        how: Certificate("checkout", Sqlite),
    },
    Experiment {
        id: "R02b",
        name: "crash checkout postgres",
        promise: "the same on PostgreSQL",
        quick: 8,
        full: 1,
        how: Certificate("checkout", Postgres),
    },
    Experiment {
        id: "R02c",
        name: "crash refund sqlite",
        promise: "stopped at any commit or call, a refund gives the money back exactly once",
        quick: 2,
        full: 1,
        how: Certificate("refund", Sqlite),
    },
    Experiment {
        id: "R02d",
        name: "crash refund postgres",
        promise: "the same on PostgreSQL",
        quick: 8,
        full: 1,
        how: Certificate("refund", Postgres),
    },
    Experiment {
        id: "R02e",
        name: "crash sign-in sqlite",
        promise: "stopped at any commit or call, a token family goes on with one successor",
        quick: 1,
        full: 1,
        how: Certificate("sign-in", Sqlite),
    },
    Experiment {
        id: "R02f",
        name: "crash sign-in postgres",
        promise: "the same on PostgreSQL",
        quick: 1,
        full: 1,
        how: Certificate("sign-in", Postgres),
    },
    Experiment {
        id: "R07",
        name: "cancel-storm",
        promise: "units that are left at any point leave no transaction behind",
        quick: 600,
        full: 600,
        how: Tests(&[(
            "tenon-store",
            "cancellation::cancelled_units_leave_no_transaction_behind",
        )]),
    },
    Experiment {
        id: "R11",
        name: "outbox-no-skip",
        promise: "readers see every event once and subjects in order while eight writers commit at random",
        quick: 1,
        full: 1,
        how: Tests(&[
            (
                "tenon-events",
                "feed::readers_see_every_event_once_and_subjects_in_order_while_eight_writers_commit_at_random",
            ),
            (
                "tenon-events",
                "feed::an_event_that_commits_late_is_not_passed_over",
            ),
        ]),
    },
    Experiment {
        id: "R14",
        name: "lease-fencing",
        promise: "a worker that lost its lease changes nothing",
        quick: 1,
        full: 1,
        how: Tests(&[
            (
                "tenon-jobs",
                "lease::a_worker_that_lost_its_lease_changes_nothing",
            ),
            (
                "tenon-events",
                "lease::a_worker_that_lost_its_lease_changes_nothing",
            ),
        ]),
    },
    Experiment {
        id: "R15",
        name: "poison-job",
        promise: "a job that panics, hangs or kills its worker is dead after its attempts",
        quick: 1,
        full: 1,
        how: Tests(&[
            (
                "tenon-jobs",
                "run::a_job_that_fails_panics_and_hangs_is_dead_after_its_attempts_and_can_be_retried",
            ),
            (
                "tenon-jobs",
                "lease::a_job_that_kills_its_worker_every_time_ends_dead",
            ),
        ]),
    },
];
