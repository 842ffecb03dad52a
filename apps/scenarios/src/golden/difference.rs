//! What differs between two recordings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::recording::{Exchange, Recording};

/// One value that differs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) case: String,
    /// `status`, `header etag`, `body /data/0/status`
    pub(crate) place: String,
    pub(crate) left: String,
    pub(crate) right: String,
}

/// Longest value that is printed whole.
const WIDEST: usize = 160;
const ABSENT: &str = "(absent)";

/// Compares everything but the samples.
pub(crate) fn between(left: &Recording, right: &Recording) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |case: &str, place: &str, left: &str, right: &str| {
        if left != right {
            found.push(Difference::new(case, place, left, right));
        }
    };
    differ(
        "recording",
        "rules",
        &left.rules.join("\n"),
        &right.rules.join("\n"),
    );
    let names = |recording: &Recording| recording.operations.join(" ");
    differ("recording", "operations", &names(left), &names(right));
    let order = |recording: &Recording| -> Vec<String> {
        let cases = recording.exchanges.iter();
        cases.map(|exchange| exchange.case.clone()).collect()
    };
    let (left_order, right_order) = (order(left), order(right));
    let others: BTreeMap<&str, &Exchange> = right
        .exchanges
        .iter()
        .map(|exchange| (exchange.case.as_str(), exchange))
        .collect();
    let mut met = BTreeSet::new();
    for exchange in &left.exchanges {
        met.insert(exchange.case.as_str());
        match others.get(exchange.case.as_str()) {
            Some(other) => exchanges(exchange, other, &mut found),
            None => found.push(Difference::new(
                &exchange.case,
                "exchange",
                "recorded",
                ABSENT,
            )),
        }
    }
    for exchange in &right.exchanges {
        if !met.contains(exchange.case.as_str()) {
            found.push(Difference::new(
                &exchange.case,
                "exchange",
                ABSENT,
                "recorded",
            ));
        }
    }
    if found.is_empty() && left_order != right_order {
        found.push(Difference::new(
            "recording",
            "order of exchanges",
            "one",
            "another",
        ));
    }
    let mails = |recording: &Recording| serde_json::to_value(&recording.mails).unwrap_or_default();
    values("mails", "mail", "", &mails(left), &mails(right), &mut found);
    found
}

fn exchanges(left: &Exchange, right: &Exchange, found: &mut Vec<Difference>) {
    let case = &left.case;
    let asked = |exchange: &Exchange| serde_json::to_value(&exchange.request).unwrap_or_default();
    values(case, "request", "", &asked(left), &asked(right), found);
    let (left, right) = (&left.answer, &right.answer);
    if left.status != right.status {
        let (left, right) = (left.status.to_string(), right.status.to_string());
        found.push(Difference::new(case, "status", &left, &right));
    }
    let names: BTreeSet<&String> = left.headers.keys().chain(right.headers.keys()).collect();
    for name in names {
        let text = |headers: &BTreeMap<String, Vec<String>>| {
            let values = headers.get(name);
            values.map_or_else(|| ABSENT.to_owned(), |values| values.join(" | "))
        };
        let (left, right) = (text(&left.headers), text(&right.headers));
        if left != right {
            found.push(Difference::new(
                case,
                &format!("header {name}"),
                &left,
                &right,
            ));
        }
    }
    values(case, "body", "", &left.body, &right.body, found);
}

