//! The whole REST API answers the same whether modules are called directly or as if they were elsewhere.

use std::path::Path;

use scenarios::golden;
use tenon_testkit::TestEngine;

use crate::server::{Installation, Topology};

async fn record(topology: Topology, out: &Path) {
    let mut server = Installation::empty(TestEngine::Sqlite, topology).await;
    let token = server.bootstrap_token();
    server.serve().await;
    golden::record(server.places(), &token, out)
        .await
        .expect("every operation answers as expected and as documented");
    server.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_do_not_tell_whether_modules_are_encoded() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (local, wire) = (
        folder.path().join("local.json"),
        folder.path().join("wire.json"),
    );
    record(Topology::Local, &local).await;
    record(Topology::Wire, &wire).await;
    golden::compare(&local, &wire).expect("no differences");

    // The comparison can fail: one answer that is another is found.
    let text = std::fs::read_to_string(&wire).expect("a golden file");
    let changed = text.replacen("\"status\": 201", "\"status\": 200", 1);
    assert_ne!(text, changed);
    std::fs::write(&wire, changed).expect("a golden file");
    golden::compare(&local, &wire).expect_err("a difference");
}
