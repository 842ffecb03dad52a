//! When what was answered: moments by name, and what happened between them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

/// What one request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// A checkout is completed.
    Bought,
    /// A write of a buyer was answered with success: cart, line, delivery or checkout.
    Written,
    /// `503` with a problem.
    Unavailable,
    /// Any other answer that says to try again.
    TryAgain,
    /// No answer: refused, reset, timed out.
    Silence,
    /// The probe of the module got its answer.
    ProbeOfModule,
    /// The probe of another module got its answer.
    ProbeOfOther,
    /// The probe of the module was told `503`.
    ModuleUnavailable,
    /// The probe of another module got anything else.
    OtherUnavailable,
}

/// Moments and outcomes, in milliseconds since the start.
#[derive(Debug)]
pub(crate) struct Timeline {
    start: Instant,
    marks: Vec<(String, u64)>,
    outcomes: Vec<(u64, Outcome)>,
    /// The first problem of each phase.
    problems: BTreeMap<String, Value>,
}

/// What happened from one mark to the next.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Phase {
    pub(crate) name: String,
    pub(crate) lasted_ms: u64,
    pub(crate) bought: usize,
    pub(crate) written: usize,
    pub(crate) unavailable: usize,
    pub(crate) try_again: usize,
    pub(crate) silence: usize,
    pub(crate) module_answered: usize,
    pub(crate) module_unavailable: usize,
    pub(crate) other_answered: usize,
    pub(crate) other_unavailable: usize,
    /// Longest time in which no checkout was completed, begun in this phase.
    pub(crate) longest_without_purchase_ms: u64,
    /// Longest time in which no write of a buyer was answered with success, begun in this phase.
    pub(crate) longest_without_write_ms: u64,
    /// From the mark to the first completed checkout.
    pub(crate) first_purchase_after_ms: Option<u64>,
    /// From the mark to the first answer of the module.
    pub(crate) first_answer_of_module_after_ms: Option<u64>,
    /// The first `503` of the phase, as it was told.
    pub(crate) problem: Option<Value>,
}

impl Timeline {
    /// Begins with the phase `load`.
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            marks: vec![("load".to_owned(), 0)],
            outcomes: Vec::new(),
            problems: BTreeMap::new(),
        }
    }

    /// A new phase begins.
    pub(crate) fn mark(&mut self, name: &str) {
        let now = self.now();
        self.marks.push((name.to_owned(), now));
    }

    pub(crate) fn note(&mut self, outcome: Outcome) {
        let now = self.now();
        self.outcomes.push((now, outcome));
    }

    /// Keeps the first problem of the phase.
    pub(crate) fn problem(&mut self, problem: Value) {
        if let Some((name, _)) = self.marks.last() {
            self.problems.entry(name.clone()).or_insert(problem);
        }
    }

    /// All phases, the last one until now.
    pub(crate) fn phases(&self) -> Vec<Phase> {
        let ends = self.marks.iter().skip(1).map(|(_, at)| *at);
        let ends = ends.chain([self.now()]);
        let spans = self.marks.iter().zip(ends);
        spans
            .map(|((name, from), to)| Phase {
                problem: self.problems.get(name).cloned(),
                ..phase(name, *from, to, &self.outcomes)
            })
            .collect()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn phase(name: &str, from: u64, to: u64, outcomes: &[(u64, Outcome)]) -> Phase {
    let within = |at: u64| (from..to).contains(&at);
    let count = |wanted: Outcome| {
        let found = outcomes.iter();
        found
            .filter(|(at, outcome)| within(*at) && *outcome == wanted)
            .count()
    };
    let first = |wanted: Outcome| {
        let mut found = outcomes.iter();
        let found = found.find(|(at, outcome)| within(*at) && *outcome == wanted);
        found.map(|(at, _)| at - from)
    };
    // A silence begins with a success in the phase, or with the phase, and ends with the next success at any time.
    let longest = |wanted: Outcome| {
        let mut begun = from;
        let mut longest = 0;
        let all = outcomes.iter().filter(|(_, outcome)| *outcome == wanted);
        let last = outcomes.last().map_or(to, |(at, _)| (*at).max(to));
        for at in all
            .map(|(at, _)| *at)
            .filter(|at| *at >= from)
            .chain([last])
        {
            if begun < to {
                longest = longest.max(at.saturating_sub(begun));
            }
            begun = at;
        }
        longest
    };
    Phase {
        name: name.to_owned(),
        lasted_ms: to - from,
        bought: count(Outcome::Bought),
        written: count(Outcome::Written),
        unavailable: count(Outcome::Unavailable),
        try_again: count(Outcome::TryAgain),
        silence: count(Outcome::Silence),
        module_answered: count(Outcome::ProbeOfModule),
        module_unavailable: count(Outcome::ModuleUnavailable),
        other_answered: count(Outcome::ProbeOfOther),
        other_unavailable: count(Outcome::OtherUnavailable),
        longest_without_purchase_ms: longest(Outcome::Bought),
        longest_without_write_ms: longest(Outcome::Written),
        first_purchase_after_ms: first(Outcome::Bought),
        first_answer_of_module_after_ms: first(Outcome::ProbeOfModule),
        problem: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_belongs_to_the_phase_in_which_it_began() {
        let at = |times: &[u64]| -> Vec<(u64, Outcome)> {
            times.iter().map(|&at| (at, Outcome::Bought)).collect()
        };
        let outcomes = at(&[10, 90, 400, 410]);
        let moved = phase("move", 50, 200, &outcomes);
        assert_eq!(moved.longest_without_purchase_ms, 310);
        assert_eq!(moved.bought, 1);
        assert_eq!(moved.first_purchase_after_ms, Some(40));
        let after = phase("after", 200, 420, &outcomes);
        assert_eq!(after.longest_without_purchase_ms, 200);
        assert_eq!(after.bought, 2);
    }
}
