//! What experiments came to is written down at once: a long run that is interrupted goes on where it was, and its parts can
//! run beside each other.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::experiments::Experiment;
use super::report::Row;

/// The rows of runs with the same counts of the same state of the code.
#[derive(Debug)]
pub(crate) struct Journal {
    file: PathBuf,
    /// Commit and counts: `313ecd0 full`.
    run: String,
}

impl Journal {
    /// The journal of this state of the code, which must be committed if rows of another run are to be taken over.
    pub(crate) fn open(root: &Path, kind: &str, resume: bool) -> Result<Self> {
        let (commit, is_committed) = state(root);
        ensure!(
            is_committed || !resume,
            "--resume: commit first; only the same code has the same rows"
        );
        let mark = if is_committed { "" } else { " with changes" };
        Ok(Self {
            file: root.join("var/chaos/journal.jsonl"),
            run: format!("{commit}{mark} {kind}"),
        })
    }

    /// Writes a row down, whole and in one go.
    pub(crate) fn note(&self, row: &Row) -> Result<()> {
        let line = json!({ "run": self.run, "row": row.json() });
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)
            .with_context(|| self.file.display().to_string())?;
        file.write_all(format!("{line}\n").as_bytes())?;
        Ok(())
    }

    /// The last row that was written down for an experiment with this seed.
    pub(crate) fn row(&self, experiment: &Experiment, seed: u64) -> Result<Option<Row>> {
        let text = match fs::read_to_string(&self.file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| self.file.display().to_string())?,
        };
        Ok(text
            .lines()
            .rev()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok()) // the last may be cut off
            .filter(|line| line["run"] == self.run.as_str())
            .map(|mut line| line["row"].take())
            .find(|row| row["id"] == experiment.id && row["seed"] == seed)
            .and_then(|row| Row::read(experiment, &row)))
    }
}

/// The commit, and whether it is all there is. Without a repository nobody knows.
fn state(root: &Path) -> (String, bool) {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        let output = command.current_dir(root).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    match git(&["rev-parse", "--short=12", "HEAD"]) {
        Some(commit) => (
            commit,
            git(&["status", "--porcelain"]).is_some_and(|changes| changes.is_empty()),
        ),
        None => ("unknown".to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::EXPERIMENTS;
    use super::*;

    #[test]
    fn a_row_is_taken_over_by_the_same_run_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = |run: &str| Journal {
            file: folder.path().join("journal.jsonl"),
            run: run.to_owned(),
        };
        let experiment = &EXPERIMENTS[0];
        let mut row = Row::of(experiment);
        row.trials = 3;
        row.seed = 7;
        row.notes = vec!["beside".to_owned()];
        assert!(
            journal("a full")
                .row(experiment, 7)
                .expect("reads")
                .is_none()
        );
        journal("a full").note(&row).expect("writes");
        OpenOptions::new()
            .append(true)
            .open(&journal("a full").file)
            .and_then(|mut file| file.write_all(b"{\"run\":\"a fu"))
            .expect("cut off");
        let found = journal("a full").row(experiment, 7).expect("reads");
        assert_eq!(found.expect("is there").json(), row.json());
        for (run, experiment, seed) in [
            ("b full", experiment, 7),
            ("a full", experiment, 8),
            ("a full", &EXPERIMENTS[1], 7),
        ] {
            assert!(journal(run).row(experiment, seed).expect("reads").is_none());
        }
    }
}
