//! What receivers of webhooks get, and how they know that it comes from us.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tenon_testkit::{TestEngine, engines};

use crate::receivers::{Call, Receivers, status};
use crate::world::{World, product};

/// A receiver as a test knows it.
pub(crate) struct Added {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Members of a receiver; those given win.
pub(crate) fn hook(members: Value) -> Value {
    let mut all = json!({ "url": "https://hooks.test/a", "max_per_second": 1_000 });
    let Value::Object(members) = members else {
        panic!("members stand in an object")
    };
    all.as_object_mut().expect("an object").extend(members);
    all
}

pub(crate) async fn add(world: &World, members: Value) -> Added {
    let new = world.admin().post("/v1/webhook-endpoints");
    let body = new.json(&hook(members)).await.expect(201);
    let text = |member: &str| body[member].as_str().expect("text").to_owned();
    Added {
        id: text("id"),
        secret: text("secret"),
    }
}

/// Changes a receiver, whatever version it is at.
pub(crate) async fn change(world: &World, id: &str, members: Value) -> Value {
    let path = format!("/v1/webhook-endpoints/{id}");
    let found = world.staff().get(&path).await;
    let etag = found.header("etag").expect("versioned").to_owned();
    let asked = world.admin().patch(&path).header("if-match", &etag);
    asked.json(&members).await.expect(200)
}

pub(crate) async fn shown(world: &World, id: &str) -> Value {
    let path = format!("/v1/webhook-endpoints/{id}");
    world.staff().get(&path).await.expect(200)
}

/// Deliveries, oldest first.
pub(crate) async fn deliveries(world: &World, query: &str) -> Vec<Value> {
    let path = format!("/v1/webhook-deliveries?limit=200&{query}");
    let body = world.staff().get(&path).await.expect(200);
    let mut found = body["data"].as_array().expect("a list").clone();
    found.reverse();
    found
}

/// A member of each.
pub(crate) fn members<'v>(deliveries: &'v [Value], member: &str) -> Vec<&'v Value> {
    deliveries.iter().map(|it| &it[member]).collect()
}

pub(crate) fn secret_bytes(secret: &str) -> Vec<u8> {
    let text = secret.strip_prefix("whsec_").expect("a secret");
    STANDARD.decode(text).expect("base64")
}

/// What a receiver does: which of the signatures are good under this secret.
pub(crate) fn good_signatures(call: &Call, secret: &str) -> Vec<bool> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret_bytes(secret));
    let mut signed = Vec::new();
    signed.extend_from_slice(call.header("webhook-id").as_bytes());
    signed.push(b'.');
    signed.extend_from_slice(call.header("webhook-timestamp").as_bytes());
    signed.push(b'.');
    signed.extend_from_slice(&call.raw);
    let signatures = call.header("webhook-signature").split(' ');
    signatures
        .map(|signature| {
            let (version, tag) = signature.split_once(',').expect("version and signature");
            let tag = STANDARD.decode(tag).expect("base64");
            version == "v1" && hmac::verify(&key, &signed, &tag).is_ok()
        })
        .collect()
}

