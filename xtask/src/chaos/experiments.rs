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
    /// Tests by name: package and test. `TENON_ROUNDS` tells them the count, `TENON_SEED` the seed.
    Tests(&'static [(&'static str, &'static str)]),
}

impl How {
    /// On which engine its servers run; tests say so themselves.
    pub(crate) fn backend(self) -> Option<Backend> {
        match self {
            Self::Program(_, backend) | Self::Certificate(_, backend) => Some(backend),
            Self::Tests(_) => None,
        }
    }
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
        id: "R02g",
        name: "crash move sqlite",
        promise: "whoever moves a module's data can die at any commit: the next one goes on or gives up, and nothing is lost or doubled",
        quick: 12,
        full: 1,
        how: Certificate("move", Sqlite),
    },
    Experiment {
        id: "R02h",
        name: "crash move postgres",
        promise: "the same on PostgreSQL",
        quick: 24,
        full: 1,
        how: Certificate("move", Postgres),
    },
    Experiment {
        id: "R02i",
        name: "crash return sqlite",
        promise: "stopped at any commit or call, a return that arrives is restocked and refunded exactly once",
        quick: 3,
        full: 1,
        how: Certificate("return", Sqlite),
    },
    Experiment {
        id: "R02j",
        name: "crash return postgres",
        promise: "the same on PostgreSQL",
        quick: 10,
        full: 1,
        how: Certificate("return", Postgres),
    },
    Experiment {
        id: "R03",
        name: "power-cut sqlite",
        promise: "the power fails while people buy: what was acknowledged is on the disk, and the rest is made good",
        quick: 6,
        full: 200,
        how: Program("power", Sqlite),
    },
    Experiment {
        id: "R05",
        name: "database-gone postgres",
        promise: "the database ends sessions, crashes and cannot be reached while people buy: nothing is lost or doubled, and the server goes on by itself",
        quick: 6,
        full: 45,
        how: Program("database", Postgres),
    },
    Experiment {
        id: "R06",
        name: "bad-storage sqlite",
        promise: "the disk is full, or does not keep what it is given: nothing is acknowledged then, and everything goes on by itself afterwards",
        quick: 4,
        full: 20,
        how: Program("storage", Sqlite),
    },
    Experiment {
        id: "R07",
        name: "cancel-storm",
        promise: "requests that are hung up on have one effect and leave no transaction open",
        quick: 200,
        full: 10_000,
        how: Tests(&[(
            "catalog",
            "pressure::requests_that_are_hung_up_on_have_one_effect_and_leave_no_transaction_open",
        )]),
    },
    Experiment {
        id: "R08",
        name: "idempotency-race",
        promise: "64 copies of a request at once have one effect and equal answers",
        quick: 3,
        full: 1_000,
        how: Tests(&[(
            "catalog",
            "keys::parallel_copies_have_one_effect_and_equal_answers",
        )]),
    },
    Experiment {
        id: "R09",
        name: "idempotency-long",
        promise: "copies of a request that takes long come back and find its outcome",
        quick: 2,
        full: 100,
        how: Tests(&[(
            "tenon-store",
            "idempotency_races::copies_of_a_long_unit_come_back_and_find_its_outcome",
        )]),
    },
    Experiment {
        id: "R10",
        name: "unknown-outcome sqlite",
        promise: "answers are lost, cut, reset and delayed, and the server is killed beside: a repeat has one effect and the same answer to the byte",
        quick: 150,
        full: 1_000,
        how: Program("unknown", Sqlite),
    },
    Experiment {
        id: "R10p",
        name: "unknown-outcome postgres",
        promise: "the same on PostgreSQL",
        quick: 100,
        full: 1_000,
        how: Program("unknown", Postgres),
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
        id: "R11b",
        name: "public-log",
        promise: "readers of public events, who hang up at random, get every event once and in order while 64 writers commit or give up at random",
        quick: 3,
        full: 200,
        how: Tests(&[(
            "notifications",
            "event_race::readers_get_every_event_once_in_order_whatever_writers_and_connections_do",
        )]),
    },
    Experiment {
        id: "R12",
        name: "inbox-order",
        promise: "events that four relays deliver three times and mixed have one effect each, in the order of their subject",
        quick: 2,
        full: 200,
        how: Tests(&[(
            "tenon-events",
            "delivery::what_four_relays_deliver_three_times_and_mixed_is_handled_once_and_each_subject_in_order",
        )]),
    },
    Experiment {
        id: "R13",
        name: "feed-wipe sqlite",
        promise: "while people buy, whatever carries events forgets how far it was and begins again: none is lost, none has its effect twice",
        quick: 5,
        full: 50,
        how: Program("wipe", Sqlite),
    },
    Experiment {
        id: "R13p",
        name: "feed-wipe postgres",
        promise: "the same on PostgreSQL",
        quick: 3,
        full: 50,
        how: Program("wipe", Postgres),
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
    Experiment {
        id: "R16",
        name: "rescue-scale",
        promise: "all jobs of dead workers are rescued, and none of the living",
        quick: 3_000,
        full: 50_000,
        how: Tests(&[(
            "tenon-jobs",
            "rescue::all_jobs_of_dead_workers_are_rescued_and_none_of_the_living",
        )]),
    },
    Experiment {
        id: "R17",
        name: "cron-once",
        promise: "each tick of a schedule has one effect though clocks differ and whoever fires it dies",
        quick: 30,
        full: 2_000,
        how: Tests(&[(
            "tenon-jobs",
            "schedule::each_tick_has_one_effect_though_clocks_differ_and_whoever_fires_it_dies",
        )]),
    },
    Experiment {
        id: "R19",
        name: "oversell",
        promise: "five hundred buyers of ten pieces get ten",
        quick: 1,
        full: 200,
        how: Tests(&[(
            "catalog",
            "oversell::five_hundred_buyers_of_ten_pieces_get_ten",
        )]),
    },
    Experiment {
        id: "R20",
        name: "ledger-model",
        promise: "the ledger is what its model says after every command",
        quick: 80,
        full: 10_000,
        how: Tests(&[(
            "payments",
            "ledger_model::the_ledger_is_what_its_model_says_after_every_command",
        )]),
    },
    Experiment {
        id: "R21",
        name: "saga-model",
        promise: "whatever happens to checkouts, in any order: money, stock and orders agree in the end",
        quick: 6,
        full: 500,
        how: Tests(&[(
            "orders",
            "model::whatever_happens_money_stock_and_orders_agree_in_the_end",
        )]),
    },
    Experiment {
        id: "R22",
        name: "simulation",
        promise: "every module a process of its own, with crashes, partitions, delays and losses by seed: nothing is lost or doubled; money, stock, orders and events agree",
        quick: 8, // the test suite plays other ones
        full: 200,
        how: Tests(&[(
            "simulation",
            "seeds::whatever_happens_to_processes_and_network_nothing_is_lost_or_doubled",
        )]),
    },
    Experiment {
        id: "R23",
        name: "isolation",
        promise: "units of work see of each other what their engine promises and nothing else, judged by their histories",
        quick: 5,
        full: 100,
        how: Tests(&[
            (
                "tenon-store",
                "histories::no_unit_sees_what_its_engine_promises_to_hide",
            ),
            ("tenon-store", "histories::the_checker_finds_write_skew"),
        ]),
    },
    Experiment {
        id: "R25",
        name: "rolling-deploy postgres",
        promise: "two servers behind a balancer are replaced one after the other: no request fails",
        quick: 3,
        full: 20,
        how: Program("rolling", Postgres),
    },
    Experiment {
        id: "R26",
        name: "graceful-stop sqlite",
        promise: "told to stop with requests in flight, the server answers every one and ends in time",
        quick: 3,
        full: 20,
        how: Program("drain", Sqlite),
    },
    Experiment {
        id: "R29",
        name: "bulkhead",
        promise: "a service that takes every call and answers none delays nobody but those who ask it, who soon leave it alone; one asks from time to time until it is well",
        quick: 1,
        full: 1,
        how: Tests(&[
            (
                "simulation",
                "bulkhead::a_service_that_never_answers_is_left_alone_and_asked_by_one_until_it_is_well",
            ),
            (
                "tenon-seam",
                "layers::a_module_that_does_not_answer_is_left_alone_and_found_again_within_a_second",
            ),
        ]),
    },
    Experiment {
        id: "R30",
        name: "deadline",
        promise: "when a budget of a second over three services is over, no call starts any more and the database drops the statement",
        quick: 2,
        full: 30,
        how: Tests(&[(
            "simulation",
            "deadline::when_a_budget_of_a_second_over_three_services_is_over_nothing_goes_on",
        )]),
    },
    Experiment {
        id: "R31",
        name: "pool-exhaustion",
        promise: "with every connection taken requests are refused in time, and work again afterwards",
        quick: 1,
        full: 20,
        how: Tests(&[(
            "catalog",
            "pressure::with_every_connection_taken_requests_are_refused_in_time_and_work_again_afterwards",
        )]),
    },
    Experiment {
        id: "R35",
        name: "backup-restore sqlite",
        promise: "the data is deleted while people buy: what the backup gives back has everything that was acknowledged before its cut, and nothing from after it",
        quick: 2,
        full: 20,
        how: Program("restore", Sqlite),
    },
    Experiment {
        id: "R35p",
        name: "backup-restore postgres",
        promise: "the same on PostgreSQL",
        quick: 1,
        full: 20,
        how: Program("restore", Postgres),
    },
    Experiment {
        id: "R38",
        name: "hostile-provider",
        promise: "a provider that hangs, drips, floods, breaks off, redirects or talks nonsense: nothing is taken for known, little is read, and nobody else is called",
        quick: 2,
        full: 100,
        how: Tests(&[(
            "payments",
            "hostile::whatever_a_provider_answers_nothing_is_taken_for_known_and_nobody_else_is_called",
        )]),
    },
];

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::workspace::{Workspace, root};

    #[test]
    fn every_promise_stands_in_the_guarantees() {
        let text = fs::read_to_string(root().join("docs/guarantees.md")).expect("readable");
        for experiment in EXPERIMENTS {
            let row = format!("| {} | {} |", experiment.id, experiment.promise);
            assert!(text.contains(&row), "docs/guarantees.md lacks {row}");
        }
        for row in text.lines().filter(|line| line.starts_with("| R")) {
            let id = row.split('|').nth(1).unwrap_or_default().trim();
            assert!(
                EXPERIMENTS.iter().any(|experiment| experiment.id == id),
                "there is no experiment {id}"
            );
        }
    }

    #[test]
    fn every_test_that_is_named_exists() {
        let root = root();
        let workspace = Workspace::read(&root).expect("readable");
        for experiment in EXPERIMENTS {
            let Tests(tests) = experiment.how else {
                continue;
            };
            for (package, test) in tests {
                let found = workspace
                    .packages
                    .iter()
                    .find(|found| found.name == *package);
                let folder = &found.expect("it is a package").folder;
                let (file, name) = test.rsplit_once("::").expect("a module and a test");
                let path = root
                    .join(folder)
                    .join("tests/it")
                    .join(format!("{file}.rs"));
                let text = fs::read_to_string(&path).unwrap_or_default();
                assert!(
                    text.contains(&format!("fn {name}(")),
                    "{}: there is no test {test} in {package}",
                    experiment.id
                );
            }
        }
    }
}
