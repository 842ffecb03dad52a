//! Backups of a whole process: while it runs, after it was killed, without it, and back again.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tenon_testkit::TestEngine;

use crate::buyer::{Cart, fill_cart, variants};
use crate::server::{Installation, Topology};

/// A seeded server that makes backups.
async fn backed_up() -> (Installation, TempDir) {
    let backup = tempfile::tempdir().expect("a temporary folder");
    let mut server = Installation::empty(TestEngine::Sqlite, Topology::Local).await;
    let setting = format!("backup.directory={}", backup.path().join("tenon").display());
    server.gateway().settings.push(setting);
    server.gateway().must_run(&["admin", "seed-demo"]);
    server.serve().await;
    (server, backup)
}

/// The base that is shipped to, once there is one.
async fn folder(server: &Installation) -> String {
    let url = format!("{}/backup", server.places().operations_url);
    for _ in 0..500 {
        let answer = server.http.get(&url).send().await.expect("an answer");
        let seen: Value = answer.json().await.expect("JSON");
        if let Some(folder) = seen["folder"].as_str() {
            return folder.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await; // another process, in real time
    }
    panic!("nothing is backed up");
}

async fn cart(server: &Installation) -> Cart {
    let variant = &variants(&server.http, &server.api).await[0];
    let cart = fill_cart(&server.http, &server.api, variant).await;
    cart.expect("the server is there")
}

async fn status_of(server: &Installation, cart: &Cart) -> u16 {
    let url = format!("{}/v1/carts/{}", server.api, cart.id);
    let request = server.http.get(url).header("cart-token", &cart.token);
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_wrote_comes_back_elsewhere() {
    let (mut server, backup) = backed_up().await;
    let said = server.gateway().must_run(&["backup"]);
    assert!(said.contains("taken by the running server"), "{said}");
    let before = cart(&server).await;
    server.gateway().stop();

    let said = server.gateway().must_run(&["backup", "list"]);
    assert!(
        said.lines().count() >= 1 && said.contains("orders"),
        "{said}"
    );
    let target = backup.path().join("restored");
    let into = format!("--into={}", target.display());
    let said = server.gateway().must_run(&["restore", &into]);
    assert!(said.starts_with("Restored to 20"), "{said}");
    assert!(said.contains("Put `secrets.toml` there"), "{said}");
    let again = server.gateway().run(&["restore", &into]);
    assert!(!again.status.success(), "nothing is written over");

    let secrets = server.gateway().data_dir.join("secrets.toml");
    fs::copy(secrets, target.join("secrets.toml")).expect("copied");
    let setting = format!("data_dir={}", target.display());
    server.gateway().settings.push(setting);
    let said = server.gateway().must_run(&["verify"]);
    assert!(said.contains("All invariants hold."), "{said}");
    server.serve().await;
    assert_eq!(status_of(&server, &before).await, 200);
    let ready = format!("{}/readyz", server.places().operations_url);
    let ready = server.http.get(ready).send().await.expect("an answer");
    let ready: Value = ready.json().await.expect("JSON");
    assert_eq!(ready["edges"]["backup"], "ok", "{ready}");
    server.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_goes_on_with_its_base() {
    let (mut server, backup) = backed_up().await;
    let base = folder(&server).await;
    for _ in 0..3 {
        let kept = cart(&server).await;
        server.kill();
        server.serve().await;
        assert_eq!(folder(&server).await, base);
        assert_eq!(status_of(&server, &kept).await, 200);
    }
    server.gateway().stop();
    let said = server.gateway().must_run(&["backup"]);
    assert!(said.contains("No server was running"), "{said}");
    assert_eq!(
        bases(&backup.path().join("tenon")),
        2,
        "one more than the server's"
    );
    server.serve().await;
    assert_ne!(folder(&server).await, base);
    server.verify();
}

fn bases(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).expect("readable");
    let folders = entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_dir()));
    folders.count()
}
