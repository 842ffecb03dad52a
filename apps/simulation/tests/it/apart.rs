//! Runs each seed in a process of its own.
//!
//! tokio numbers its tasks for the whole process, and drops those of a process that is killed in an order that follows
//! from the numbers. Only where every run begins with a process do two runs of a seed drop them alike. Nothing else is
//! left behind from one seed to the next either, and seeds run beside each other.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tenon_testkit::Dice;

use crate::run::{Outcome, run};
use crate::template::Template;
use crate::trace::WATCH;

/// Runs at once: each has one thread.
const AT_ONCE: usize = 2;
/// Tells a process that it is one of a run, and where its order is.
const ORDER: &str = "TENON_SIMULATE";
/// A debug build's futures are large.
const STACK: &str = "33554432";
/// The test that a run's process calls itself with.
const TEST: &str = "apart::a_process_of_a_run_does_as_it_is_told";

/// Does what the order says, in the process that was started for it; in any other, nothing.
#[test]
fn a_process_of_a_run_does_as_it_is_told() {
    let Some(order) = std::env::var_os(ORDER).map(PathBuf::from) else {
        return;
    };
    let text = std::fs::read(&order).expect("an order");
    let told: Value = serde_json::from_slice(&text).expect("JSON");
    let folder = told["template"].as_str().expect("a folder");
    let template = Template::open(Path::new(folder));
    let seed = told["seed"].as_u64().expect("a number");
    let outcome = run(template, seed, told["forgets_keys"] == true);
    let text = serde_json::to_vec(&outcome).expect("plain data");
    std::fs::write(order.with_extension("outcome"), text).expect("writes");
}

/// Runs so many seeds, some at once; returns them in their order.
pub(crate) fn play(count: usize, forgets_keys: bool) -> Vec<Outcome> {
    let seeds: Vec<u64> = (0..count)
        .map(|round| Dice::of_round(round).seed())
        .collect();
    play_seeds(&seeds, forgets_keys)
}

/// Runs these seeds, some at once; returns them in their order.
pub(crate) fn play_seeds(seeds: &[u64], forgets_keys: bool) -> Vec<Outcome> {
    let template = Template::new();
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(seeds.len()) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let Some(seed) = seeds.get(number) else {
                        return;
                    };
                    let outcome = one(&template, number, *seed, forgets_keys);
                    let mut outcomes = outcomes.lock().expect("nobody panics holding it");
                    outcomes.push((number, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().expect("all are done");
    outcomes.sort_by_key(|(number, _)| *number);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn one(template: &Template, number: usize, seed: u64, forgets_keys: bool) -> Outcome {
    let order = template.folder().join(format!("run-{number}.order"));
    let told = json!({ "template": template.folder(), "seed": seed, "forgets_keys": forgets_keys });
    std::fs::write(&order, told.to_string()).expect("writes");
    let program = std::env::current_exe().expect("it runs");
    let watch = std::env::var_os(WATCH).map_or_else(Stdio::piped, |_| Stdio::inherit());
    let ended = Command::new(program)
        .args(["--exact", TEST, "--nocapture", "--test-threads=1"])
        .env(ORDER, &order)
        .env("RUST_MIN_STACK", STACK)
        .stdout(Stdio::piped())
        .stderr(watch)
        .output()
        .expect("starts");
    let outcome = order.with_extension("outcome");
    let Ok(text) = std::fs::read(&outcome) else {
        let said = String::from_utf8_lossy(&ended.stderr);
        panic!(
            "seed {seed}: the simulation itself broke: {}\n{said}",
            ended.status
        )
    };
    let _gone = (std::fs::remove_file(&outcome), std::fs::remove_file(&order));
    let mut outcome: Outcome = serde_json::from_slice(&text).expect("JSON");
    if !outcome.failures.is_empty() {
        // What `tenon verify` said stands there.
        let said = String::from_utf8_lossy(&ended.stdout);
        let said = said
            .lines()
            .filter(|line| line.starts_with("BROKEN") || line.contains("expected"));
        outcome.failures.extend(said.map(str::to_owned));
    }
    outcome
}
