//! T00: known bugs are planted, one after the other, and every one must turn a test red that is green without it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::{crash, process};

/// The variable of the environment that names the planted bug.
const SWITCH: &str = "TENON_PLANTED";
/// What puts the bugs into a debug build.
const FEATURE: [&str; 4] = [
    "--package",
    "tenon-chaos",
    "--features",
    "tenon-chaos/planted-bugs",
];

/// A bug, and what must find it.
struct Bug {
    /// As in `tenon_chaos::is_planted`.
    name: &'static str,
    what: &'static str,
    found_by: Finder,
}

enum Finder {
    /// Package and whole name.
    Test(&'static str, &'static str),
    /// The crash certificate of a request, at places with this in their name.
    Certificate(&'static str, &'static str),
}

use Finder::{Certificate, Test};

const BUGS: [Bug; 18] = [
    Bug {
        name: "store.synchronous-normal",
        what: "SQLite commits do not wait for the disk",
        found_by: Test("tenon-store", "durability::a_commit_waits_for_the_disk"),
    },
    Bug {
        name: "store.begin-cancellable",
        what: "a caller that leaves cancels BEGIN half-way",
        found_by: Test(
            "tenon-store",
            "cancellation::a_unit_that_is_left_at_any_wait_leaves_no_session_in_a_transaction",
        ),
    },
    Bug {
        name: "store.key-outside-the-unit",
        what: "the idempotency record is written after the effect's commit",
        found_by: Certificate("refund", "commit payments/payments.refund "),
    },
    Bug {
        name: "jobs.rescue-too-early",
        what: "jobs are rescued from workers that are alive",
        found_by: Test(
            "tenon-jobs",
            "lease::the_job_of_a_dead_worker_is_rescued_once_when_its_lease_is_over",
        ),
    },
    Bug {
        name: "jobs.lease-not-checked",
        what: "a worker finishes a job that is another's by now",
        found_by: Test(
            "tenon-jobs",
            "lease::a_worker_that_lost_its_lease_changes_nothing",
        ),
    },
    Bug {
        name: "jobs.attempts-not-counted",
        what: "an attempt that kills its process does not count",
        found_by: Test(
            "tenon-jobs",
            "lease::a_job_that_kills_its_worker_every_time_ends_dead",
        ),
    },
    Bug {
        name: "jobs.receipt-apart",
        what: "work is signed off in another unit than its effect",
        found_by: Test(
            "tenon-jobs",
            "run::an_effect_that_was_not_committed_is_made_by_the_next_attempt",
        ),
    },
    Bug {
        name: "notifications.position-before-unit",
        what: "the log of public events gives a position before the event is there",
        found_by: Test(
            "notifications",
            "event_race::readers_get_every_event_once_in_order_whatever_writers_and_connections_do",
        ),
    },
    Bug {
        name: "notifications.webhook-overtakes",
        what: "a webhook does not wait for the one before it about the same thing",
        found_by: Test(
            "notifications",
            "webhook_order::one_thing_that_fails_holds_up_no_other",
        ),
    },
    Bug {
        name: "outbound.checked-too-early",
        what: "what a name stands for is not looked at when it is connected to",
        found_by: Test(
            "tenon-outbound",
            "egress::a_name_that_turns_inward_is_not_followed",
        ),
    },
    Bug {
        name: "events.feed-by-id",
        what: "events take their place in the feed before they are committed",
        found_by: Test(
            "tenon-events",
            "feed::an_event_that_commits_late_is_not_passed_over",
        ),
    },
    Bug {
        name: "backup.remainder-forgotten",
        what: "what is committed while a cut is being made is in no segment",
        found_by: Test(
            "tenon-backup",
            "tests::shipping::a_cut_is_one_moment_in_all_stores",
        ),
    },
    Bug {
        name: "access.algorithm-confusion",
        what: "a token signed with the public key as a secret is accepted",
        found_by: Test("tenon-access", "forged_tokens::forgeries_are_refused"),
    },
    Bug {
        name: "orders.foreign-order",
        what: "anybody may read an order whose id they know",
        found_by: Test("orders", "checkout::strangers_see_nothing"),
    },
    Bug {
        name: "catalog.unguarded-reserve",
        what: "stock is promised that is not there",
        found_by: Test(
            "catalog",
            "races::fifty_reservations_race_for_one_piece_and_exactly_one_wins",
        ),
    },
    Bug {
        name: "payments.charge-before-commit",
        what: "the provider is asked for money before the attempt is written down",
        found_by: Certificate("checkout", "commit payments/payments.open "),
    },
    Bug {
        name: "payments.refund-new-key",
        what: "each try of a refund is a new refund to the provider",
        found_by: Test(
            "payments",
            "refunds::an_unknown_refund_keeps_its_key_and_its_amount",
        ),
    },
    Bug {
        name: "payments.signature-not-checked",
        what: "anybody may say what the provider says",
        found_by: Test("payments", "webhooks::only_a_good_signature_is_stored"),
    },
];

