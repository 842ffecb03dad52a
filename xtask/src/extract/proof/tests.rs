//! The verdict can be a failure: one thing planted at a time.

use serde_json::{Value, json};

use super::live::Live;
use super::report::Proof;
use crate::golden::Compared;
use crate::stack::Backend;
use crate::topology::Topology;

fn proof() -> Proof {
    Proof {
        topology: Topology::RemoteOne("catalog"),
        backend: Backend::Sqlite,
        tested: false,
        compared: Compared {
            operations: 2,
            exchanges: 9,
            mails: 1,
            differences: 0,
        },
        live: Some(Live {
            moved: json!({ "paused_ms": 40, "took_ms": 90, "tables": [{ "rows": 7 }] }),
            buyers: json!({
                "asked": 5, "acknowledged": 5, "refused": [], "repeated": 2, "longest_wait_ms": 300,
                "account": { "lost": [], "doubled": [], "unpaid": [] },
                "phases": [
                    { "name": "service", "bought": 2 },
                    { "name": "killed", "module_unavailable": 3, "other_answered": 4, "problem": { "retry": "after" } },
                    { "name": "back", "bought": 1, "first_answer_of_module_after_ms": 70 },
                ],
            }),
            is_even: true,
            read_local_us: 500,
            read_remote_us: 900,
        }),
        latency: Vec::new(),
    }
}

/// Changes one value of what the buyers saw.
fn with(pointer: &str, value: Value) -> Proof {
    let mut proof = proof();
    let live = proof.live.as_mut().expect("moved");
    *live.buyers.pointer_mut(pointer).expect("there") = value;
    proof
}

#[test]
fn a_run_without_loss_or_difference_is_proved() {
    let proof = proof();
    assert_eq!(proof.failures(), Vec::<String>::new());
    assert!(
        proof
            .text()
            .contains("Proved: nothing lost, doubled or different.")
    );
}

#[test]
fn each_planted_failure_is_found() {
    let mut different = proof();
    different.compared.differences = 1;
    let mut uneven = proof();
    uneven.live.as_mut().expect("moved").is_even = false;
    for (planted, expected) in [
        (different, "answers differ"),
        (uneven, "something was lost, doubled or not paid"),
        (
            with("/phases/0/bought", json!(0)),
            "nothing was bought from the service",
        ),
        (
            with("/phases/1/module_unavailable", json!(0)),
            "the kill was not told as 503",
        ),
        (
            with("/phases/1/problem", json!({})),
            "the 503 does not say whether to try again",
        ),
        (
            with("/phases/1/other_answered", json!(0)),
            "other modules did not answer during the kill",
        ),
        (
            with("/phases/2/first_answer_of_module_after_ms", json!(2_001)),
            "the service that is back does not answer in time",
        ),
        (
            with("/phases/2/bought", json!(0)),
            "nothing was bought after the kill",
        ),
    ] {
        assert_eq!(planted.failures(), [expected]);
        let said = format!("NOT proved: {expected}.");
        assert!(planted.text().contains(&said), "{expected}");
    }
}
