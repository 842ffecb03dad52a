//! Many at once: one unit for fifty carts, one checkout sent ten times.

use serde_json::{Value, json};
use tenon_testkit::engines;
use tokio::task::JoinSet;

use crate::buyer::{check_out, check_out_at_last, fill_cart, variants};
use crate::server::{Installation, Topology};

/// Leaves exactly so many pieces of a variant.
async fn leave(server: &Installation, variant: &str, pieces: i64) {
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
    let body = json!({ "variant_id": variant, "delta": pieces - on_hand, "reason": "counted" });
    let adjusted = server
        .http
        .post(format!("{}/v1/inventory/adjustments", server.api))
        .bearer_auth(&token)
        .header("idempotency-key", "leave")
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
            leave(&server, &variant, 1).await;
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
                buyers.spawn(async move { check_out_at_last(&http, &api, &cart, &cart.id).await });
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

/// Makes a promotion that one order can have.
async fn promote(server: &Installation) -> String {
    let token = server.token("staff").await;
    let body = json!({ "code": "ONCE", "kind": "percent", "rate": "0.10", "total_limit": 1 });
    let made = server.http.post(format!("{}/v1/promotions", server.api));
    let made = made.bearer_auth(&token).json(&body).send().await;
    let made: Value = made.expect("an answer").json().await.expect("JSON");
    made["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_carts_for_one_redemption_make_one_order() {
    for engine in engines() {
        for topology in [Topology::Local, Topology::Wire, Topology::Remote] {
            let mut server = Installation::start(engine, topology).await;
            let variant = variants(&server.http, &server.api).await.remove(0);
            leave(&server, &variant, 100).await;
            let promotion = promote(&server).await;
            let mut carts = Vec::new();
            for _ in 0..50 {
                let cart = fill_cart(&server.http, &server.api, &variant).await;
                let cart = cart.expect("a cart");
                let path = format!("{}/v1/carts/{}/promotion-codes", server.api, cart.id);
                let entered = server.http.post(path).header("cart-token", &cart.token);
                let entered = entered.json(&json!({ "code": "once" })).send().await;
                assert_eq!(entered.expect("an answer").status(), 201);
                carts.push(cart);
            }
            let mut buyers = JoinSet::new();
            for cart in carts {
                let (http, api) = (server.http.clone(), server.api.clone());
                buyers.spawn(async move { check_out_at_last(&http, &api, &cart, &cart.id).await });
            }
            let (mut completed, mut refused) = (0, 0);
            while let Some(answer) = buyers.join_next().await {
                let answer = answer.expect("no panic").expect("an answer");
                match (answer.status, answer.body["code"].as_str()) {
                    (201, _) if answer.body["status"] == "completed" => completed += 1,
                    (409, Some("orders.promotion_exhausted")) => refused += 1,
                    _ => panic!("{engine:?} {topology:?}: {answer:?}"),
                }
            }
            assert_eq!((completed, refused), (1, 49), "{engine:?} {topology:?}");
            let path = format!("{}/v1/promotions/{promotion}", server.api);
            let token = server.token("staff").await;
            let found = server.http.get(path).bearer_auth(token).send().await;
            let found: Value = found.expect("an answer").json().await.expect("JSON");
            assert_eq!(found["redeemed"], 1, "{engine:?} {topology:?}");
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
