//! `?fields=id,total.amount`: of the things that are answered, these members and no others.
//!
//! What there is to choose from is what the endpoint's answer is declared to have, so a name that is none is refused
//! before anything is done.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};
use tenon_kernel::{ErrorKind, FieldError};

use crate::Problem;
use crate::endpoint::SchemaFn;

/// The query member.
pub(crate) const FIELDS: &str = "fields";
/// How a choice is written.
pub(crate) const PATTERN: &str =
    "^[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)?(,[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)?)*$";

/// Members, and members of members.
const DEPTH: usize = 2;
/// Most names of one request.
const MAX_NAMES: usize = 100;
/// Longest list that a refusal repeats names of.
const MAX_SHOWN: usize = 60;

/// What things of one kind have.
#[derive(Debug, Default)]
pub(crate) struct Members {
    named: BTreeMap<String, Members>,
    /// Whether they may have any other: maps of the caller's own names, and what no schema tells.
    is_open: bool,
}

/// What an operation's answer lets callers choose from.
#[derive(Debug)]
pub(crate) struct Answered {
    /// Whether it is a list: what is chosen are members of its things, and what is around them stays.
    is_list: bool,
    things: Members,
}

/// What one caller has chosen. Nothing below a name is all of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    names: BTreeMap<String, Option<Chosen>>,
}

impl Answered {
    /// Reads it off the schema of an answer; `None` where there is nothing to choose.
    pub(crate) fn of(schema: SchemaFn) -> Option<Self> {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let mut generator = settings.into_generator();
        let root = schema(&mut generator).to_value();
        let definitions = generator.take_definitions(true);
        let reader = Reader {
            definitions: &definitions,
        };
        let mut things = reader.members(&root, DEPTH + 1);
        let is_list = reader.property(&root, "data").is_some_and(|data| {
            let mut branches = Vec::new();
            reader.branches(data, &mut branches);
            branches.iter().any(|branch| branch["type"] == "array")
        });
        if is_list {
            things = things.named.remove("data").unwrap_or_default();
        }
        // The schema was read one level deeper than may be chosen, for lists.
        let has_choice = !things.named.is_empty();
        has_choice.then_some(Self { is_list, things })
    }

    /// The members of the things, by name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.things.named.keys().map(String::as_str)
    }

    /// Reads what a caller chooses.
    pub(crate) fn choose(&self, text: &str) -> Result<Chosen, Problem> {
        let mut chosen = Chosen::default();
        for (place, name) in text.split(',').enumerate() {
            if place == MAX_NAMES {
                let detail = format!("There may be {MAX_NAMES} names at most.");
                return Err(refused("too_many", detail));
            }
            if !name.split('.').all(is_name) {
                let detail = "Expected names of members, separated by commas; `a.b` is the member `b` of `a`.";
                return Err(refused("invalid_value", detail));
            }
            if name.split('.').count() > DEPTH {
                let shown = shown(name);
                let detail =
                    format!("{shown} goes too deep: only members of members can be named.");
                return Err(refused("invalid_value", detail));
            }
            if !self.things.has(name) {
                let shown = shown(name);
                let detail = format!("{shown} is no member of what is answered.");
                return Err(refused("unknown_value", detail));
            }
            chosen.add(name);
        }
        Ok(chosen)
    }

    /// Leaves of an answer what was chosen.
    pub(crate) fn keep(&self, chosen: &Chosen, answer: &mut Value) {
        match answer.get_mut("data").filter(|_| self.is_list) {
            Some(things) => chosen.keep(things),
            None if self.is_list => {}
            None => chosen.keep(answer),
        }
    }
}

impl Members {
    fn has(&self, name: &str) -> bool {
        let (first, rest) = split(name);
        match self.named.get(first) {
            Some(members) => rest.is_none_or(|rest| members.has(rest)),
            None => self.is_open,
        }
    }

    fn merge(&mut self, other: Self) {
        self.is_open |= other.is_open;
        for (name, members) in other.named {
            self.named.entry(name).or_default().merge(members);
        }
    }
}

