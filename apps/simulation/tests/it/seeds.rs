//! Seeds: many that must hold, one that must be the same twice, and a bug that they must find.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tenon_testkit::{Dice, rounds};
use tokio::time::Instant;

use crate::run::{Outcome, run};
use crate::template::Template;

/// Seeds of a suite; `TENON_ROUNDS` says how many in a longer run.
const USUALLY: usize = 4;
/// Seeds within which a bug must be found.
const SUSPECTS: usize = 12;
/// Runs at once: a run has one thread.
const AT_ONCE: usize = 2;

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
        report(run);
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
    let template = Template::new();
    let seed = Dice::of_round(0).seed();
    let (first, second) = (run(&template, seed, false), run(&template, seed, false));
    println!(
        "seed {seed}: {} lines, digest {}",
        first.lines.len(),
        first.digest
    );
    let differ = first
        .lines
        .iter()
        .zip(&second.lines)
        .position(|(one, other)| one != other);
    if let Some(line) = differ {
        let from = line.saturating_sub(5);
        for lines in [&first.lines, &second.lines] {
            let shown = &lines[from..lines.len().min(line + 3)];
            println!("…\n{}", shown.join("\n"));
        }
    }
    assert_eq!(first.digest, second.digest);
    let other = run(&template, seed.wrapping_add(1), false);
    assert_ne!(first.digest, other.digest, "another seed is another run");
}

/// A provider that takes every repeat for something new; where no answer is lost, nobody notices.
#[test]
fn a_provider_that_forgets_its_keys_is_found_out() {
    let outcomes = play(SUSPECTS, true);
    let found = outcomes.iter().filter(|run| !run.failures.is_empty());
    let found: Vec<u64> = found.map(|run| run.seed).collect();
    println!("found by {} of {SUSPECTS} seeds: {found:?}", found.len());
    assert!(!found.is_empty(), "nobody noticed");
}

/// Runs so many seeds, some at once, in their order.
fn play(count: usize, forgets_keys: bool) -> Vec<Outcome> {
    let template = Template::new();
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(count) {
            let (next, outcomes, template) = (&next, &outcomes, Arc::clone(&template));
            scope.spawn(move || {
                loop {
                    let round = next.fetch_add(1, Ordering::SeqCst);
                    if round >= count {
                        return;
                    }
                    let outcome = run(&template, Dice::of_round(round).seed(), forgets_keys);
                    outcomes.lock().expect("no run panics here").push(outcome);
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().expect("all are done");
    outcomes.sort_by_key(|run| run.seed);
    outcomes
}

fn report(run: &Outcome) {
    println!("\nseed {} ({})", run.seed, run.digest);
    for failure in &run.failures {
        println!("  {failure}");
    }
    println!(
        "  again: TENON_SEED={} TENON_ROUNDS=1 cargo nextest run -p simulation whatever",
        run.seed
    );
    println!("{}", run.tail);
}
