//! Rehearses a rolling upgrade: blessed documents, the current and every superseded one, against today's code.
//!
//! Old callers meet today's owner in every case. Today's callers meet the old owner only where the deploy order
//! that `cargo xtask check contracts` recorded lets them.

use std::fs;
use std::path::{Path, PathBuf};

use contracts::{CONTRACTS, EVENTS};
use serde_json::Value;
use tenon_seam::{EventShape, Method, Recode};

use crate::instances::{self, Choice};
use crate::validator::validate;

/// A document that some deployed peer may speak.
struct Spoken {
    name: String,
    document: Value,
    /// Whether today's callers may meet an owner of this document.
    owner_may_be_older: bool,
}

/// A schema of an old document beside the type that reads it today.
struct Pair<'d> {
    what: String,
    document: &'d Value,
    schema: &'d Value,
    recode: Recode,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contracts")
}

fn read(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("a document is JSON")
}

/// The blessed documents of one kind: `v1` or `events` of a module.
fn spoken(module: &str, stem: &str) -> Vec<Spoken> {
    let current = folder().join(module).join(format!("{stem}.json"));
    let mut found = vec![Spoken {
        name: format!("{module}/{stem}"),
        document: read(&current),
        owner_may_be_older: true,
    }];
    let old = folder().join(module).join("superseded");
    let entries = fs::read_dir(old).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path
            .file_stem()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        if !name.starts_with(&format!("{stem}-")) {
            continue;
        }
        let mut record = read(&path);
        let deploy = record["deploy"].as_str().expect("the recorded order");
        found.push(Spoken {
            owner_may_be_older: matches!(deploy, "any order" | "users first"),
            name: format!("{module}/{name}"),
            document: record["document"].take(),
        });
    }
    found
}

/// Every part of every method that an old document shares with today's table.
fn parts<'d>(spoken: &'d Spoken, methods: &'static [Method], part: &str) -> Vec<Pair<'d>> {
    let shared = methods.iter().filter_map(|method| {
        let schema = spoken
            .document
            .pointer(&format!("/methods/{}/{part}", method.name))?;
        let recode = match part {
            "request" => method.recode_request,
            "response" => method.recode_response,
            _ => method.recode_error,
        };
        let what = format!("{} {} {part}", spoken.name, method.name);
        Some(Pair {
            what,
            document: &spoken.document,
            schema,
            recode,
        })
    });
    shared.collect()
}

impl Pair<'_> {
    /// Everything the old side may write is read by today's type.
    fn decodes(&self) {
        for value in instances::all(self.document, self.schema) {
            if let Err(why) = (self.recode)(&value) {
                panic!("{}: today's code cannot read {value}: {why}", self.what);
            }
        }
    }

    /// Everything today's type writes fits the old schema. `today` makes the values.
    fn is_understood(&self, today: &Value, schema: &Value) {
        for value in instances::all(today, schema) {
            let written = (self.recode)(&value)
                .unwrap_or_else(|why| panic!("{}: {value} of today's schema: {why}", self.what));
            if let Err(why) = validate(self.document, self.schema, &written) {
                panic!(
                    "{}: who speaks this document cannot read {written}: {why}",
                    self.what
                );
            }
        }
    }
}

#[test]
fn callers_of_every_blessed_version_are_understood_today() {
    for methods in CONTRACTS {
        let (module, version) = (methods[0].module, methods[0].version);
        for spoken in spoken(module, &format!("v{version}")) {
            let requests = parts(&spoken, methods, "request");
            assert!(!requests.is_empty(), "{}: no method in common", spoken.name);
            requests.iter().for_each(Pair::decodes);
        }
    }
}

#[test]
fn callers_of_every_blessed_version_understand_what_is_answered_today() {
    for methods in CONTRACTS {
        let today = contracts::contract(methods);
        let stem = format!("v{}", methods[0].version);
        for spoken in spoken(methods[0].module, &stem) {
            for part in ["response", "error"] {
                for (pair, method) in parts(&spoken, methods, part)
                    .iter()
                    .zip(shared(&spoken, methods))
                {
                    let schema = &today["methods"][method.name][part];
                    pair.is_understood(&today, schema);
                }
            }
        }
    }
}

