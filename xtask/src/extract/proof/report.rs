//! The report of a proof: figures of one run, and the verdict that follows from them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::latency::Row;
use super::live::{self, Live};
use super::tables::{phases, rows_of};
use crate::golden::Compared;
use crate::stack::Backend;
use crate::topology::Topology;

/// What one run showed.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) topology: Topology,
    pub(super) backend: Backend,
    /// Whether the tests of contract and module ran too.
    pub(super) tested: bool,
    pub(super) compared: Compared,
    /// `None` if nothing was moved.
    pub(super) live: Option<Live>,
    pub(super) latency: Vec<Row>,
}

/// A service that is back must answer within this.
const RECOVERY_MS: u64 = 2_000;

impl Proof {
    /// What speaks against the extraction; nothing if it is proved. What ended the run before is no part of it.
    pub(super) fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        let mut claim = |holds: bool, failure: &str| {
            if !holds {
                failures.push(failure.to_owned());
            }
        };
        let Compared {
            exchanges,
            differences,
            ..
        } = self.compared;
        claim(differences == 0, "answers differ");
        claim(exchanges > 0, "nothing was compared");
        if let Some(live) = &self.live {
            claim(live.is_even, "something was lost, doubled or not paid");
            let count = |phase: &str, member: &str| number(&live.phase(phase)[member]);
            claim(
                count(live::SERVICE, "bought") > Some(0),
                "nothing was bought from the service",
            );
            let killed = live.phase(live::KILLED);
            claim(
                count(live::KILLED, "module_unavailable") > Some(0),
                "the kill was not told as 503",
            );
            claim(
                killed["problem"]["retry"].is_string(),
                "the 503 does not say whether to try again",
            );
            claim(
                count(live::KILLED, "other_answered") > Some(0),
                "other modules did not answer during the kill",
            );
            let first = count(live::BACK, "first_answer_of_module_after_ms");
            claim(
                first.is_some_and(|first| first <= RECOVERY_MS),
                "the service that is back does not answer in time",
            );
            claim(
                count(live::BACK, "bought") > Some(0),
                "nothing was bought after the kill",
            );
        }
        failures
    }

    pub(super) fn print(&self) {
        println!("\n{}", self.text());
    }

    /// Writes `<module>-<backend>.md`.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}-{}.md", self.subject(), self.engine()));
        fs::write(&path, self.text()).with_context(|| path.display().to_string())?;
        println!("written: {}", path.display());
        Ok(())
    }

    fn subject(&self) -> &'static str {
        match self.topology {
            Topology::RemoteOne(module) => module,
            _ => "all",
        }
    }

    fn engine(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
        }
    }

    pub(super) fn text(&self) -> String {
        let (subject, engine) = (self.subject(), self.engine());
        let (title, command) = match self.topology {
            Topology::RemoteOne(module) => (format!("{module} as a service"), module.to_owned()),
            _ => (
                "Six services behind a gateway".to_owned(),
                "--all".to_owned(),
            ),
        };
        let mut text = format!(
            "# {title}, {engine}\n\nWritten by `cargo xtask extract {command} --prove --backend {engine}`: one run, debug build, real processes on loopback.\n\n"
        );
        let failures = self.failures();
        if failures.is_empty() {
            text.push_str(if self.live.is_some() {
                "Proved: nothing lost, doubled or different.\n\n"
            } else {
                "Proved: no answer differs. Nothing was moved or killed in this run.\n\n"
            });
        } else {
            put(
                &mut text,
                &format!("NOT proved: {}.\n", failures.join("; ")),
            );
        }
        text.push_str("| What | Seen |\n|---|---|\n");
        let mut row = |what: &str, seen: String| put(&mut text, &format!("| {what} | {seen} |"));
        let Compared {
            operations,
            exchanges,
            mails,
            differences,
        } = self.compared;
        row(
            "REST operations, each with success and failure",
            operations.to_string(),
        );
        row(
            "Answers compared with all-local: status, headers, body",
            format!("{exchanges} exchanges, {mails} mails"),
        );
        row("Differences", differences.to_string());
        row(
            "First order, step by step",
            "played, invariants hold".to_owned(),
        );
        if let Some(live) = &self.live {
            rows_of(live, &mut row);
        }
        let tests = if self.tested {
            "passed"
        } else {
            "not run here (`--tests` runs them; CI always does)"
        };
        if self.live.is_some() {
            row(
                &format!("Tests of {subject} and its contract"),
                tests.to_owned(),
            );
        }
        if let Some(live) = &self.live {
            phases(&mut text, live);
        }
        self.endpoints(&mut text);
        text
    }

    fn endpoints(&self, text: &mut String) {
        text.push_str("\n## Latency per endpoint\n\nMedians of the successes in the two recordings, in milliseconds; few requests each, on a machine that does other things.\n");
        if let Some(live) = &self.live {
            put(
                text,
                &format!(
                    "Predicted is calls × {} ms: a read of the module took {} ms in the monolith and {} ms over the service (median of 200).",
                    millis(live.per_call_us()),
                    millis(live.read_local_us),
                    millis(live.read_remote_us)
                ),
            );
        }
        text.push_str("\n| Operation | Calls | Local | Remote | Added | Predicted |\n|---|---|---|---|---|---|\n");
        for row in &self.latency {
            let hops = if row.hops.is_finite() {
                format!("{:.1}", row.hops)
            } else {
                "-".to_owned()
            };
            #[expect(clippy::cast_precision_loss, reason = "microseconds of a request")]
            let added = (row.remote as f64 - row.local as f64) / 1_000.0;
            let predicted = row
                .predicted
                .map_or_else(|| "-".to_owned(), |us| format!("{:+.2}", us / 1_000.0));
            put(
                text,
                &format!(
                    "| {} | {hops} | {} | {} | {added:+.2} | {predicted} |",
                    row.operation,
                    millis(row.local),
                    millis(row.remote)
                ),
            );
        }
    }
}

pub(super) fn put(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes all");
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64()
}

fn millis(micros: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a request")]
    let millis = micros as f64 / 1_000.0;
    format!("{millis:.2}")
}
