//! The report: one table, as Markdown for people and JSON for programs.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::experiments::{EXPERIMENTS, Experiment};

/// Failures of an experiment that the verdict names.
const MOST_TOLD: usize = 5;

/// What one experiment came to.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    id: &'static str,
    name: &'static str,
    promise: &'static str,
    pub(crate) trials: u64,
    pub(crate) failures: u64,
    pub(crate) seconds: u64,
    pub(crate) seed: u64,
    /// What was run.
    pub(crate) commit: String,
    pub(crate) notes: Vec<String>,
}

/// All rows of a run.
#[derive(Debug)]
pub(crate) struct Report {
    kind: &'static str,
    seed: u64,
    rows: Vec<Row>,
}

impl Row {
    pub(crate) fn of(experiment: &Experiment) -> Self {
        Self {
            id: experiment.id,
            name: experiment.name,
            promise: experiment.promise,
            trials: 0,
            failures: 0,
            seconds: 0,
            seed: 0,
            commit: String::new(),
            notes: Vec::new(),
        }
    }

    /// As programs read it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "promise": self.promise, "trials": self.trials,
            "failures": self.failures, "seconds": self.seconds, "seed": self.seed, "commit": self.commit,
            "notes": self.notes,
        })
    }

    /// The row of this experiment that was written down as `json`.
    pub(crate) fn read(experiment: &Experiment, json: &Value) -> Option<Self> {
        let number = |name: &str| json[name].as_u64();
        let notes = json["notes"].as_array()?.iter();
        Some(Self {
            trials: number("trials")?,
            failures: number("failures")?,
            seconds: number("seconds")?,
            seed: number("seed")?,
            commit: json["commit"].as_str()?.to_owned(),
            notes: notes.filter_map(Value::as_str).map(str::to_owned).collect(),
            ..Self::of(experiment)
        })
    }

    /// What was broken, for whoever has only the last lines of a run.
    fn failure(&self) -> String {
        let failures = usize::try_from(self.failures).unwrap_or(usize::MAX);
        let what = self.notes.iter().take(failures.min(MOST_TOLD));
        let what: Vec<&str> = what.filter_map(|note| note.lines().next()).collect();
        format!("{} {}: {}", self.id, self.seed, what.join("; "))
    }

    /// What no failure in so many trials shows, with 95 % confidence: the rule of three.
    fn bound(&self) -> String {
        match (self.failures, self.trials) {
            (0, 0) => "**SKIPPED**".to_owned(),
            (0, 3..) => format!(
                "< {:.2} %",
                300.0 / f64::from(u32::try_from(self.trials).unwrap_or(u32::MAX))
            ),
            (0, _) => "too few to say".to_owned(),
            _ => "broken".to_owned(),
        }
    }
}

impl Report {
    pub(crate) fn new(kind: &'static str, seed: u64) -> Self {
        Self {
            kind,
            seed,
            rows: Vec::new(),
        }
    }

    /// Rows stand in the order of the experiments, whenever they were run.
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
        self.rows.sort_by_key(|row| {
            EXPERIMENTS
                .iter()
                .position(|experiment| experiment.id == row.id)
        });
    }

    /// Prints it and writes it to `var/chaos`, and to `docs/guarantees` if it is kept.
    pub(crate) fn write(&self, root: &Path, keep: bool) -> Result<()> {
        let text = self.markdown();
        println!("\n{text}");
        let folder = root.join("var/chaos");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("report.md"), &text)?;
        let json = serde_json::to_string_pretty(&self.json())?;
        fs::write(folder.join("report.json"), json)?;
        if keep {
            let folder = root.join("docs/guarantees");
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{}.md", today())), &text)?;
        }
        Ok(())
    }

    /// Fails if a promise is broken.
    pub(crate) fn verdict(&self) -> Result<()> {
        let broken = self.rows.iter().filter(|row| row.failures > 0);
        let broken: Vec<String> = broken.map(Row::failure).collect();
        if broken.is_empty() {
            let skipped = self.rows.iter().filter(|row| row.trials == 0).count();
            let held = self.rows.len() - skipped;
            println!("{held} experiments, every promise held; {skipped} skipped.");
            return Ok(());
        }
        bail!(
            "broken, keep the seeds in xtask/chaos-seeds.txt:\n{}",
            broken.join("\n")
        )
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "# Guarantees, put to the test on {}\n\n`cargo xtask chaos --{} --seed {}`. No failure in N trials bounds the \
             rate of failures at 3/N with 95 % confidence.\n\n",
            today(),
            self.kind,
            self.seed
        );
        text.push_str("| | experiment | trials | failures | rate, 95 % | s | seed | of |\n|---|---|--:|--:|--:|--:|--:|---|\n");
        for row in &self.rows {
            writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                row.id,
                row.name,
                row.trials,
                row.failures,
                row.bound(),
                row.seconds,
                row.seed,
                row.commit
            )
            .expect("a string takes all");
        }
        text.push('\n');
        for row in &self.rows {
            writeln!(text, "- **{}** {}.", row.id, row.promise).expect("a string takes all");
            for note in &row.notes {
                let note = note.lines().next().unwrap_or_default();
                writeln!(text, "  - {note}").expect("a string takes all");
            }
        }
        text
    }

    fn json(&self) -> Value {
        let rows: Vec<_> = self.rows.iter().map(Row::json).collect();
        json!({ "kind": self.kind, "seed": self.seed, "date": today(), "rows": rows })
    }
}

/// Days since 1970.
pub(crate) fn days() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a report names its day")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 86_400
}

/// The day, as reports name it.
pub(crate) fn today() -> String {
    date(days())
}

/// `2026-11-29`: the civil calendar from a count of days (proleptic Gregorian, years that begin in March).
fn date(days: u64) -> String {
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{of_month:02}", era * 400 + year + carry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (19_782, "2024-02-29"),
            (20_786, "2026-11-29"),
        ] {
            assert_eq!(date(days), expected);
        }
    }

    #[test]
    fn a_bound_needs_trials_and_no_failure() {
        let experiment = &EXPERIMENTS[0];
        let row = |trials, failures| Row {
            trials,
            failures,
            ..Row::of(experiment)
        };
        assert_eq!(row(200, 0).bound(), "< 1.50 %");
        assert_eq!(row(0, 0).bound(), "**SKIPPED**");
        assert_eq!(row(2, 0).bound(), "too few to say");
        assert_eq!(row(200, 1).bound(), "broken");
    }

    #[test]
    fn a_verdict_says_what_was_broken() {
        let mut report = Report::new("quick", 7);
        report.add(Row {
            trials: 2,
            failures: 1,
            seed: 7,
            notes: vec![
                "3 before a commit: lost\nand more".to_owned(),
                "beside".to_owned(),
            ],
            ..Row::of(&EXPERIMENTS[0])
        });
        let verdict = report.verdict().expect_err("broken").to_string();
        assert!(
            verdict.ends_with("\nR01 7: 3 before a commit: lost"),
            "{verdict}"
        );
    }
}
