//! Whether a recording covers the server's document, and whether the document covers the recording.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::Document;
use super::recording::{Exchange, Recording};

/// What is missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Gaps {
    /// Operations without an exchange that succeeded.
    pub(crate) without_success: Vec<String>,
    /// Operations without an exchange that failed.
    pub(crate) without_failure: Vec<String>,
    /// Answers with a status or code that the document does not know, as sentences.
    pub(crate) undocumented: Vec<String>,
}

/// Compares a recording with the operations it names.
pub(crate) fn gaps(recording: &Recording) -> Gaps {
    let answered = |wanted: fn(u16) -> bool| -> BTreeSet<&str> {
        let exchanges = recording.exchanges.iter();
        exchanges
            .filter(|exchange| wanted(exchange.answer.status))
            .filter_map(|exchange| exchange.operation.as_deref())
            .collect()
    };
    // A page of ours succeeds by sending the browser on.
    let succeeded = answered(|status| matches!(status, 200..=299 | 303));
    let failed = answered(|status| (400..500).contains(&status));
    let without = |covered: &BTreeSet<&str>| {
        let missing = recording.operations.iter();
        missing
            .filter(|id| !covered.contains(id.as_str()))
            .cloned()
            .collect()
    };
    Gaps {
        without_success: without(&succeeded),
        without_failure: without(&failed),
        undocumented: Vec::new(),
    }
}

/// As [`gaps`], and checks each answer against the document.
pub(crate) fn check(recording: &Recording, document: &Document) -> Gaps {
    let undocumented = recording.exchanges.iter();
    Gaps {
        undocumented: undocumented
            .filter_map(|exchange| surprise(exchange, document))
            .collect(),
        ..gaps(recording)
    }
}

/// Documented failures of the modules, and how many of them were seen: `(seen, all, those not seen)`.
pub(crate) fn failures_seen(
    recording: &Recording,
    document: &Document,
) -> (usize, usize, Vec<String>) {
    let seen: BTreeSet<(&str, &str)> = recording
        .exchanges
        .iter()
        .filter_map(|exchange| Some((exchange.operation.as_deref()?, code(exchange)?)))
        .collect();
    let mut all = BTreeMap::new();
    for operation in &document.operations {
        for code in operation.answers.values().flatten() {
            if code.contains('.') {
                let is_seen = seen.contains(&(operation.id.as_str(), code.as_str()));
                all.insert(format!("{}: {code}", operation.id), is_seen);
            }
        }
    }
    let count = all.values().filter(|is_seen| **is_seen).count();
    let total = all.len();
    let unseen = all.into_iter().filter(|(_, is_seen)| !is_seen);
    (count, total, unseen.map(|(name, _)| name).collect())
}

fn code(exchange: &Exchange) -> Option<&str> {
    exchange.answer.body.get("code").and_then(Value::as_str)
}

fn surprise(exchange: &Exchange, document: &Document) -> Option<String> {
    let id = exchange.operation.as_deref()?;
    let operation = document.operations.iter().find(|known| known.id == id)?;
    let status = exchange.answer.status;
    let Some(codes) = operation.answers.get(&status) else {
        return Some(format!("{}: {status} is not documented", exchange.case));
    };
    match (
        operation.located.contains(&status),
        exchange.answer.headers.contains_key("location"),
    ) {
        (true, false) => return Some(format!("{}: Location is missing", exchange.case)),
        (false, true) => return Some(format!("{}: Location is not documented", exchange.case)),
        _ => {}
    }
    let code = code(exchange).filter(|_| status >= 400)?;
    (!codes.is_empty() && !codes.contains(code))
        .then(|| format!("{}: {status} `{code}` is not documented", exchange.case))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::recording::{Answer, Request};
    use super::*;

    fn recording(answers: &[(&str, u16, &str)]) -> Recording {
        let exchange = |(operation, status, code): &(&str, u16, &str)| Exchange {
            case: format!("{operation}: {status}"),
            operation: Some((*operation).to_owned()),
            request: Request {
                line: String::new(),
                headers: Vec::new(),
                body: Value::Null,
            },
            answer: Answer {
                status: *status,
                headers: BTreeMap::new(),
                body: json!({ "code": code }),
            },
        };
        let mut recording = Recording::new(Vec::new());
        recording.operations = vec!["get_a".to_owned(), "get_b".to_owned()];
        recording.exchanges = answers.iter().map(exchange).collect();
        recording
    }

    #[test]
    fn an_operation_needs_a_success_and_a_failure() {
        let whole = [
            ("get_a", 200, ""),
            ("get_a", 404, ""),
            ("get_b", 204, ""),
            ("get_b", 401, ""),
        ];
        assert_eq!(gaps(&recording(&whole)), Gaps::default());
        let found = gaps(&recording(&whole[..3]));
        assert_eq!(found.without_failure, ["get_b"]);
        assert!(found.without_success.is_empty());
        let found = gaps(&recording(&[("get_a", 304, ""), ("get_a", 500, "")]));
        assert_eq!(found.without_success, ["get_a", "get_b"]);
        assert_eq!(found.without_failure, ["get_a", "get_b"]);
    }

    #[test]
    fn answers_that_the_document_does_not_know_are_told() {
        let document = json!({ "paths": { "/a": { "get": { "operationId": "get_a", "responses": {
            "200": {}, "404": { "x-codes": ["shop.gone", "shop.never"] } } } } } });
        let document = Document::parse(&document).expect("a document");
        let seen = [
            ("get_a", 200, ""),
            ("get_a", 404, "shop.gone"),
            ("get_a", 404, "other"),
            ("get_a", 409, ""),
        ];
        let recording = recording(&seen);
        assert_eq!(
            check(&recording, &document).undocumented,
            [
                "get_a: 404: 404 `other` is not documented",
                "get_a: 409: 409 is not documented"
            ]
        );
        let (count, all, unseen) = failures_seen(&recording, &document);
        assert_eq!((count, all), (1, 2));
        assert_eq!(unseen, ["get_a: shop.never"]);
    }

    #[test]
    fn an_answer_says_where_to_look_exactly_if_the_document_promises_it() {
        let document = json!({ "paths": { "/a": { "get": { "operationId": "get_a", "responses": {
            "200": {}, "202": { "headers": { "Location": {} } } } } } } });
        let document = Document::parse(&document).expect("a document");
        let mut led = recording(&[("get_a", 200, ""), ("get_a", 202, "")]);
        assert_eq!(
            check(&led, &document).undocumented,
            ["get_a: 202: Location is missing"]
        );
        let location = || ("location".to_owned(), vec!["/a".to_owned()]);
        for exchange in &mut led.exchanges {
            exchange.answer.headers.extend([location()]);
        }
        assert_eq!(
            check(&led, &document).undocumented,
            ["get_a: 200: Location is not documented"]
        );
    }
}
