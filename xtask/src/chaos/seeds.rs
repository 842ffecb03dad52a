//! Seeds that found something once; each is played again, before anything else.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// One `R01 12345 # what it found` a line.
const FILE: &str = "xtask/chaos-seeds.txt";

/// The seeds that are kept for an experiment.
pub(crate) fn of(root: &Path, experiment: &str) -> Result<Vec<u64>> {
    let text = fs::read_to_string(root.join(FILE)).context(FILE)?;
    parse(&text, experiment)
}

fn parse(text: &str, experiment: &str) -> Result<Vec<u64>> {
    let mut seeds = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some((id, seed)) = line.split_once(' ') else {
            anyhow::ensure!(
                line.is_empty(),
                "{FILE}: expected `R01 12345`, found {line:?}"
            );
            continue;
        };
        let seed = seed
            .trim()
            .parse()
            .with_context(|| format!("{FILE}: {line}"))?;
        if id == experiment {
            seeds.push(seed);
        }
    }
    Ok(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_belong_to_their_experiment() {
        let text = "# kept\n\nR01 7 # lost an order\nR03 8\nR01 9\n";
        assert_eq!(parse(text, "R01").expect("reads"), [7, 9]);
        assert!(parse("R01", "R01").is_err());
        assert!(parse("R01 x", "R03").is_err());
    }
}