/// Compares values member by member, in order.
fn values(
    case: &str,
    part: &str,
    pointer: &str,
    left: &Value,
    right: &Value,
    found: &mut Vec<Difference>,
) {
    let place = || {
        format!(
            "{part} {}",
            if pointer.is_empty() {
                "(whole)"
            } else {
                pointer
            }
        )
    };
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let before = found.len();
            for (name, value) in a {
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                match b.get(name) {
                    Some(other) => values(case, part, &pointer, value, other, found),
                    None => found.push(Difference::new(
                        case,
                        &format!("{part} {pointer}"),
                        &value.to_string(),
                        ABSENT,
                    )),
                }
            }
            for (name, value) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                let place = format!("{part} {pointer}/{name}");
                found.push(Difference::new(case, &place, ABSENT, &value.to_string()));
            }
            if found.len() == before && !a.keys().eq(b.keys()) {
                let names = |members: &serde_json::Map<String, Value>| {
                    members.keys().cloned().collect::<Vec<_>>().join(", ")
                };
                found.push(Difference::new(
                    case,
                    &format!("{} order of members", place()),
                    &names(a),
                    &names(b),
                ));
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                let (left, right) = (format!("{} items", a.len()), format!("{} items", b.len()));
                found.push(Difference::new(case, &place(), &left, &right));
            }
            for (position, (left, right)) in a.iter().zip(b).enumerate() {
                values(
                    case,
                    part,
                    &format!("{pointer}/{position}"),
                    left,
                    right,
                    found,
                );
            }
        }
        _ if left == right => {}
        _ => found.push(Difference::new(
            case,
            &place(),
            &left.to_string(),
            &right.to_string(),
        )),
    }
}

impl Difference {
    fn new(case: &str, place: &str, left: &str, right: &str) -> Self {
        Self {
            case: case.to_owned(),
            place: place.to_owned(),
            left: left.to_owned(),
            right: right.to_owned(),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |text: &str| {
            let mut chars = text.chars();
            let head: String = chars.by_ref().take(WIDEST).collect();
            if chars.next().is_some() {
                head + "…"
            } else {
                head
            }
        };
        writeln!(f, "{} | {}", self.case, self.place)?;
        writeln!(f, "    - {}", short(&self.left))?;
        write!(f, "    + {}", short(&self.right))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::recording::{Answer, Request};
    use super::*;

    fn recording(status: u16, etag: &str, body: Value) -> Recording {
        let mut recording = Recording::new(Vec::new());
        recording.exchanges.push(Exchange {
            case: "get_a: found".to_owned(),
            operation: Some("get_a".to_owned()),
            request: Request {
                line: "GET /a".to_owned(),
                headers: Vec::new(),
                body: Value::Null,
            },
            answer: Answer {
                status,
                headers: [("etag".to_owned(), vec![etag.to_owned()])].into(),
                body,
            },
        });
        recording
    }

    fn places(left: &Recording, right: &Recording) -> Vec<String> {
        let found = between(left, right);
        found
            .into_iter()
            .map(|difference| difference.place)
            .collect()
    }

    #[test]
    fn equal_recordings_have_no_differences_whatever_they_cost() {
        let one = recording(200, "\"v1\"", json!({ "a": 1 }));
        let mut other = recording(200, "\"v1\"", json!({ "a": 1 }));
        other.samples.insert(
            "get_a".to_owned(),
            super::super::recording::Sample {
                requests: 1,
                successes: 1,
                median_us: Some(7),
                seam_calls: None,
            },
        );
        assert_eq!(between(&one, &other), []);
    }

    #[test]
    fn each_difference_is_told_with_its_place() {
        let one = recording(
            200,
            "\"v1\"",
            json!({ "a": 1, "b": [1, { "c/d": 2 }], "e": 3 }),
        );
        let other = recording(
            201,
            "\"v2\"",
            json!({ "a": 1, "b": [1, { "c/d": 3 }, 4], "f": 3 }),
        );
        assert_eq!(
            places(&one, &other),
            [
                "status",
                "header etag",
                "body /b",
                "body /b/1/c~1d",
                "body /e",
                "body /f"
            ]
        );
        assert_eq!(places(&one, &Recording::new(Vec::new())), ["exchange"]);
        assert_eq!(places(&Recording::new(Vec::new()), &one), ["exchange"]);
    }

    #[test]
    fn the_order_of_members_counts() {
        let one = recording(200, "", json!({ "a": 1, "b": 2 }));
        let other = recording(200, "", json!({ "b": 2, "a": 1 }));
        assert_eq!(places(&one, &other), ["body (whole) order of members"]);
    }
}