#[tokio::test]
async fn an_event_arrives_signed_as_the_log_shows_it() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        world.happens("catalog", &product(1)).await;
        let endpoint = add(&world, json!({})).await;
        world.happens("catalog", &product(2)).await;

        let calls = receivers.calls();
        let [call] = &calls[..] else {
            panic!("what was before is not sent: {calls:?}")
        };
        let event = world.staff().get("/v1/events?limit=200").await.expect(200);
        assert_eq!(call.body, event["data"][1]);
        assert_eq!(call.id(), event["data"][1]["id"].as_str().expect("an id"));
        assert_eq!(call.header("content-type"), "application/json");
        assert_eq!(call.url, "https://hooks.test/a");
        assert_eq!(good_signatures(call, &endpoint.secret), [true]);
        let other = add(&world, json!({})).await;
        assert_eq!(good_signatures(call, &other.secret), [false]);

        let delivery = &deliveries(&world, "").await[0];
        assert_eq!(
            (&delivery["state"], &delivery["attempts"], &delivery["kind"]),
            (&json!("delivered"), &json!(1), &json!("event"))
        );
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn receivers_get_the_types_they_want() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world =
            World::with_sender(engine, &["catalog", "orders"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({ "event_types": ["order.placed"] })).await;
        world.happens("catalog", &product(1)).await;
        assert_eq!(receivers.count(), 0);
        world.happens("orders", &world.place("1", None)).await;
        assert_eq!(receivers.count(), 1);
        let wanted = json!({ "event_types": ["product.published"] });
        change(&world, &endpoint.id, wanted).await;
        world.happens("orders", &world.place("2", None)).await;
        world.happens("catalog", &product(2)).await;
        let types: Vec<_> = receivers
            .calls()
            .iter()
            .map(|call| call.body["type"].clone())
            .collect();
        assert_eq!(types, ["order.placed", "product.published"]);
        world.app.assert_invariants().await;
    }
}

/// For a day, receivers that know the old secret and those that know the new one are both content.
#[tokio::test]
async fn two_secrets_sign_while_one_takes_over_from_the_other() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let old = add(&world, json!({})).await;
        let path = format!("/v1/webhook-endpoints/{}/secret-rotations", old.id);
        let rotate = async || world.admin().post(&path).key("r1").await.expect(201);
        let (body, again) = (rotate().await, rotate().await);
        assert_eq!(body, again, "rotated once");
        let new = body["secret"].as_str().expect("a secret").to_owned();
        assert_ne!(new, old.secret);
        assert_eq!(shown(&world, &old.id).await.get("secret"), None);

        world.happens("catalog", &product(1)).await;
        let call = receivers.calls().pop().expect("arrived");
        assert_eq!(good_signatures(&call, &new), [true, false]);
        assert_eq!(good_signatures(&call, &old.secret), [false, true]);

        world.app.kit().advance(Duration::from_hours(24));
        world.happens("catalog", &product(2)).await;
        let call = receivers.calls().pop().expect("arrived");
        assert_eq!(good_signatures(&call, &new), [true]);
        assert_eq!(good_signatures(&call, &old.secret), [false]);
    }
}