/// Plants these bugs, or all; fails unless each is found.
pub(super) fn run(root: &Path, only: &[String]) -> Result<()> {
    let bugs: Vec<&Bug> = BUGS
        .iter()
        .filter(|bug| only.is_empty() || only.iter().any(|name| name == bug.name))
        .collect();
    ensure!(!bugs.is_empty(), "there is no such bug");
    super::release::check_release(root)?;
    let garden = Garden::prepare(root, &bugs)?;
    println!("\n== without a bug ==");
    for bug in &bugs {
        ensure!(
            garden.is_green(&bug.found_by, None)?,
            "{} has to be green before it can find {}",
            bug.found_by.name(),
            bug.name
        );
    }
    let mut missed = Vec::new();
    let mut table = String::new();
    for bug in &bugs {
        println!("\n== {}: {} ==", bug.name, bug.what);
        let is_found = !garden.is_green(&bug.found_by, Some(bug.name))?;
        let word = if is_found { "found" } else { "MISSED" };
        writeln!(table, "{:<32} {word:<7} {}", bug.name, bug.found_by.name())
            .expect("a string takes all");
        if !is_found {
            missed.push(bug.name);
        }
    }
    println!("\n{table}{} of {}", bugs.len() - missed.len(), bugs.len());
    if missed.is_empty() {
        return Ok(());
    }
    bail!("not found: {}", missed.join(", "))
}

impl Finder {
    fn name(&self) -> String {
        match self {
            Self::Test(package, test) => format!("{package}: {test}"),
            Self::Certificate(flow, place) => format!("xtask crash {flow}: {}", place.trim()),
        }
    }
}

/// Built with the feature, so that bugs can be chosen by name.
struct Garden {
    root: PathBuf,
    packages: Vec<&'static str>,
    /// The programs `chaos` and `tenon`, if a certificate is among the finders.
    programs: PathBuf,
}

impl Garden {
    fn prepare(root: &Path, bugs: &[&Bug]) -> Result<Self> {
        // Those of all bugs, whichever are planted: another selection would be built anew.
        let packages: BTreeSet<&str> = BUGS
            .iter()
            .filter_map(|bug| match bug.found_by {
                Test(package, _) => Some(package),
                Certificate(..) => None,
            })
            .collect();
        let programs = root.join("var/chaos/planted");
        if bugs
            .iter()
            .any(|bug| matches!(bug.found_by, Certificate(..)))
        {
            let packages = ["--package", "chaos", "--package", "tenon-server"];
            let mut cargo = process::cargo(root);
            process::run(cargo.arg("build").args(packages).args(FEATURE))?;
            // The next ordinary build replaces the program: this one keeps a place of its own.
            fs::create_dir_all(&programs)?;
            for program in ["chaos", "tenon"] {
                let built = process::target_dir(root)?.join("debug").join(program);
                fs::copy(&built, programs.join(program)).context(program)?;
            }
        }
        Ok(Self {
            root: root.to_owned(),
            packages: packages.into_iter().collect(),
            programs,
        })
    }

    /// Whether the finder sees nothing wrong, with a bug planted or none.
    fn is_green(&self, finder: &Finder, bug: Option<&str>) -> Result<bool> {
        match finder {
            Test(package, test) => self.test(package, test, bug),
            Certificate(flow, place) => self.certificate(flow, place, bug),
        }
    }

    fn test(&self, package: &str, test: &str, bug: Option<&str>) -> Result<bool> {
        let mut command = process::cargo(&self.root);
        command.args(["nextest", "run", "--no-fail-fast"]);
        for package in &self.packages {
            command.args(["--package", package]); // always the same ones: nothing is built twice
        }
        command.args(FEATURE);
        command.args(["-E", &format!("package({package}) & test(={test})")]);
        plant(&mut command, bug);
        super::run::outcome(&mut command, package, test)
    }

    fn certificate(&self, flow: &str, place: &str, bug: Option<&str>) -> Result<bool> {
        let out = self.root.join("var/chaos/planted.json");
        if out.exists() {
            fs::remove_file(&out)?;
        }
        let mut command = crash::program(&self.root, &self.programs, "crash", "planted", None);
        command.args([flow, "--matching", place, "--out"]).arg(&out);
        plant(&mut command, bug);
        let output = command.output().context("chaos crash")?;
        println!("{}", String::from_utf8_lossy(&output.stdout).trim_end());
        let told = fs::read_to_string(&out).with_context(|| {
            format!(
                "no certificate: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        })?;
        let told: serde_json::Value = serde_json::from_str(&told)?;
        Ok(told["failures"].as_array().context("failures")?.is_empty())
    }
}

fn plant(command: &mut Command, bug: Option<&str>) {
    match bug {
        Some(bug) => command.env(SWITCH, bug),
        None => command.env_remove(SWITCH),
    };
}
