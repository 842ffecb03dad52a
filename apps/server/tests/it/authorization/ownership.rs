//! What is somebody's, asked for by everybody else.

use serde_json::Value;
use tenon_testkit::TestEngine;

use super::outcome;
use super::things::{Besides, NOT_ONES_OWN, OWN, owned};
use crate::operations::Operation;
use crate::people::Person;
use crate::server::{Installation, Topology};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_somebody_elses_is_not_there() {
    let server = Installation::start(TestEngine::Sqlite, Topology::Local).await;
    let buyer = server.account("buyer");
    let things = owned(&server, &buyer).await;
    let stranger = server.register("stranger@example.org").await;
    let sign_in = async |person: &Person| {
        let session = server.sign_in(person).await;
        session["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    };
    let mut about_things: Vec<Operation> = server.operations().await;
    about_things.retain(|operation| {
        matches!(
            operation.policy.as_str(),
            "signed_in" | "signed_in_or_enrolling" | "bearer"
        ) && !operation.parameters.is_empty()
            && !NOT_ONES_OWN.contains(&operation.id.as_str())
    });
    // What removes something comes last.
    about_things.sort_by_key(|operation| operation.method == reqwest::Method::DELETE);
    let missing = about_things
        .iter()
        .filter(|one| !OWN.iter().any(|(id, ..)| one.id == *id));
    let missing: Vec<&str> = missing.map(|one| one.id.as_str()).collect();
    assert!(missing.is_empty(), "write a row for {missing:?}");
    assert_eq!(about_things.len(), OWN.len());

    let (mut cells, mut unexpected) = (0, Vec::new());
    let people = [
        ("nobody", None),
        ("stranger", Some(sign_in(&stranger).await)),
        ("staff", Some(server.token("staff").await)),
        ("owner", Some(sign_in(&buyer).await)),
        ("admin", Some(server.token("admin").await)),
    ];
    for operation in &about_things {
        for (who, token) in &people {
            let row = OWN.iter().find(|(id, ..)| operation.id == *id);
            let (_, body, besides) = row.expect("it was looked for");
            let body: Option<Value> = body.map(|body| {
                let body = body.replace("VARIANT", &things["var"]);
                serde_json::from_str(&body).expect("JSON")
            });
            let request = server.ask(operation, &things, cells, body.as_ref());
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let (status, code) = outcome(request).await;
            let removes = operation.method == reqwest::Method::DELETE;
            let is_there = !matches!(status, 401 | 403 | 404 | 500..);
            let good = match *who {
                "nobody" if operation.policy.starts_with("signed_in") => status == 401,
                "nobody" => matches!(status, 401 | 404),
                "owner" => is_there,
                "staff" if *besides == Besides::Staff => is_there,
                // Its owner may have removed it by now.
                "admin" if *besides != Besides::Nobody => is_there || status == 404 && removes,
                _ => status == 404,
            };
            cells += 1;
            if !good {
                unexpected.push(format!("{} by {who}: {status} {code}", operation.id));
            }
        }
    }
    println!(
        "{cells} cells of ownership, {} unexpected",
        unexpected.len()
    );
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}
