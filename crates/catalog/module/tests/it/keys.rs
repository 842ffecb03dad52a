//! Idempotency keys over HTTP: one effect for many copies of a request, and what became of a key.

use std::sync::Arc;

use axum::http::StatusCode;
use catalog_contract::VariantId;
use serde_json::{Value, json};
use tenon_kernel::{CallCtx, IdempotencyScope, Role};
use tenon_store::Claim;
use tenon_testkit::{Client, TestApp, TestReply, engines, rounds};

use crate::shop::Shop;

const ADJUST: &str = "/v1/inventory/adjustments";
const COPIES: usize = 64;

fn body(variant: VariantId, delta: i64) -> Value {
    json!({ "variant_id": variant, "delta": delta, "reason": "received" })
}

/// Sends the request, again while a copy of it is at work, as clients are told to.
async fn adjust(client: Client, key: String, body: Value) -> TestReply {
    loop {
        let reply = client.post(ADJUST).key(&key).json(&body).await;
        if reply.status() != StatusCode::CONFLICT {
            return reply;
        }
        assert_eq!(reply.code(), "idempotency_key_in_flight");
        assert!(reply.header("retry-after").is_some(), "{reply:?}");
    }
}

/// Sends copies at the same time; each with an access token of its own, as after a refresh.
async fn copies(client: &Client, key: &str, body: &Value, number: usize) -> Vec<TestReply> {
    let tasks: Vec<_> = (0..number)
        .map(|_| tokio::spawn(adjust(client.clone(), key.to_owned(), body.clone())))
        .collect();
    let mut replies = Vec::new();
    for task in tasks {
        replies.push(task.await.expect("runs"));
    }
    replies
}

#[track_caller]
fn assert_one_answer(replies: &[TestReply]) {
    let first = &replies[0];
    for reply in replies {
        assert_eq!(
            (reply.status(), reply.body()),
            (StatusCode::CREATED, first.body()),
            "{reply:?}"
        );
        assert_eq!(reply.header("location"), first.header("location"));
    }
    let fresh = replies
        .iter()
        .filter(|reply| reply.header("idempotent-replayed").is_none());
    assert_eq!(
        fresh.count(),
        1,
        "one answer is the first, all others are repeats"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_copies_have_one_effect_and_equal_answers() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 0).await;
        let (sam, tom) = (shop.staff.clone(), shop.app.user("tom", &[Role::Staff]));
        for round in 0..rounds(3) {
            let key = format!("round-{round}");
            let (one, two, three) = (body(tea, 1), body(tea, 2), body(tea, 3));
            let (of_sam, of_tom) = tokio::join!(
                copies(&sam, &key, &one, COPIES * 3 / 4),
                copies(&tom, &key, &two, COPIES / 4),
            );
            assert_one_answer(&of_sam);
            assert_one_answer(&of_tom);
            assert_ne!(
                of_sam[0].body(),
                of_tom[0].body(),
                "each has keys of their own"
            );
            for reply in copies(&sam, &key, &three, 8).await {
                assert_eq!(reply.expect(422)["code"], "idempotency_key_reused");
            }
            let later = adjust(sam.clone(), key, one).await;
            assert_eq!(later.body(), of_sam[0].body());
            let effects = i64::try_from(round + 1).expect("few rounds");
            assert_eq!(shop.stock(tea).await, (3 * effects, 0), "round {round}");
        }
        shop.app.assert_invariants().await;
    }
}

/// The client goes away at any moment; what it learns by repeating is what the first answer said.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lost_answer_is_found_again_and_its_effect_is_one() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 0).await;
        let sam = &shop.staff;
        for round in 0..rounds(20) {
            let key = format!("lost-{round}");
            let lost = tokio::spawn(adjust(sam.clone(), key.clone(), body(tea, 1)));
            for _ in 0..round % 20 {
                tokio::task::yield_now().await;
            }
            lost.abort();
            let one = adjust(sam.clone(), key.clone(), body(tea, 1)).await;
            let two = adjust(sam.clone(), key.clone(), body(tea, 1)).await;
            assert_eq!((one.expect(201), one.body()), (two.expect(201), two.body()));
            assert_eq!(two.header("idempotent-replayed"), Some("true"));
            let done = fate(sam, &key).await;
            assert_eq!(
                (&done["state"], &done["requests"][0]["resource"]),
                (&json!("done"), &one.json()["id"])
            );
            let effects = i64::try_from(round + 1).expect("few rounds");
            assert_eq!(shop.stock(tea).await, (effects, 0), "round {round}");
        }
    }
}

