//! State that lives in one process: a copy of the module elsewhere does not see it.

use std::collections::BTreeSet;

use super::code::Source;
use super::module::Module;
use super::report::Report;
use crate::check::Finding;

/// Types that keep something beyond a call.
const KEEPS: [&str; 16] = [
    "AtomicBool",
    "AtomicI64",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
    "Cache",
    "DashMap",
    "LazyLock",
    "Lazy",
    "Mutex",
    "OnceCell",
    "OnceLock",
    "RefCell",
    "RwLock",
    "moka",
    "thread_local",
];
/// Statics that only report or describe, and die with the process.
const HARMLESS: [&str; 9] = [
    "Counter",
    "Gauge",
    "Histogram",
    "HistogramVec",
    "IntCounter",
    "IntCounterVec",
    "IntGauge",
    "IntGaugeVec",
    "Migrator",
];

pub(super) fn check(module: &Module, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for source in &module.sources {
        let below = source
            .file
            .strip_prefix(&module.folder)
            .unwrap_or(&source.file);
        let key = below.to_string_lossy().into_owned();
        for (line, word) in state(source) {
            seen.insert(key.clone());
            if let Some(why) = module.stated.get(&key) {
                report
                    .stated
                    .insert(source.file.display().to_string(), why.clone());
                continue;
            }
            report.blocks.push(Finding {
                rule: "no-local-state",
                file: source.file.clone(),
                line,
                what: format!(
                    "`{word}` keeps state in the process: store it, or say why it may be lost under \
                     [package.metadata.tenon.local-state] \"{key}\""
                ),
            });
        }
    }
    for (key, why) in &module.stated {
        let problem = if !seen.contains(key) {
            "names a file without state"
        } else if why.trim().len() < 20 {
            "gives no reason"
        } else {
            continue;
        };
        report.blocks.push(Finding {
            rule: "no-local-state",
            file: module.manifest.clone(),
            line: 0,
            what: format!("local-state \"{key}\" {problem}"),
        });
    }
}

/// Lines that keep state, with the word that says so; one for each line.
fn state(source: &Source) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        let is_static = token.text == "static" && source.word(at.saturating_sub(1)) != "'";
        let keeps = KEEPS.contains(&token.text.as_str());
        if !(is_static || keeps) {
            continue;
        }
        // A metric or a set of migrations: look at the whole declaration.
        let rest = source.tokens[at..]
            .iter()
            .take_while(|token| token.text != "=" && token.text != ";");
        let mut words: Vec<&str> = rest.map(|token| token.text.as_str()).collect();
        let back = source.tokens[..at]
            .iter()
            .rev()
            .take(8)
            .map(|token| token.text.as_str());
        words.extend(back.take_while(|word| *word != ";" && *word != "}"));
        let is_harmless = words.iter().any(|word| HARMLESS.contains(word));
        let is_import = imports(source, at);
        let is_new = found.last().is_none_or(|(line, _)| *line != token.line);
        if !is_harmless && !is_import && is_new {
            found.push((token.line, token.text.clone()));
        }
    }
    found
}

/// Whether a place is inside a `use` item; what is imported is found where it is used.
fn imports(source: &Source, at: usize) -> bool {
    let start = source.tokens[..at]
        .iter()
        .rposition(|token| token.text == ";")
        .map_or(0, |end| end + 1);
    let item = &source.tokens[start..at];
    item.iter().any(|token| token.text == "use") && item.iter().all(|token| token.text != "fn")
}
