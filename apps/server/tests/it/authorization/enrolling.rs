//! Somebody who has to add a second factor, tried on every operation of every module.

use std::collections::BTreeMap;

use tenon_testkit::TestEngine;

use super::outcome;
use crate::server::{Installation, Topology};

/// What is left to them. This list is reviewed, not generated.
const OPEN: [&str; 5] = [
    "create_my_factor",
    "create_my_factor_confirmation",
    "delete_current_session",
    "get_me",
    "list_my_factors",
];

async fn tried(topology: Topology) {
    let mut server = Installation::prepared(TestEngine::Sqlite, topology).await;
    for process in &mut server.processes {
        let setting = "identity.second_factor_roles=[\"staff\"]";
        process.settings.push(setting.to_owned());
    }
    server.serve().await;
    let (mut cells, mut unexpected, mut let_in) = (0, Vec::new(), Vec::new());
    let operations = server.operations().await;
    let mut token = server.token("staff").await;
    for operation in &operations {
        if !operation.credentials.iter().any(|kind| kind == "bearer") {
            continue; // it looks at no access token
        }
        let request = server.ask(operation, &BTreeMap::new(), cells, None);
        let (status, code) = outcome(request.bearer_auth(&token)).await;
        cells += 1;
        if (status, code.as_str()) == (403, "identity.second_factor_required") {
            continue;
        }
        let_in.push(operation.id.as_str());
        if status >= 500 || matches!(status, 401) {
            unexpected.push(format!("{}: {status} {code}", operation.id));
        }
        if operation.id == "delete_current_session" {
            token = server.token("staff").await;
        }
    }
    eprintln!("{cells} cells of who is enrolling");
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    let_in.sort_unstable();
    assert_eq!(let_in, OPEN);
    // Everybody else is as before.
    server
        .get("/v1/me/sessions", &server.token("buyer").await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_to_add_a_second_factor_may_do_that_and_nothing_else() {
    tried(Topology::Local).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_to_add_a_second_factor_is_refused_wherever_modules_run() {
    tried(Topology::Remote).await;
}
