//! `cargo xtask nightly`: what takes too long for CI. It keeps a report, a row for each step.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::chaos::{state, today};

/// Options of `cargo xtask nightly`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// These steps only; the others keep their rows of the day.
    #[arg(long = "only", value_name = "STEP")]
    only: Vec<String>,
    /// Lists the steps and runs none.
    #[arg(long)]
    list: bool,
}

/// A task of this tool, with its arguments.
struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
}

/// Cheapest first: whatever is broken is known early.
const STEPS: [Step; 9] = [
    step("openapi", &["interop", "openapi"]),
    step("asyncapi", &["interop", "asyncapi"]),
    step("oidc", &["interop", "oidc"]),
    step("sdk", &["sdk", "check"]),
    step("postman", &["postman", "check"]),
    step("requests", &["fuzz", "--seconds", "1800"]),
    step("extraction", &["extract", "--all", "--prove"]),
    step("planted", &["chaos", "--planted"]),
    step("bench", &["bench", "smoke"]),
];
/// Where reports are kept.
const FOLDER: &str = "docs/nightly";
const HEAD: &str =
    "| step | command | commit | seconds | outcome | last line |\n|---|---|---|--:|---|---|\n";

const fn step(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name, arguments }
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    if let Some(unknown) = options
        .only
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        bail!("there is no step {unknown}; `--list` shows them");
    }
    if options.list {
        for step in &STEPS {
            println!("{:<11} cargo xtask {}", step.name, step.arguments.join(" "));
        }
        return Ok(());
    }
    let logs = root.join("var/nightly");
    fs::create_dir_all(&logs)?;
    let report = root.join(FOLDER).join(format!("{}.md", today()));
    let commit = state(root);
    let mut failed = Vec::new();
    for step in &STEPS {
        if !options.only.is_empty() && options.only.iter().all(|name| name != step.name) {
            continue;
        }
        let mut outcome = play(step, &logs.join(format!("{}.log", step.name)))?;
        // The report says nothing of the machine it was made on.
        let here = format!("{}/", root.display());
        outcome.last_line = outcome.last_line.replace(&here, "");
        keep(&report, &row(step, &commit, &outcome), step.name)?;
        if !outcome.passed {
            failed.push(step.name);
        }
    }
    println!("The report is {}.", report.display());
    if failed.is_empty() {
        Ok(())
    } else {
        bail!("failed: {}; see {}", failed.join(", "), logs.display())
    }
}

struct Outcome {
    passed: bool,
    took: Duration,
    last_line: String,
}

/// Runs a step as a program of its own, so that one that ends badly ends alone; shows and keeps what it prints.
fn play(step: &Step, log: &Path) -> Result<Outcome> {
    println!(
        "\n== {}: cargo xtask {}",
        step.name,
        step.arguments.join(" ")
    );
    #[expect(clippy::disallowed_methods, reason = "measures other programs")]
    let began = Instant::now();
    let mut kept = fs::File::create(log)?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(step.arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let printed = child.stdout.take().context("the output is piped")?;
    let mut last_line = String::new();
    for line in BufReader::new(printed).lines() {
        let line = line?;
        println!("{line}");
        writeln!(kept, "{line}")?;
        if !line.trim().is_empty() {
            last_line = line;
        }
    }
    Ok(Outcome {
        passed: child.wait()?.success(),
        took: began.elapsed(),
        last_line,
    })
}

fn row(step: &Step, commit: &str, outcome: &Outcome) -> String {
    format!(
        "| {} | `cargo xtask {}` | {commit} | {} | {} | {} |\n",
        step.name,
        step.arguments.join(" "),
        outcome.took.as_secs(),
        if outcome.passed {
            "passed"
        } else {
            "**failed**"
        },
        outcome.last_line.replace('|', "\\|").trim()
    )
}

/// Puts a row into the report of the day, in the place of an earlier one of the same step.
fn keep(report: &Path, row: &str, name: &str) -> Result<()> {
    let earlier = fs::read_to_string(report).unwrap_or_default();
    fs::create_dir_all(report.parent().context("a folder")?)?;
    let (day, text) = (today(), with_row(&earlier, row, name));
    fs::write(
        report,
        format!("# What takes too long for CI, {day}\n\n{HEAD}{text}"),
    )
    .with_context(|| report.display().to_string())
}

/// The rows in the order of the steps.
fn with_row(earlier: &str, row: &str, name: &str) -> String {
    let of = |step: &str| {
        let begins = format!("| {step} |");
        earlier
            .lines()
            .find(|line| line.starts_with(&begins))
            .map(|line| format!("{line}\n"))
    };
    STEPS
        .iter()
        .filter_map(|step| {
            if step.name == name {
                Some(row.to_owned())
            } else {
                of(step.name)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_the_place_of_its_predecessor_and_leaves_the_others() {
        let first = with_row("", "| oidc | a |\n", "oidc");
        let second = with_row(&first, "| openapi | b |\n", "openapi");
        assert_eq!(second, "| openapi | b |\n| oidc | a |\n");
        let third = with_row(
            &format!("# Head\n\n{HEAD}{second}"),
            "| oidc | c |\n",
            "oidc",
        );
        assert_eq!(third, "| openapi | b |\n| oidc | c |\n");
    }

    #[test]
    fn what_a_step_printed_cannot_break_its_row() {
        let outcome = Outcome {
            passed: false,
            took: Duration::from_secs(3),
            last_line: "  a | b".to_owned(),
        };
        let row = row(&step("oidc", &["interop", "oidc"]), "abc1234", &outcome);
        let expected =
            "| oidc | `cargo xtask interop oidc` | abc1234 | 3 | **failed** | a \\| b |\n";
        assert_eq!(row, expected);
    }
}
