//! Two recordings compared and counted, for the proof of an extraction.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::Summary;
use crate::programs;
use crate::stack::PROGRAMS;

/// Two recordings, compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    pub(crate) operations: usize,
    pub(crate) exchanges: usize,
    pub(crate) mails: usize,
    pub(crate) differences: usize,
}

/// Compares two recordings; what differs is printed and counted.
pub(crate) fn compared(root: &Path, left: &Path, right: &Path) -> Result<Compared> {
    let scenarios = programs::build(root, &PROGRAMS)?.join("scenarios");
    let mut command = Command::new(scenarios);
    command.args(["golden", "compare"]).arg(left).arg(right);
    let output = command.output().context("scenarios golden compare")?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{printed}");
    let recording = Summary::read(String::new(), left.to_owned())?;
    counted(&printed, recording.covered)
        .filter(|found| output.status.success() == (found.differences == 0))
        .context("the comparison says what it found")
}

/// Reads `412 exchanges and 9 mails compared, 0 differences`.
fn counted(printed: &str, operations: usize) -> Option<Compared> {
    let last = printed.lines().last()?;
    let mut numbers = last
        .split([' ', ','])
        .filter_map(|word| word.parse::<usize>().ok());
    Some(Compared {
        operations,
        exchanges: numbers.next()?,
        mails: numbers.next()?,
        differences: numbers.next()?,
    })
}

/// Median of the successes by operation, in microseconds.
pub(crate) fn medians(file: &Path) -> Result<BTreeMap<String, u64>> {
    let summary = Summary::read(String::new(), file.to_owned())?;
    let samples = summary.samples.into_iter();
    Ok(samples
        .filter_map(|(id, (_, median, _))| Some((id, median?)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_comparison_is_counted() {
        let printed =
            "get_cart: status: 200, then 503\n412 exchanges and 9 mails compared, 1 differences\n";
        let found = counted(printed, 60).expect("numbers");
        let Compared {
            operations,
            exchanges,
            mails,
            differences,
        } = found;
        assert_eq!((operations, exchanges, mails, differences), (60, 412, 9, 1));
        assert!(counted("nothing\n", 60).is_none());
    }
}
