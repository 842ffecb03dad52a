//! What experiments came to is written down at once: a long run that is interrupted goes on where it was, its parts can run
//! beside each other, and what did not hold is run again once it is mended. Each row says of which commit it is.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::experiments::Experiment;
use super::report::Row;

/// The rows of runs with the same counts.
#[derive(Debug)]
pub(crate) struct Journal {
    file: PathBuf,
    /// Which counts: `full`.
    kind: &'static str,
    /// What is run now.
    commit: String,
}

impl Journal {
    pub(crate) fn open(root: &Path, kind: &'static str) -> Self {
        Self {
            file: root.join("var/chaos/journal.jsonl"),
            kind,
            commit: state(root),
        }
    }

    /// What is run now: a commit, perhaps with changes.
    pub(crate) fn commit(&self) -> &str {
        &self.commit
    }

    /// Writes a row down, whole and in one go.
    pub(crate) fn note(&self, row: &Row) -> Result<()> {
        let line = json!({ "kind": self.kind, "row": row.json() });
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)
            .with_context(|| self.file.display().to_string())?;
        file.write_all(format!("{line}\n").as_bytes())?;
        Ok(())
    }

    /// The last row of an experiment with this seed, if it held.
    pub(crate) fn row(&self, experiment: &Experiment, seed: u64) -> Result<Option<Row>> {
        let text = match fs::read_to_string(&self.file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| self.file.display().to_string())?,
        };
        Ok(text
            .lines()
            .rev()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok()) // the last may be cut off
            .filter(|line| line["kind"] == self.kind)
            .map(|mut line| line["row"].take())
            .find(|row| row["id"] == experiment.id && row["seed"] == seed)
            .filter(|row| row["failures"] == 0)
            .and_then(|row| Row::read(experiment, &row)))
    }
}

/// The commit, and whether it is all there is. Without a repository nobody knows.
pub(crate) fn state(root: &Path) -> String {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        let output = command.current_dir(root).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    match (
        git(&["rev-parse", "--short=7", "HEAD"]),
        git(&["status", "--porcelain", "--", ".", ":!docs/nightly"]), // reports are written on the way
    ) {
        (Some(commit), Some(changes)) if changes.is_empty() => commit,
        (Some(commit), _) => format!("{commit} changed"),
        (None, _) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::EXPERIMENTS;
    use super::*;

    #[test]
    fn a_row_that_held_is_taken_over_by_a_run_of_its_kind_and_seed() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = |kind| Journal {
            file: folder.path().join("journal.jsonl"),
            kind,
            commit: "313ecd0".to_owned(),
        };
        let experiment = &EXPERIMENTS[0];
        let mut row = Row::of(experiment);
        row.trials = 3;
        row.seed = 7;
        row.commit = "313ecd0".to_owned();
        row.notes = vec!["beside".to_owned()];
        let full = journal("full");
        assert!(full.row(experiment, 7).expect("reads").is_none());
        full.note(&row).expect("writes");
        OpenOptions::new()
            .append(true)
            .open(&full.file)
            .and_then(|mut file| file.write_all(b"{\"kind\":\"fu\n"))
            .expect("cut off");
        let found = full.row(experiment, 7).expect("reads");
        assert_eq!(found.expect("is there").json(), row.json());
        for (kind, experiment, seed) in [
            ("quick", experiment, 7),
            ("full", experiment, 8),
            ("full", &EXPERIMENTS[1], 7),
        ] {
            let found = journal(kind).row(experiment, seed).expect("reads");
            assert!(found.is_none());
        }
        row.failures = 1;
        full.note(&row).expect("writes");
        assert!(full.row(experiment, 7).expect("reads").is_none());
    }
}