async fn fate(client: &Client, key: &str) -> Value {
    client
        .get(&format!("/v1/idempotency-keys/{key}"))
        .await
        .expect(200)
}

#[tokio::test]
async fn the_fate_of_a_key_is_told_to_its_owner_alone() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (sam, tom) = (&shop.staff, shop.app.user("tom", &[Role::Staff]));
        let unseen = json!({ "key": "a/b%", "state": "unseen", "requests": [] });
        assert_eq!(fate(sam, "a%2Fb%25").await, unseen);

        let product = json!({ "slug": "tea", "title": "Tea" });
        let created = sam.post("/v1/products").key("a/b%").json(&product).await;
        let done = fate(sam, "a%2Fb%25").await;
        assert_eq!(
            (&done["state"], done["requests"].as_array().map(Vec::len)),
            (&json!("done"), Some(1))
        );
        let request = &done["requests"][0];
        assert_eq!(
            (
                &request["operation"],
                &request["outcome"],
                &request["problem"]
            ),
            (&json!("create_product"), &json!("accepted"), &Value::Null)
        );
        assert_eq!(request["location"].as_str(), created.header("location"));
        assert_eq!(request["resource"], created.expect(201)["id"]);
        assert_eq!(
            fate(&tom, "a%2Fb%25").await,
            unseen,
            "keys of others are not there"
        );
        assert_eq!(fate(sam, "another").await["state"], "unseen");

        sam.post("/v1/products")
            .key("taken")
            .json(&product)
            .await
            .expect(409);
        let category = json!({ "slug": "tea", "title": "Tea" });
        sam.post("/v1/categories")
            .key("taken")
            .json(&category)
            .await
            .expect(201);
        let both = fate(sam, "taken").await;
        let told = |at: usize| {
            (
                both["requests"][at]["operation"].clone(),
                both["requests"][at]["outcome"].clone(),
            )
        };
        assert_eq!(told(0), (json!("create_category"), json!("accepted")));
        assert_eq!(told(1), (json!("create_product"), json!("refused")));
        let refusal = json!({ "status": 409, "code": "catalog.slug_taken" });
        assert_eq!(both["requests"][1]["problem"], refusal);

        let nobody = shop.app.anonymous().get("/v1/idempotency-keys/taken").await;
        assert_eq!(nobody.expect(401)["code"], "unauthenticated");
        let guest = shop.app.anonymous().get("/v1/idempotency-keys/taken");
        assert_eq!(
            guest.header("cart-token", "a secret").await.expect(200)["state"],
            "unseen"
        );
        for bad in ["a%20b", "%C3%A4", &"x".repeat(256)] {
            let refused = sam
                .get(&format!("/v1/idempotency-keys/{bad}"))
                .await
                .expect(400);
            assert_eq!(refused["errors"][0]["pointer"], "{key}", "{bad}");
        }
    }
}

/// A request that waits, or works before its unit of work begins, has no record yet; it is running all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_at_work_is_running() {
    for engine in engines() {
        let shop = Arc::new(Shop::open(engine).await);
        let tea = shop.variant("TEA", 0).await;
        let mut first = keyed(&shop, "sam", "k");
        let mut tx = shop
            .db
            .begin(&mut first, "test.first")
            .await
            .expect("begins");
        let claim = tx.claim_key::<(), ()>("adjust_inventory").await;
        assert!(matches!(claim, Ok(Claim::Fresh)), "{claim:?}");

        let copy = tokio::spawn(adjust(shop.staff.clone(), "k".to_owned(), body(tea, 1)));
        while fate(&shop.staff, "k").await["state"] != "running" {
            tokio::task::yield_now().await;
        }
        tx.rollback().await.expect("rolls back");
        copy.await.expect("runs").expect(201);
        assert_eq!(fate(&shop.staff, "k").await["state"], "done");
    }
}

fn keyed(shop: &Shop, user: &str, key: &str) -> CallCtx {
    shop.app.kit().ctx().with_idempotency(IdempotencyScope {
        key: key.to_owned(),
        subject: format!("user:{}", TestApp::user_id(user)),
        fingerprint: [7; 32],
    })
}
