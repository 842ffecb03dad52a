//! Many at once: one unit for fifty carts, one checkout sent ten times.

use serde_json::{Value, json};
use tenon_testkit::engines;
use tokio::task::JoinSet;

use crate::buyer::{check_out, fill_cart, variants};
use crate::server::{Installation, Topology};

/// Leaves exactly one piece of a variant.
async fn leave_one(server: &Installation, variant: &str) {
    let token = server.token("staff").await;
    let path = format!("{}/v1/inventory/levels?variant_id={variant}", server.api);
    let levels: Value = server
        .http
        .get(path)
        .bearer_auth(&token)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let on_hand = levels["data"][0]["on_hand"].as_i64().expect("a count");
    let body = json!({ "variant_id": variant, "delta": 1 - on_hand, "reason": "counted" });
    let adjusted = server
        .http
        .post(format!("{}/v1/inventory/adjustments", server.api))
        .bearer_auth(&token)
        .header("idempotency-key", "leave-one")
        .json(&body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        adjusted.status(),
        201,
        "{}",
        adjusted.text().await.unwrap_or_default()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_carts_for_one_piece_make_one_order() {
    for engine in engines() {
        for topology in [Topology::Local, Topology::Wire, Topology::Remote] {
            let mut server = Installation::start(engine, topology).await;
            let variant = variants(&server.http, &server.api).await.remove(0);
            leave_one(&server, &variant).await;
            let mut carts = Vec::new();
            for _ in 0..50 {
                carts.push(
                    fill_cart(&server.http, &server.api, &variant)
                        .await
                        .expect("a cart"),
                );
            }
            let mut buyers = JoinSet::new();
            for cart in carts {
                let (http, api) = (server.http.clone(), server.api.clone());
                buyers.spawn(
                    async move { check_out(&http, &api, &cart, &cart.id, "pm_success").await },
                );
            }
            let (mut completed, mut refused) = (0, 0);
            while let Some(answer) = buyers.join_next().await {
                let answer = answer.expect("no panic").expect("an answer");
                match (answer.status, answer.body["code"].as_str()) {
                    (201, _) if answer.body["status"] == "completed" => completed += 1,
                    (409, Some("orders.out_of_stock")) => refused += 1,
                    _ => panic!("{engine:?} {topology:?}: {answer:?}"),
                }
            }
            assert_eq!((completed, refused), (1, 49), "{engine:?} {topology:?}");
            server.verify();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_checkout_sent_ten_times_has_one_effect_and_equal_answers() {
    for engine in engines() {
        for topology in [Topology::Local, Topology::Wire, Topology::Remote] {
            let mut server = Installation::start(engine, topology).await;
            let variant = variants(&server.http, &server.api).await.remove(0);
            let cart = fill_cart(&server.http, &server.api, &variant)
                .await
                .expect("a cart");
            let mut copies = JoinSet::new();
            for _ in 0..10 {
                let (http, api, cart) = (server.http.clone(), server.api.clone(), cart.clone());
                copies
                    .spawn(async move { check_out(&http, &api, &cart, "one", "pm_success").await });
            }
            let mut answers = Vec::new();
            while let Some(answer) = copies.join_next().await {
                answers.push(answer.expect("no panic").expect("an answer"));
            }
            assert_eq!(answers[0].status, 201, "{:?}", answers[0]);
            assert_eq!(answers[0].body["status"], "completed");
            for answer in &answers {
                assert_eq!(answer, &answers[0], "{engine:?} {topology:?}");
            }
            let token = server.token("staff").await;
            let orders = server
                .http
                .get(format!("{}/v1/orders", server.api))
                .bearer_auth(token)
                .send()
                .await;
            let orders: Value = orders.expect("an answer").json().await.expect("JSON");
            assert_eq!(orders["data"].as_array().map(Vec::len), Some(1));
            server.verify();
        }
    }
}
