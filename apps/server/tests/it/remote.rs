//! A gateway without a module and six services: what only several processes can show.

use serde_json::Value;
use tenon_testkit::{TestEngine, engines};

use crate::buyer::{check_out, fill_cart, variants};
use crate::server::{Installation, Topology};

const GUEST: &str = "guest@example.org";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_through_the_gateway_reaches_every_module() {
    for engine in engines() {
        let mut server = Installation::start(engine, Topology::Remote).await;
        let variant = variants(&server.http, &server.api).await.remove(0);
        let cart = fill_cart(&server.http, &server.api, &variant)
            .await
            .expect("a cart");
        let answer = check_out(&server.http, &server.api, &cart, "first", "pm_success")
            .await
            .expect("an answer");
        assert_eq!(answer.status, 201, "{engine:?}: {answer:?}");
        assert_eq!(answer.body["status"], "completed", "{engine:?}");
        // Events of orders reach notifications, whose question for the address reaches orders.
        let mut mails = Vec::new();
        for _ in 0..1_000 {
            mails = server.catcher.messages_to(GUEST);
            if !mails.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await; // other processes, in real time
        }
        assert!(
            !mails.is_empty(),
            "{engine:?}: no mail\n{}",
            server.service("notifications").log()
        );
        // And audit hears of it, and says so to whoever may know.
        let admin = server.token("admin").await;
        let order = answer.body["order_id"]
            .as_str()
            .expect("an order")
            .to_owned();
        let mut heard = false;
        for _ in 0..1_000 {
            let entries = server
                .http
                .get(format!("{}/v1/audit/entries?target={order}", server.api))
                .bearer_auth(&admin)
                .send()
                .await
                .expect("an answer");
            let status = entries.status();
            let entries: Value = entries.json().await.expect("JSON");
            assert_eq!(status, 200, "{engine:?}: {entries}");
            if entries["data"]
                .as_array()
                .is_some_and(|entries| !entries.is_empty())
            {
                heard = true;
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await; // other processes, in real time
        }
        assert!(heard, "{engine:?}: audit heard nothing of {order}");
        server.verify();
    }
}

/// Catalog writes in one process, audit hears of it by events in another, and the gateway stands before both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_with_the_token_of_a_write_never_misses_it() {
    for engine in engines() {
        let mut server = Installation::start(engine, Topology::Remote).await;
        let admin = server.token("admin").await;
        for round in 0..20 {
            let body = serde_json::json!({ "name": format!("List {round}"), "currency": "EUR" });
            let lists = format!("{}/v1/price-lists", server.api);
            let made = server.http.post(lists).bearer_auth(&admin).json(&body);
            let made = made.send().await.expect("an answer");
            assert_eq!(made.status(), 201, "{engine:?}");
            let token = made.headers()["consistency-token"].clone();
            let made: Value = made.json().await.expect("JSON");
            let list = made["id"].as_str().expect("an id");

            let entries = format!("{}/v1/audit/entries?target={list}", server.api);
            let mut status = reqwest::StatusCode::SERVICE_UNAVAILABLE;
            let mut found = Value::Null;
            // A machine that is slow may be told to come back; it is never told that there is nothing.
            for _ in 0..10 {
                let read = server.http.get(&entries).bearer_auth(&admin);
                let read = read.header("consistency-token", token.clone());
                let read = read.send().await.expect("an answer");
                status = read.status();
                found = read.json().await.expect("JSON");
                if status != reqwest::StatusCode::SERVICE_UNAVAILABLE {
                    break;
                }
            }
            assert_eq!(status, 200, "{engine:?}: {found}");
            let count = found["data"].as_array().map_or(0, Vec::len);
            assert_eq!(
                count, 2,
                "what changed, and who changed it: {engine:?}, round {round}: {found}"
            );
        }
        server.verify();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_down_takes_only_its_own_part_with_it() {
    let mut server = Installation::start(TestEngine::Sqlite, Topology::Remote).await;
    let admin = server.token("admin").await;
    server.service("catalog").kill();

    let products = format!("{}/v1/products", server.api);
    let answer = server.http.get(&products).send().await.expect("an answer");
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    let problem: Value = answer.json().await.expect("a problem");
    assert_eq!(problem["code"], "unavailable", "{problem}");
    assert_eq!(problem["instance"], "/v1/products");

    let cart = server.http.post(format!("{}/v1/carts", server.api));
    let cart = cart.json(&serde_json::json!({ "currency": "EUR" })).send();
    assert_eq!(cart.await.expect("an answer").status(), 201);

    let ready = format!("http://127.0.0.1:{}/readyz", server.gateway().operations);
    let ready = server.http.get(ready).send().await.expect("an answer");
    assert_eq!(
        ready.status(),
        200,
        "a peer that is down is no reason to get no traffic"
    );
    let ready: Value = ready.json().await.expect("JSON");
    let edges = ready["edges"].as_object().expect("edges");
    let troubled: Vec<_> = edges.iter().filter(|(_, state)| *state != "ok").collect();
    assert_eq!(troubled.len(), 1, "{ready}");
    assert!(troubled[0].0.contains("catalog"), "{ready}");

    // What all modules answer a part of says whose part is missing, and never that there is nothing.
    let jobs = format!("{}/v1/admin/jobs", server.api);
    let listed = server.http.get(&jobs).bearer_auth(&admin).send().await;
    let listed: Value = listed.expect("an answer").json().await.expect("JSON");
    assert_eq!(listed["unreachable"], serde_json::json!(["catalog"]));
    let job = format!("{jobs}/job_00000000000000000000000001");
    let back = server.http.patch(&job).bearer_auth(&admin);
    let back = back.json(&serde_json::json!({ "state": "pending" })).send();
    assert_eq!(back.await.expect("an answer").status(), 503);
    let operation = format!("{}/v1/operations/op_00000000000000000000000001", server.api);
    let looked = server.http.get(&operation).bearer_auth(&admin).send();
    assert_eq!(looked.await.expect("an answer").status(), 503);

    server.serve().await;
    server.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_for_a_module_elsewhere_say_where_to_run_them() {
    let mut server = Installation::start(TestEngine::Sqlite, Topology::Remote).await;
    for (arguments, module) in [
        (["admin", "bootstrap-token"].as_slice(), "identity"),
        (&["admin", "seed-demo"], "catalog"),
        (&["admin", "clear-factors", "ada@example.org"], "identity"),
        (&["events", "replay", "--consumer", "orders"], "orders"),
    ] {
        let refused = server.gateway().run(arguments);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{arguments:?}");
        let names_the_place = said.contains(module) && said.contains("behind https://127.0.0.1:");
        assert!(names_the_place, "{arguments:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_describes_the_same_api() {
    let mut server = Installation::start(TestEngine::Sqlite, Topology::Remote).await;
    let url = format!("{}/openapi.json", server.api);
    let told: Value = server
        .http
        .get(url)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let printed = server.gateway().must_run(&["openapi"]);
    let own: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(told, own);
    assert!(
        own["paths"]
            .as_object()
            .is_some_and(|paths| paths.len() > 40)
    );
}
