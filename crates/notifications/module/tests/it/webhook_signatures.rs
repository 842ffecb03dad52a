//! Webhooks that a private key signs: what receivers verify with, and what else is good beside it.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tenon_store::Queryable as _;
use tenon_testkit::engines;

use crate::receivers::{Call, Receivers};
use crate::webhooks::{change, deliveries, good_signatures, hook, shown};
use crate::world::{ONE_STORE, World, product};

const PATH: &str = "/v1/webhook-endpoints";

/// Adds a receiver and returns its path, with what the answer said.
async fn add(world: &World, signature: &str) -> (String, Value) {
    let body = hook(json!({ "signature": signature }));
    let made = world.admin().post(PATH).json(&body).await.expect(201);
    let path = format!("{PATH}/{}", made["id"].as_str().expect("an id"));
    (path, made)
}

async fn rotate(world: &World, path: &str, body: Value) -> Value {
    let rotation = world.admin().post(&format!("{path}/secret-rotations"));
    rotation.json(&body).await.expect(201)
}

fn key<'v>(endpoint: &'v Value, member: &str) -> &'v str {
    endpoint[member].as_str().expect("a public key")
}

fn key_bytes(public_key: &str) -> Vec<u8> {
    let text = public_key.strip_prefix("whpk_").expect("a public key");
    let bytes = STANDARD.decode(text).expect("base64");
    assert_eq!(bytes.len(), 32);
    bytes
}

/// The signatures of a call: version and bytes.
fn signatures(call: &Call) -> Vec<(String, Vec<u8>)> {
    let header = call.header("webhook-signature").split(' ');
    let parts = header.map(|it| it.split_once(',').expect("version and signature"));
    parts
        .map(|(version, tag)| (version.to_owned(), STANDARD.decode(tag).expect("base64")))
        .collect()
}

fn is_good(public_key: &str, message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key_bytes(public_key))
        .verify(message, signature)
        .is_ok()
}

fn message(id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
    [format!("{id}.{timestamp}.").as_bytes(), body].concat()
}

/// What a receiver does that has nothing but a public key: which of the signatures are good.
fn good(call: &Call, public_key: &str) -> Vec<bool> {
    let id = call.header("webhook-id");
    let message = message(id, call.header("webhook-timestamp"), &call.raw);
    signatures(call)
        .iter()
        .map(|(version, tag)| version == "v1a" && is_good(public_key, &message, tag))
        .collect()
}

#[tokio::test]
async fn a_receiver_with_nothing_but_the_public_key_knows_what_is_ours() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let (path, made) = add(&world, "v1a").await;
        assert_eq!(made["signature"], "v1a");
        assert_eq!(made.get("secret"), None, "there is nothing to keep secret");
        assert_eq!(made.get("previous_public_key"), None);
        let public_key = key(&made, "public_key");
        let id = made["id"].as_str().expect("an id");
        assert_eq!(shown(&world, id).await["public_key"], public_key);
        let list = world.staff().get(PATH).await.expect(200);
        assert_eq!(list["data"][0]["public_key"], public_key);

        world.happens("catalog", &product(1)).await;
        let call = receivers.calls().pop().expect("arrived");
        assert_eq!(good(&call, public_key), [true]);

        let (event, time) = (
            call.header("webhook-id"),
            call.header("webhook-timestamp").to_owned(),
        );
        let tag = &signatures(&call)[0].1;
        assert!(is_good(public_key, &message(event, &time, &call.raw), tag));
        let mut other_body = call.raw.clone();
        *other_body.last_mut().expect("a body") ^= 1;
        let later = (time.parse::<i64>().expect("seconds") + 1).to_string();
        for forged in [
            message(event, &time, &other_body),
            message("evt_01k3mxwn7x3e388ffmb85x0c4z", &time, &call.raw),
            message(event, &later, &call.raw),
        ] {
            assert!(!is_good(public_key, &forged, tag));
        }
        let (_, other) = add(&world, "v1a").await;
        assert_ne!(other["public_key"], made["public_key"]);
        assert_eq!(good(&call, key(&other, "public_key")), [false]);
        // What changes otherwise leaves the keys alone.
        let changed = change(&world, id, json!({ "description": "Warehouse" })).await;
        assert_eq!(changed["public_key"], public_key);
        let test = format!("{path}/test-events");
        world.staff().post(&test).await.expect(202);
        world.app.settle().await;
        let call = receivers.calls().pop().expect("arrived");
        assert_eq!(good(&call, public_key), [true]);
    }
}

