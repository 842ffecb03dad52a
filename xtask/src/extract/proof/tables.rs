//! Tables of a report: what the buyers and the mover told.

use serde_json::Value;

use super::live::{self, Live};
use super::report::put;

pub(super) fn rows_of(live: &Live, row: &mut impl FnMut(&str, String)) {
    let buyers = &live.buyers;
    let length = |list: &Value| list.as_array().map_or(0, Vec::len);
    let account = &buyers["account"];
    row(
        "Checkouts asked for, acknowledged, refused",
        format!(
            "{}, {}, {}",
            buyers["asked"],
            buyers["acknowledged"],
            length(&buyers["refused"])
        ),
    );
    row(
        "Requests repeated under their key",
        buyers["repeated"].to_string(),
    );
    row(
        "Longest that one buyer asked again until the purchase was told",
        format!("{} ms", buyers["longest_wait_ms"]),
    );
    row("Lost", length(&account["lost"]).to_string());
    row("Doubled", length(&account["doubled"]).to_string());
    row("Not paid", length(&account["unpaid"]).to_string());
    row(
        "`tenon verify` of each process",
        "all invariants hold".to_owned(),
    );
    let rows: u64 = live.moved["tables"].as_array().map_or(0, |tables| {
        tables
            .iter()
            .filter_map(|table| table["rows"].as_u64())
            .sum()
    });
    row(
        "Data moved under load",
        format!("{rows} rows in {} ms", live.moved["took_ms"]),
    );
    row(
        "Pause of writes, as the mover tells",
        format!("{} ms", live.moved["paused_ms"]),
    );
    let silence = |phase: &str| format!("{} ms", live.phase(phase)["longest_without_purchase_ms"]);
    row("Longest time without a purchase: before", silence("load"));
    row("… begun during the move", silence(live::MOVE));
    row(
        "… begun while the processes were switched",
        silence(live::SWITCH),
    );
    row(
        "… begun while the service was killed and away",
        silence(live::KILLED),
    );
    let back = live.phase(live::BACK);
    row(
        "First answer of the service after it was back",
        format!("{} ms", back["first_answer_of_module_after_ms"]),
    );
}

pub(super) fn phases(text: &mut String, live: &Live) {
    text.push_str("\n## Under load\n\n| Phase | ms | Purchases | Told 503 | Told to try again | No answer | Reads of the module: ok, 503 | Reads of another: ok, not |\n|---|---|---|---|---|---|---|---|\n");
    for phase in live.buyers["phases"].as_array().into_iter().flatten() {
        let name = phase["name"].as_str().unwrap_or_default();
        put(
            text,
            &format!(
                "| {name} | {} | {} | {} | {} | {} | {}, {} | {}, {} |",
                phase["lasted_ms"],
                phase["bought"],
                phase["unavailable"],
                phase["try_again"],
                phase["silence"],
                phase["module_answered"],
                phase["module_unavailable"],
                phase["other_answered"],
                phase["other_unavailable"]
            ),
        );
    }
    let problem = &live.phase(live::KILLED)["problem"];
    let problem = serde_json::to_string_pretty(problem).unwrap_or_default();
    put(
        text,
        &format!("\nWhat a client was told while the service was away:\n\n```json\n{problem}\n```"),
    );
}
