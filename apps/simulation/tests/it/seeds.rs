//! Seeds: many that must hold, one that must be the same twice, and a bug that they must find.

use std::time::Duration;

use tenon_testkit::{Dice, rounds};
use tokio::time::Instant;

use crate::apart::{play, play_seeds};
use crate::run::Outcome;

/// Seeds of a suite; `TENON_ROUNDS` says how many in a longer run.
const USUALLY: usize = 4;
/// Seeds within which a bug must be found.
const SUSPECTS: usize = 24;
/// Lines that a failure shows.
const SHOWN: usize = 60;

/// Orders, payments, identity and catalog as processes of their own; crashes, partitions, delays and losses by seed.
#[test]
fn whatever_happens_to_processes_and_network_nothing_is_lost_or_doubled() {
    let began = Instant::now();
    let outcomes = play(rounds(USUALLY), false);
    let broken: Vec<_> = outcomes
        .iter()
        .filter(|run| !run.failures.is_empty())
        .collect();
    for run in &broken {
        println!("{}", told(run));
    }
    let simulated: Duration = outcomes.iter().map(|run| run.simulated).sum();
    let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    println!(
        "{} seeds, {:.2} simulated hours, {:.1} seconds; {} checkouts, {} orders; {} seeds failed",
        outcomes.len(),
        simulated.as_secs_f64() / 3_600.0,
        began.elapsed().as_secs_f64(),
        sum(|run| run.purchases),
        sum(|run| run.orders),
        broken.len()
    );
    let seeds: Vec<u64> = broken.iter().map(|run| run.seed).collect();
    assert!(broken.is_empty(), "seeds that failed: {seeds:?}");
}

#[test]
fn a_seed_is_the_same_run_each_time() {
    let seed = Dice::of_round(0).seed();
    let other = seed.wrapping_add(1);
    let runs = play_seeds(&[seed, seed, other], false);
    let (first, second) = (&runs[0], &runs[1]);
    println!(
        "seed {seed}: {} lines, digest {}",
        first.lines.len(),
        first.digest
    );
    let pairs = first.lines.iter().zip(&second.lines);
    if let Some(line) = pairs.into_iter().position(|(one, other)| one != other) {
        for lines in [&first.lines, &second.lines] {
            let shown = &lines[line.saturating_sub(5)..lines.len().min(line + 3)];
            println!("…\n{}", shown.join("\n"));
        }
    }
    assert_eq!(first.digest, second.digest);
    assert_ne!(first.digest, runs[2].digest, "another seed is another run");
}

/// A provider that takes every repeat for something new; where no answer is lost, nobody notices.
#[test]
fn a_provider_that_forgets_its_keys_is_found_out() {
    let seeds: Vec<u64> = (0..SUSPECTS)
        .map(|round| Dice::of_round(round).seed())
        .collect();
    for some in seeds.chunks(2) {
        let outcomes = play_seeds(some, true);
        let mut found = outcomes.iter().filter(|run| !run.failures.is_empty());
        if let Some(run) = found.next() {
            println!("found by seed {}: {}", run.seed, run.failures.join("\n  "));
            return;
        }
    }
    panic!("nobody noticed");
}

/// What a failed seed left behind, and how to see it again.
fn told(run: &Outcome) -> String {
    let from = run.lines.len().saturating_sub(SHOWN);
    format!(
        "\nseed {} ({})\n  {}\n  again: TENON_SEED={} TENON_ROUNDS=1 cargo nextest run -p simulation whatever\n{}",
        run.seed,
        run.digest,
        run.failures.join("\n  "),
        run.seed,
        run.lines[from..].join("\n")
    )
}