/// For a day, receivers that know the old public key and those that know the new one are both content.
#[tokio::test]
async fn two_private_keys_sign_while_one_takes_over_from_the_other() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let (path, old) = add(&world, "v1a").await;
        let rotation = format!("{path}/secret-rotations");
        let again = async || world.admin().post(&rotation).key("r1").await.expect(201);
        let (new, repeated) = (again().await, again().await);
        assert_eq!(new, repeated, "rotated once");
        assert_eq!(
            (&new["signature"], &new["previous_public_key"]),
            (&json!("v1a"), &old["public_key"])
        );
        assert_ne!(new["public_key"], old["public_key"]);
        let (old, new) = (key(&old, "public_key"), key(&new, "public_key"));

        world.happens("catalog", &product(1)).await;
        let call = receivers.calls().pop().expect("arrived");
        assert_eq!(good(&call, new), [true, false]);
        assert_eq!(good(&call, old), [false, true]);

        world.app.kit().advance(Duration::from_hours(24));
        world.happens("catalog", &product(2)).await;
        let call = receivers.calls().pop().expect("arrived");
        assert_eq!(good(&call, new), [true]);
        assert_eq!(good(&call, old), [false]);
    }
}

/// A receiver goes over from one kind to the other without missing anything, and back.
#[tokio::test]
async fn both_kinds_sign_while_one_takes_over_from_the_other() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let (path, made) = add(&world, "v1").await;
        let shared = made["secret"].as_str().expect("a secret");
        assert_eq!(made["signature"], "v1");
        assert_eq!(made.get("public_key"), None);

        let pair = rotate(&world, &path, json!({ "signature": "v1a" })).await;
        assert_eq!(pair.get("secret"), None);
        assert_eq!(pair.get("previous_public_key"), None);
        world.happens("catalog", &product(1)).await;
        let call = receivers.calls().pop().expect("arrived");
        let versions: Vec<_> = signatures(&call).into_iter().map(|(it, _)| it).collect();
        assert_eq!(versions, ["v1a", "v1"]);
        assert_eq!(good(&call, key(&pair, "public_key")), [true, false]);
        assert_eq!(good_signatures(&call, shared), [false, true]);

        let back = rotate(&world, &path, json!({ "signature": "v1" })).await;
        assert_eq!(back["previous_public_key"], pair["public_key"]);
        assert_eq!(back.get("public_key"), None);
        let new = back["secret"].as_str().expect("a secret");
        world.happens("catalog", &product(2)).await;
        let call = receivers.calls().pop().expect("arrived");
        assert_eq!(good_signatures(&call, new), [true, false]);
        assert_eq!(good_signatures(&call, shared), [false, false]);
        assert_eq!(good(&call, key(&pair, "public_key")), [false, true]);
        world.app.assert_invariants().await;
    }
}

/// Who can write to the store alone cannot have receivers verify with another key.
#[tokio::test]
async fn nothing_is_signed_beside_a_public_key_that_is_not_ours() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        add(&world, "v1a").await;
        let ctx = world.app.kit().ctx();
        let sealed: Vec<u8> = world
            .db
            .read(&ctx)
            .query("SELECT secret FROM webhook_endpoints")
            .fetch_scalar()
            .await
            .expect("readable")
            .expect("one row");
        assert_eq!(sealed.len(), 1 + 12 + 32 + 16, "format, nonce, key and tag");
        let forged = "UPDATE webhook_endpoints SET public_key = substr(secret, 1, 32)";
        assert_eq!(world.execute(forged).await, 1);
        world.happens("catalog", &product(1)).await;
        assert_eq!(receivers.count(), 0);
        let delivery = &deliveries(&world, "").await[0];
        assert_eq!(delivery["last_error"], "no_secret");
    }
}

#[tokio::test]
async fn kinds_that_are_none_are_refused() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let root = world.admin();
        let (path, made) = add(&world, "v1a").await;
        let rotation = format!("{path}/secret-rotations");
        let wrong = json!({ "signature": "v2" });
        for (at, body) in [(PATH, hook(wrong.clone())), (rotation.as_str(), wrong)] {
            let problem = root.post(at).json(&body).await.expect(400);
            assert_eq!(problem["errors"][0]["pointer"], "/signature", "{at}");
        }
        // Another kind needs another secret: that is what rotations are for.
        let change = root.patch(&path).header("if-match", "\"v1\"");
        let body = json!({ "signature": "v1" });
        change.json(&body).await.expect(400);
        assert_eq!(
            shown(&world, made["id"].as_str().expect("an id")).await["public_key"],
            made["public_key"]
        );
    }
}

#[tokio::test]
async fn webhooks_go_on_in_the_trace_of_their_event() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let (path, _) = add(&world, "v1").await;
        world.happens("catalog", &product(1)).await;
        let call = receivers.calls().pop().expect("arrived");
        let event = world.app.events("catalog", "product.published").await;
        assert_eq!(call.header("traceparent"), event[0].traceparent);

        // A test belongs to the request that asked for it.
        let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let parent = format!("00-{trace_id}-00f067aa0ba902b7-01");
        let asked = world.staff().post(&format!("{path}/test-events"));
        asked.header("traceparent", &parent).await.expect(202);
        world.app.settle().await;
        let call = receivers.calls().pop().expect("arrived");
        let sent = call.header("traceparent");
        assert_eq!(sent.split('-').nth(1), Some(trace_id), "{sent}");
    }
}