#[test]
fn callers_of_today_understand_older_owners_where_the_deploy_order_lets_them_meet() {
    for methods in CONTRACTS {
        let today = contracts::contract(methods);
        let stem = format!("v{}", methods[0].version);
        for spoken in spoken(methods[0].module, &stem)
            .iter()
            .filter(|spoken| spoken.owner_may_be_older)
        {
            for part in ["response", "error"] {
                parts(spoken, methods, part).iter().for_each(Pair::decodes);
            }
            for (pair, method) in parts(spoken, methods, "request")
                .iter()
                .zip(shared(spoken, methods))
            {
                pair.is_understood(&today, &today["methods"][method.name]["request"]);
            }
        }
    }
}

#[test]
fn answers_and_errors_of_tomorrow_still_decode() {
    for methods in CONTRACTS {
        let today = contracts::contract(methods);
        for method in *methods {
            for (part, recode) in [
                ("response", method.recode_response),
                ("error", method.recode_error),
            ] {
                let schema = &today["methods"][method.name][part];
                let value = instances::one(&today, schema, Choice::Tomorrow);
                if let Err(why) = recode(&value) {
                    panic!("{}.{} {part} {value}: {why}", method.module, method.name);
                }
            }
        }
    }
}

#[test]
fn event_data_of_every_blessed_version_decodes_and_todays_is_understood() {
    for set in EVENTS {
        let today = contracts::events(set);
        for spoken in spoken(set.module, "events") {
            let types = spoken.document["events"]
                .as_object()
                .expect("events by type");
            for (event_type, versions) in types {
                for (version, schema) in versions.as_object().expect("versions") {
                    let shape = find(set.events, event_type, version);
                    let pair = Pair {
                        what: format!("{} {event_type} v{version}", spoken.name),
                        document: &spoken.document,
                        schema,
                        recode: shape.recode,
                    };
                    pair.decodes();
                    pair.is_understood(&today, &today["events"][event_type][version]);
                }
            }
        }
        for event in set.events {
            let schema = &today["events"][event.event_type][event.version.to_string()];
            let value = instances::one(&today, schema, Choice::Tomorrow);
            if let Err(why) = (event.recode)(&value) {
                panic!(
                    "{} v{} of tomorrow, {value}: {why}",
                    event.event_type, event.version
                );
            }
        }
    }
}

/// A pair that must fail in each direction: the rehearsal itself can.
#[test]
fn a_breaking_change_is_noticed_in_both_directions() {
    let methods = CONTRACTS
        .iter()
        .find(|methods| methods[0].module == "catalog")
        .expect("catalog");
    let get = methods
        .iter()
        .find(|method| method.name == "get_variants")
        .expect("a method");
    let today = contracts::contract(methods);
    let mut old = today.clone();
    old["$defs"]["GetVariants"]["properties"]["variant_ids"] =
        serde_json::json!({ "type": "integer" });
    let pair = |what: &str| Pair {
        what: what.to_owned(),
        document: &old,
        schema: &old["methods"]["get_variants"]["request"],
        recode: get.recode_request,
    };
    let refusal =
        |run: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err();
    assert!(refusal(&|| pair("decode").decodes()));
    let schema = &today["methods"]["get_variants"]["request"];
    assert!(refusal(&|| pair("understand").is_understood(&today, schema)));
}

fn shared<'d>(
    spoken: &'d Spoken,
    methods: &'static [Method],
) -> impl Iterator<Item = &'static Method> + 'd {
    methods.iter().filter(|method| {
        spoken
            .document
            .pointer(&format!("/methods/{}", method.name))
            .is_some()
    })
}

fn find(events: &'static [EventShape], event_type: &str, version: &str) -> &'static EventShape {
    events
        .iter()
        .find(|event| event.event_type == event_type && event.version.to_string() == version)
        .unwrap_or_else(|| panic!("{event_type} v{version} is blessed, but nothing reads it"))
}