impl Chosen {
    fn add(&mut self, name: &str) {
        let (first, rest) = split(name);
        let Some(rest) = rest else {
            // All of it: what was chosen of it before is in that.
            self.names.insert(first.to_owned(), None);
            return;
        };
        let below = self.names.entry(first.to_owned());
        if let Some(below) = below.or_insert_with(|| Some(Self::default())) {
            below.add(rest);
        }
    }

    fn keep(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| self.names.contains_key(name));
                for (name, value) in members.iter_mut() {
                    if let Some(Some(below)) = self.names.get(name) {
                        below.keep(value);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.keep(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Finds the members of a schema.
struct Reader<'s> {
    definitions: &'s Map<String, Value>,
}

impl<'s> Reader<'s> {
    fn members(&self, schema: &'s Value, depth: usize) -> Members {
        let mut found = Members::default();
        let mut branches = Vec::new();
        self.branches(schema, &mut branches);
        for branch in branches {
            found.merge(self.members_of_branch(branch, depth));
        }
        found
    }

    fn members_of_branch(&self, branch: &'s Value, depth: usize) -> Members {
        if let Some(items) = branch.get("items") {
            return self.members(items, depth);
        }
        let Some(properties) = branch.get("properties").and_then(Value::as_object) else {
            let kind = branch.get("type");
            let is_map = kind.is_some_and(|kind| *kind == "object" || lists(kind, "object"));
            let says_nothing =
                kind.is_none() && branch.get("enum").or(branch.get("const")).is_none();
            return Members {
                is_open: is_map || says_nothing,
                ..Members::default()
            };
        };
        let others = branch.get("additionalProperties");
        let named = properties.iter().map(|(name, schema)| {
            let members = match depth {
                0 | 1 => Members::default(),
                _ => self.members(schema, depth - 1),
            };
            (name.clone(), members)
        });
        Members {
            named: named.collect(),
            is_open: others.is_some_and(|others| *others != Value::Bool(false)),
        }
    }

    /// All that a value of the schema may be.
    fn branches(&self, schema: &'s Value, found: &mut Vec<&'s Value>) {
        let target = schema["$ref"].as_str();
        if let Some(target) = target.and_then(|target| target.rsplit('/').next())
            && let Some(definition) = self.definitions.get(target)
        {
            self.branches(definition, found);
            return;
        }
        let mut is_choice = false;
        for word in ["anyOf", "oneOf", "allOf"] {
            for branch in schema[word].as_array().into_iter().flatten() {
                is_choice = true;
                self.branches(branch, found);
            }
        }
        if !is_choice || schema.get("properties").is_some() {
            found.push(schema);
        }
    }

    fn property(&self, schema: &'s Value, name: &str) -> Option<&'s Value> {
        let mut branches = Vec::new();
        self.branches(schema, &mut branches);
        branches
            .into_iter()
            .find_map(|branch| branch.get("properties")?.get(name))
    }
}

fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (name, None),
    }
}

fn lists(kinds: &Value, kind: &str) -> bool {
    kinds
        .as_array()
        .is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

pub(crate) fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_letter)
}

/// A name as refusals repeat it; it has been found to be letters and points.
pub(crate) fn shown(name: &str) -> String {
    match name.get(..MAX_SHOWN) {
        Some(beginning) if name.len() > MAX_SHOWN => format!("`{beginning}…`"),
        _ => format!("`{name}`"),
    }
}

fn refused(code: &str, detail: impl Into<String>) -> Problem {
    let wrong = FieldError::new(format!("?{FIELDS}"), code, detail);
    Problem::new(
        ErrorKind::Malformed,
        "invalid_request",
        "Members of the request are wrong; `errors` names them.",
    )
    .with_fields(vec![wrong])
}

#[cfg(test)]
mod tests {
    use schemars::{JsonSchema, SchemaGenerator};
    use serde_json::json;