#[tokio::test]
async fn no_more_is_sent_in_a_second_than_the_receiver_wants() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, json!({ "max_per_second": 2, "mode": "unordered" })).await;
        for number in 1..=7 {
            world.emit("catalog", &product(number)).await;
        }
        world.app.settle().await;
        let mut seen = vec![receivers.count()];
        for _ in 0..4 {
            world.app.kit().advance(Duration::from_secs(1));
            world.app.settle().await;
            seen.push(receivers.count());
        }
        assert_eq!(seen, [2, 4, 6, 7, 7]);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_test_is_sent_once_and_says_what_it_is() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &[], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({})).await;
        let path = format!("/v1/webhook-endpoints/{}/test-events", endpoint.id);
        let sam = world.staff();
        receivers.answer(|_| status(500));
        let reply = sam.post(&path).await;
        let delivery = reply.expect(202);
        world.app.settle().await;
        world.hours_pass(3).await;
        let at = reply.header("location").expect("where to look").to_owned();
        let tried = sam.get(&at).await.expect(200);
        assert_eq!(tried["id"], delivery["id"]);
        assert_eq!(
            (&tried["state"], &tried["attempts"], &tried["last_error"]),
            (&json!("dead"), &json!(1), &json!("status 500"))
        );
        assert_eq!(shown(&world, &endpoint.id).await.get("failing_since"), None);

        // Also to one that is disabled, with the example of a type.
        receivers.answer(|_| status(200));
        change(&world, &endpoint.id, json!({ "status": "disabled" })).await;
        let order = json!({ "type": "order.placed" });
        sam.post(&path).json(&order).await.expect(202);
        world.app.settle().await;
        let calls = receivers.calls();
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0].body["type"], "webhook_endpoint.test");
        assert_eq!(calls[0].body["data"]["endpoint_id"], endpoint.id);
        assert_eq!(calls[1].body["type"], "order.placed");
        assert_eq!(calls[1].body["sequence"], "0000000000000000000");
        assert_eq!(good_signatures(&calls[1], &endpoint.secret), [true]);
        let wrong = json!({ "type": "order.lost" });
        sam.post(&path).json(&wrong).await.expect(422);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_stretch_of_the_log_is_sent_again_under_the_same_ids() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world =
            World::with_sender(engine, &["catalog", "orders"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({ "event_types": ["product.published"] })).await;
        // More than a page; where the engine costs more, a part of one.
        let count = match engine {
            TestEngine::Sqlite => 120,
            TestEngine::Postgres => 20,
        };
        let products: Vec<_> = (1..=count).map(product).collect();
        world.emit_all("catalog", &products).await;
        world.app.settle().await;
        world.happens("orders", &world.place("1", None)).await;
        let first: Vec<_> = receivers
            .calls()
            .iter()
            .map(|call| call.id().to_owned())
            .collect();
        assert_eq!(first.len(), products.len());

        let path = format!("/v1/webhook-endpoints/{}/replays", endpoint.id);
        let sam = world.staff();
        let until = products.len() - 10;
        let stretch = json!({ "after": "2", "until": format!("{until:019}") });
        let again = async || sam.post(&path).key("p1").json(&stretch).await.expect(202);
        let (body, repeated) = (again().await, again().await);
        assert_eq!(body, repeated);
        assert_eq!(body["until"], stretch["until"]);
        world.app.settle().await;
        let second: Vec<_> = receivers.calls()[products.len()..]
            .iter()
            .map(|call| call.id().to_owned())
            .collect();
        assert_eq!(second, first[2..until], "once, in order");
        let kinds = deliveries(&world, "").await;
        assert_eq!(kinds.last().expect("there")["kind"], "replay");

        for (body, status) in [
            (json!({ "after": "5", "until": "4" }), 422),
            (json!({ "after": "first" }), 422),
            (json!({ "after": "9000000000" }), 410),
        ] {
            sam.post(&path).json(&body).await.expect(status);
        }
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn deliveries_are_listed_latest_first_by_receiver_state_and_event() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        receivers.answer(|call| status(if call.url.ends_with("/bad") { 500 } else { 200 }));
        let good = add(&world, json!({})).await;
        let bad = add(&world, json!({ "url": "https://hooks.test/bad" })).await;
        for number in 1..=3 {
            world.happens("catalog", &product(number)).await;
        }
        let list = async |query: &str| deliveries(&world, query).await;
        assert_eq!(list("").await.len(), 6);
        let of_good = list(&format!("endpoint_id={}", good.id)).await;
        assert_eq!(members(&of_good, "state"), ["delivered"; 3]);
        let of_bad = list(&format!("endpoint_id={}", bad.id)).await;
        assert_eq!(members(&of_bad, "state"), ["pending", "waiting", "waiting"]);
        assert_eq!(of_bad[0]["last_error"], "status 500");
        assert_eq!(list("state=waiting").await.len(), 2);
        let event = of_good[1]["event_id"].as_str().expect("an id");
        let of_event = list(&format!("event_id={event}")).await;
        assert_eq!(of_event.len(), 2);

        let sam = world.staff();
        let page = sam.get("/v1/webhook-deliveries?limit=4").await.expect(200);
        let cursor = page["next_cursor"].as_str().expect("there is more");
        let rest = sam
            .get(&format!("/v1/webhook-deliveries?limit=4&cursor={cursor}"))
            .await
            .expect(200);
        assert_eq!(rest["data"].as_array().map(Vec::len), Some(2));
        let other = format!("/v1/webhook-deliveries?state=dead&cursor={cursor}");
        sam.get(&other).await.expect(400);
    }
}
