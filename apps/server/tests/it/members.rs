//! What nobody may set: every column there is, as a member of every body that is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tenon_testkit::TestEngine;

use crate::fleet::MODULES;
use crate::server::{Installation, Topology};
use crate::sqlite_tables::{Tables, tables_of};

/// Members that others have fallen for.
const FAVOURITES: [&str; 8] = [
    "__proto__",
    "constructor",
    "is_admin",
    "admin",
    "role",
    "tenant_id",
    "price",
    "$set",
];

/// A job of each minute derives it from entries, which are compared.
const GROWS_BY_THE_CLOCK: &str = "audit_tree_nodes";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_body_takes_a_column_that_it_does_not_list() {
    let server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    let admin = server.token("admin").await;
    let files = MODULES.map(|module| server.processes[0].data_dir.join(format!("{module}.db")));
    let before = at_rest(&files).await;
    let mut members: BTreeSet<String> = FAVOURITES.map(str::to_owned).into();
    for tables in before.values() {
        members.extend(tables.values().flat_map(|(columns, _)| columns.clone()));
    }
    assert!(members.len() > 200, "{}", members.len());

    let (mut tried, mut operations, mut wrong) = (0, 0, Vec::new());
    for operation in server.operations().await {
        let content = &operation.document["requestBody"]["content"]["application/json"];
        let Some(example) = content["example"].as_object() else {
            continue;
        };
        let schema = content["schema"]["$ref"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let listed = listed(&server, &schema).await;
        operations += 1;
        let mut bodies: Vec<(String, &str, String)> = Vec::new();
        for member in members.iter().filter(|member| !listed.contains(*member)) {
            let mut body = example.clone();
            body.insert(member.clone(), json!("admin"));
            let text = Value::Object(body).to_string();
            bodies.push((text, "unknown_member", format!("/{member}")));
        }
        for (member, value) in example {
            for other in of_another_type(value) {
                let mut body = example.clone();
                body.insert(member.clone(), other);
                bodies.push((Value::Object(body).to_string(), "", format!("/{member}")));
            }
            let text = Value::Object(example.clone()).to_string();
            let twice = format!("{{{}:{value},{}", json!(member), &text[1..]);
            bodies.push((twice, "duplicate_member", format!("/{member}")));
        }
        for (body, code, pointer) in bodies {
            let request = server.ask(&operation, &BTreeMap::new(), tried, None);
            let request = request.bearer_auth(&admin);
            let answer = request.body(body.clone()).send().await.expect("an answer");
            let status = answer.status().as_u16();
            let problem: Value = answer.json().await.unwrap_or(Value::Null);
            let named = &problem["errors"][0];
            let pointed = named["pointer"].as_str().unwrap_or_default();
            tried += 1;
            let is_named =
                pointed.starts_with(&pointer) && (code.is_empty() || named["code"] == code);
            if !matches!(status, 400 | 422) || !is_named {
                wrong.push(format!("{} {body}: {status} {problem}", operation.id));
            }
        }
    }
    println!(
        "{operations} operations, {tried} bodies, {} taken",
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{}",
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(operations > 40 && tried > 8_000, "{operations} {tried}");
    assert!(before == at_rest(&files).await, "something was written");
}

/// Members that a schema of the document lists.
async fn listed(server: &Installation, reference: &str) -> BTreeSet<String> {
    let document = server.document().await;
    let name = reference.rsplit('/').next().expect("a name");
    let schema = &document["components"]["schemas"][name];
    let members = schema["properties"].as_object().expect("members");
    members.keys().cloned().collect()
}

fn of_another_type(value: &Value) -> Vec<Value> {
    let all = [
        json!(true),
        json!(1.5),
        json!("x"),
        json!([[]]),
        json!({ "x": {} }),
    ];
    let same = |other: &Value| {
        (value.is_string() && other.is_string())
            || (value.is_number() && other.is_number())
            || (value.is_boolean() && other.is_boolean())
            || (value.is_array() && other.is_array())
            || (value.is_object() && other.is_object())
            || value.is_null()
    };
    all.into_iter().filter(|other| !same(other)).collect()
}

/// What the modules' own tables hold once nothing happens any more.
async fn at_rest(files: &[PathBuf]) -> BTreeMap<PathBuf, Tables> {
    let mut last = BTreeMap::new();
    for _ in 0..60 {
        let mut now = BTreeMap::new();
        for file in files {
            now.insert(file.clone(), tables_of(file).await);
        }
        // What every store has is the platform's: leases, jobs, feeds and keys, which live on by themselves.
        let everywhere: Vec<String> = now[&files[0]]
            .keys()
            .filter(|table| now.values().all(|tables| tables.contains_key(*table)))
            .cloned()
            .collect();
        for tables in now.values_mut() {
            tables.retain(|table, _| !everywhere.contains(table) && table != GROWS_BY_THE_CLOCK);
        }
        if now == last {
            return now;
        }
        last = now;
        tokio::time::sleep(Duration::from_millis(500)).await; // another process, in real time
    }
    panic!("the stores do not come to rest")
}
