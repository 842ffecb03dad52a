//! The server is killed at random during checkouts, twenty times; nothing acknowledged is lost, nothing is doubled.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tenon_testkit::{TestEngine, engines};
use tokio::task::JoinSet;

use crate::buyer::{Cart, check_out, fill_cart, variants};
use crate::server::{Installation, Topology};

const KILLS: usize = 20;
const BUYERS: usize = 6;

/// A checkout that somebody asked for, and the order they were told of.
type Ledger = Arc<Mutex<Vec<(Cart, Option<String>)>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_during_checkouts_lose_and_double_nothing() {
    for engine in engines() {
        let mut server = Installation::start(engine, Topology::Local).await;
        let asked: Ledger = Ledger::default();
        let variants = Arc::new(variants(&server.http, &server.api).await);
        let seed = AtomicU64::new(0x5EED);
        for round in 0..KILLS {
            let mut buyers = JoinSet::new();
            for number in 0..BUYERS {
                let (http, api) = (server.http.clone(), server.api.clone());
                let (asked, variants) = (Arc::clone(&asked), Arc::clone(&variants));
                buyers.spawn(async move {
                    // Until the server goes away; spread over the shop, so that stock lasts.
                    for turn in 0.. {
                        let variant =
                            &variants[(round * 31 + turn * BUYERS + number) % variants.len()];
                        let Some(cart) = fill_cart(&http, &api, variant).await else {
                            return;
                        };
                        let place = {
                            let mut asked = asked.lock().expect("not poisoned");
                            asked.push((cart.clone(), None));
                            asked.len() - 1
                        };
                        let Some(answer) =
                            check_out(&http, &api, &cart, &cart.id, "pm_success").await
                        else {
                            return;
                        };
                        if answer.status == 201 && answer.body["status"] == "completed" {
                            let order = answer.body["order_id"].as_str().map(str::to_owned);
                            asked.lock().expect("not poisoned")[place].1 = order;
                        }
                    }
                });
            }
            let pause = 150 + random(&seed) % 700;
            tokio::time::sleep(Duration::from_millis(pause)).await; // the moment of the kill, in real time
            server.kill();
            while buyers.join_next().await.is_some() {}
            server.serve().await;
            println!("{engine:?}: kill {} of {KILLS} after {pause} ms", round + 1);
        }
        every_request_has_one_answer(&server, engine, &asked).await;
        server.verify();
    }
}

/// Repeats every request with its key: it must come to one order, the one that was told.
async fn every_request_has_one_answer(server: &Installation, engine: TestEngine, asked: &Ledger) {
    let asked = asked.lock().expect("not poisoned").clone();
    let told = asked.iter().filter(|(_, order)| order.is_some()).count();
    assert!(
        told > 0 && told < asked.len(),
        "{engine:?}: of {} requests {told} were answered: kills hit nothing",
        asked.len()
    );
    for (cart, order) in &asked {
        let mut last = None;
        for _ in 0..300 {
            let answer = check_out(&server.http, &server.api, cart, &cart.id, "pm_success")
                .await
                .expect("an answer");
            if answer.status == 201 && answer.body["status"] == "completed" {
                last = Some(answer);
                break;
            }
            last = Some(answer);
            tokio::time::sleep(Duration::from_millis(100)).await; // recovery runs in another process, in real time
        }
        let answer = last.expect("asked at least once");
        assert_eq!(
            answer.body["status"], "completed",
            "{engine:?}: {cart:?}: {answer:?}"
        );
        if let Some(order) = order {
            assert_eq!(
                answer.body["order_id"].as_str(),
                Some(order.as_str()),
                "{engine:?}: {cart:?}"
            );
        }
    }
    let token = server.token("staff").await;
    let mut orders = 0;
    let mut path = format!("{}/v1/orders?limit=200", server.api);
    loop {
        let answer = server
            .http
            .get(&path)
            .bearer_auth(&token)
            .send()
            .await
            .expect("an answer");
        let page: Value = answer.json().await.expect("JSON");
        orders += page["data"].as_array().map_or(0, Vec::len);
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("{}/v1/orders?limit=200&cursor={cursor}", server.api),
            None => break,
        }
    }
    assert_eq!(
        orders,
        asked.len(),
        "{engine:?}: one order for each request"
    );
}

/// SplitMix64: the same moments in every run that is as fast.
fn random(state: &AtomicU64) -> u64 {
    let mut word = state.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word ^ (word >> 27)
}
