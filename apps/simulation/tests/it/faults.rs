//! What goes wrong in a run: made from its seed before it begins, so that it does not depend on what happens.

use std::fmt;
use std::time::Duration;

use payment_simulator::{Fault, Operation};
use tenon_chaos::Side;
use tenon_testkit::Dice;
use turmoil::Sim;

use crate::courier::PROVIDER;
use crate::stage::Doom;
use crate::template::{GATEWAY, MODULES};

/// The buyers' host.
pub(crate) const BUYERS: &str = "buyers";
/// Longest pause between two faults, in milliseconds.
const MOST_REST: usize = 900;
/// How long a message takes at most, when nothing is wrong.
pub(crate) const LATENCY: Duration = Duration::from_millis(20);
/// Whoever talks to each other.
const LINKS: [(&str, &str); 9] = [
    (BUYERS, GATEWAY),
    (GATEWAY, "identity"),
    (GATEWAY, "catalog"),
    (GATEWAY, "payments"),
    (GATEWAY, "orders"),
    ("orders", "catalog"),
    ("orders", "payments"),
    ("payments", PROVIDER),
    (PROVIDER, GATEWAY),
];

type Link = (&'static str, &'static str);

/// Something that is done to the installation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// A process is killed.
    Kill(&'static str),
    /// It is started, or killed and started.
    Start(&'static str),
    /// A process ends at a commit.
    Doom(Doom),
    /// Messages are lost, both ways.
    Part(Link),
    /// Messages are lost one way.
    PartOneWay(Link),
    /// Messages wait.
    Hold(Link),
    /// All is well again, and what waited arrives.
    Mend(Link),
    /// Messages take up to so long.
    Slow(Link, Duration),
    /// Of a thousand messages so many break their link, until a later one mends it.
    Lose(u32),
    /// The provider does something wrong once.
    Provider(Operation, Fault),
}

/// What goes wrong until then.
pub(crate) fn plan(dice: &mut Dice, until: Duration) -> Vec<(Duration, Act)> {
    let mut acts = Vec::new();
    // The installation has to be there before it can be disturbed.
    let mut at = Duration::from_secs(1);
    while at < until {
        one(dice, at, &mut acts);
        at += millis(dice.roll(MOST_REST) + 50);
    }
    acts.sort_by_key(|(at, _)| *at);
    acts
}

fn one(dice: &mut Dice, at: Duration, acts: &mut Vec<(Duration, Act)>) {
    let processes = [MODULES[0], MODULES[1], MODULES[2], MODULES[3], GATEWAY];
    let link = dice.pick(&LINKS);
    let process = dice.pick(&processes);
    let later = at + millis(dice.roll(2_000) + 50);
    match dice.roll(13) {
        0 | 1 => {
            acts.push((at, Act::Kill(process)));
            acts.push((later, Act::Start(process)));
        }
        2..=4 => {
            let doom = Doom {
                process: dice.pick(&["orders", "payments", "catalog", "orders", "payments"]),
                commits: dice.roll(12) + 1,
                side: dice.pick(&[Side::Before, Side::After]),
            };
            acts.push((at, Act::Doom(doom)));
        }
        5 => {
            acts.push((at, Act::Part(link)));
            acts.push((later, Act::Mend(link)));
        }
        6 => {
            acts.push((at, Act::PartOneWay(link)));
            acts.push((later, Act::Mend(link)));
        }
        7 => {
            let (a, b) = link;
            acts.push((at, Act::PartOneWay((b, a))));
            acts.push((later, Act::Mend(link)));
        }
        8 => {
            acts.push((at, Act::Hold(link)));
            acts.push((later, Act::Mend(link)));
        }
        9 => {
            acts.push((at, Act::Slow(link, millis(dice.roll(1_500) + 100))));
            acts.push((later, Act::Slow(link, LATENCY)));
        }
        10 => {
            let rate = u32::try_from(dice.roll(20) + 1).unwrap_or(1);
            acts.push((at, Act::Lose(rate)));
            acts.push((later, Act::Lose(0)));
        }
        _ => {
            let operations = [
                Operation::Create,
                Operation::Find,
                Operation::Capture,
                Operation::Capture,
                Operation::Void,
                Operation::Refund,
                Operation::Refund,
                Operation::Refund,
            ];
            let faults = [
                Fault::LoseRequest,
                Fault::LoseAnswer,
                Fault::LoseAnswer,
                Fault::BreakOff,
                Fault::BreakOff,
                Fault::Error,
                Fault::Garble,
            ];
            let act = Act::Provider(dice.pick(&operations), dice.pick(&faults));
            acts.push((at, act));
        }
    }
}

/// Does to the network what can be done to it; the rest is up to the run.
pub(crate) fn apply(act: Act, sim: &mut Sim<'_>) {
    match act {
        Act::Kill(process) => sim.crash(process),
        Act::Start(process) => sim.bounce(process),
        Act::Part((a, b)) => sim.partition(a, b),
        Act::PartOneWay((a, b)) => sim.partition_oneway(a, b),
        Act::Hold((a, b)) => sim.hold(a, b),
        Act::Mend((a, b)) => sim.release(a, b),
        Act::Slow((a, b), most) => sim.set_link_max_message_latency(a, b, most),
        Act::Lose(of_a_thousand) => sim.set_fail_rate(f64::from(of_a_thousand) / 1_000.0),
        Act::Doom(_) | Act::Provider(..) => {}
    }
}

/// Ends all faults of the network.
pub(crate) fn heal(sim: &mut Sim<'_>) {
    sim.set_fail_rate(0.0);
    for (a, b) in LINKS {
        sim.release(a, b);
        sim.set_link_max_message_latency(a, b, LATENCY);
    }
}

pub(crate) fn millis(number: usize) -> Duration {
    Duration::from_millis(u64::try_from(number).unwrap_or(u64::MAX))
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FAULT {self:?}")
    }
}
