//! Errors that only mean something inside one process.

use super::module::Module;
use super::report::Report;
use crate::check::Finding;
use crate::contracts::is_open_at;

/// What cannot be encoded, or is lost on the way.
const LOST: [(&str, &str); 6] = [
    ("BoxError", "a boxed error does not cross the seam"),
    ("anyhow", "an anyhow error does not cross the seam"),
    (
        "source",
        "a source chain is lost on the way: log it where it happens",
    ),
    ("skip", "a skipped member is lost on the way"),
    ("skip_serializing", "a skipped member is lost on the way"),
    ("skip_deserializing", "a skipped member is lost on the way"),
];

pub(super) fn check(module: &Module, report: &mut Report) {
    for source in &module.contract {
        for (word, why) in LOST {
            for at in source.places(word) {
                // Only inside attributes, or as a type: `source` may be a name like any other.
                let is_attribute = matches!(source.word(at.saturating_sub(1)), "(" | "," | "[")
                    && in_attribute(
                        &source.tokens[..at]
                            .iter()
                            .map(|token| token.text.as_str())
                            .collect::<Vec<_>>(),
                    );
                let is_type = word == "BoxError" || word == "anyhow";
                if is_attribute || is_type {
                    report.blocks.push(finding(
                        source.file.clone(),
                        source.line(at),
                        why.to_owned(),
                    ));
                }
            }
        }
        for at in source.places("dyn") {
            if source.tokens[at..]
                .iter()
                .take(9)
                .any(|token| token.text == "Error")
            {
                let what = "an error behind `dyn` does not cross the seam".to_owned();
                report
                    .blocks
                    .push(finding(source.file.clone(), source.line(at), what));
            }
        }
    }
    for source in &module.sources {
        for word in ["downcast_ref", "downcast"] {
            for at in source.places(word) {
                let what = "tells errors apart by their type in memory: use their code".to_owned();
                report
                    .blocks
                    .push(finding(source.file.clone(), source.line(at), what));
            }
        }
    }
    for (method, row) in module.methods() {
        if row.get("error").is_some()
            && !is_open_at(&module.document, &format!("/methods/{method}/error"))
        {
            let (file, line) = module.declared_at(method);
            let what = format!(
                "the error of {method} has no case `unknown`: a newer server's code would not decode"
            );
            report.blocks.push(finding(file, line, what));
        }
    }
}

/// Whether what precedes is an open `#[…`.
fn in_attribute(before: &[&str]) -> bool {
    let open = before.iter().rposition(|word| *word == "[");
    open.is_some_and(|open| open > 0 && before[open - 1] == "#" && !before[open..].contains(&"]"))
}

fn finding(file: std::path::PathBuf, line: usize, what: String) -> Finding {
    Finding {
        rule: "errors-cross-the-seam",
        file,
        line,
        what,
    }
}
