//! The whole REST API answers the same whether modules are called directly, as if they were elsewhere, or elsewhere.

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
async fn answers_do_not_tell_where_modules_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name);
    let (local, wire, remote) = (file("local.json"), file("wire.json"), file("remote.json"));
    record(Topology::Local, &local).await;
    record(Topology::Wire, &wire).await;
    record(Topology::Remote, &remote).await;
    golden::compare(&local, &wire).expect("no differences");
    golden::compare(&local, &remote).expect("no differences");

    // The comparison can fail: one answer that is another is found.
    let text = std::fs::read_to_string(&wire).expect("a golden file");
    let changed = text.replacen("\"status\": 201", "\"status\": 200", 1);
    assert_ne!(text, changed);
    std::fs::write(&wire, changed).expect("a golden file");
    golden::compare(&local, &wire).expect_err("a difference");
}