    use super::*;
    use crate::ListView;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Order {
        id: String,
        total: Option<Total>,
        lines: Vec<Line>,
        state: State,
        labels: BTreeMap<String, String>,
        payload: Value,
        note: Option<String>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Total {
        amount: i64,
        parts: Vec<Line>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Line {
        sku: String,
        quantity: u32,
    }

    #[derive(JsonSchema)]
    #[serde(tag = "kind")]
    #[expect(dead_code, reason = "only its schema is used")]
    enum State {
        Sent { carrier: String },
        Open { since: String },
    }

    fn order() -> Answered {
        Answered::of(SchemaGenerator::subschema_for::<Order>).expect("members")
    }

    fn refusal(text: &str) -> (String, String) {
        let problem = order().choose(text).expect_err("refused");
        let wrong = &problem.fields()[0];
        assert_eq!(
            (problem.status().as_u16(), wrong.pointer.as_str()),
            (400, "?fields")
        );
        (wrong.code.clone(), wrong.detail.clone())
    }

    #[test]
    fn what_is_chosen_stays_and_nothing_else() {
        let whole = json!({
            "id": "o1", "total": { "amount": 5, "parts": [] }, "note": null, "payload": { "a": 1, "b": 2 },
            "lines": [{ "sku": "x", "quantity": 1 }, { "sku": "y", "quantity": 2 }], "labels": { "tea": "green", "b": "c" },
            "state": { "kind": "Sent", "carrier": "post" },
        });
        for (text, wanted) in [
            ("id", json!({ "id": "o1" })),
            ("note,id", json!({ "id": "o1", "note": null })),
            ("total.amount", json!({ "total": { "amount": 5 } })),
            (
                "total.amount,total",
                json!({ "total": { "amount": 5, "parts": [] } }),
            ),
            (
                "total,total.amount",
                json!({ "total": { "amount": 5, "parts": [] } }),
            ),
            (
                "lines.sku",
                json!({ "lines": [{ "sku": "x" }, { "sku": "y" }] }),
            ),
            (
                "state.carrier,state.since",
                json!({ "state": { "carrier": "post" } }),
            ),
            (
                "labels.tea,payload.a",
                json!({ "labels": { "tea": "green" }, "payload": { "a": 1 } }),
            ),
        ] {
            let order = order();
            let chosen = order.choose(text).expect("members");
            let mut answer = whole.clone();
            order.keep(&chosen, &mut answer);
            assert_eq!(answer, wanted, "{text}");
        }
    }

    #[test]
    fn of_a_list_its_things_are_sparse_and_what_is_around_them_stays() {
        let list =
            Answered::of(SchemaGenerator::subschema_for::<ListView<Order>>).expect("members");
        let chosen = list.choose("id,total.amount").expect("members");
        let mut page = json!({ "data": [{ "id": "o1", "note": "x", "total": null }], "next_cursor": "c", "has_more": true });
        list.keep(&chosen, &mut page);
        let wanted = json!({ "data": [{ "id": "o1", "total": null }], "next_cursor": "c", "has_more": true });
        assert_eq!(page, wanted);
        assert!(list.choose("data").is_err() && list.choose("total.parts.sku").is_err());
    }

    #[test]
    fn names_that_are_none_are_refused_by_name() {
        let unknown = |name: &str| {
            let detail = format!("`{name}` is no member of what is answered.");
            ("unknown_value".to_owned(), detail)
        };
        assert_eq!(refusal("id,colour"), unknown("colour"));
        assert_eq!(refusal("total.colour"), unknown("total.colour"));
        assert_eq!(refusal("note.text"), unknown("note.text"));
        assert_eq!(refusal("state.colour"), unknown("state.colour"));
        assert!(refusal("total.parts.sku").1.contains("too deep"));
        for bad in [
            "",
            "id,",
            "id,,note",
            "id note",
            "total.",
            ".",
            "<b>",
            "payload.<b>",
        ] {
            let (code, detail) = refusal(bad);
            assert_eq!(code, "invalid_value", "{bad}");
            assert!(!detail.contains('<'), "{detail}");
        }
        let many = vec!["id"; MAX_NAMES + 1].join(",");
        assert_eq!(refusal(&many).0, "too_many");
        assert!(refusal(&"x".repeat(5_000)).1.len() < 200);
    }

    #[test]
    fn an_answer_without_members_has_nothing_to_choose() {
        assert!(Answered::of(SchemaGenerator::subschema_for::<String>).is_none());
        assert!(Answered::of(SchemaGenerator::subschema_for::<ListView<String>>).is_none());
    }
}
