//! The keys of access tokens: published ahead, replaced, retired.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::world::{World, on_each_engine};

const DAY: u64 = 86_400;

async fn published(world: &World) -> Vec<String> {
    let jwks = world
        .app
        .anonymous()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    jwks["keys"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|key| key["kid"].as_str().expect("text").to_owned())
        .collect()
}

fn kid(tokens: &Value) -> String {
    let token = tokens["access_token"].as_str().expect("a token");
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().expect("a header"))
        .expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn the_set_is_public_and_may_be_cached() {
    on_each_engine(async |world| {
        let reply = world.app.anonymous().get("/.well-known/jwks.json").await;
        assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
        let key = &reply.expect(200)["keys"][0];
        assert_eq!(
            (&key["kty"], &key["crv"], &key["alg"]),
            (&"OKP".into(), &"Ed25519".into(), &"EdDSA".into())
        );
        assert_eq!(
            key.as_object().map(serde_json::Map::len),
            Some(6),
            "no private member: {key}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_after() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let tokens = world.sign_in("ada@example.org").await;
        let old = kid(&tokens);
        assert_eq!(published(world).await, std::slice::from_ref(&old));

        let new = world
            .operations
            .rotate_signing_key(&world.app.kit().ctx())
            .await
            .expect("rotated");
        assert_eq!(published(world).await, [new.clone(), old.clone()]);
        world.advance(14 * 60);
        assert_eq!(kid(&world.sign_in("ada@example.org").await), old, "not yet");
        let late = world.sign_in("ada@example.org").await;

        world.advance(2 * 60);
        let tokens = world.sign_in("ada@example.org").await;
        assert_eq!(kid(&tokens), new);
        world.with(&tokens).get("/v1/me").await.expect(200);
        world.with(&late).get("/v1/me").await.expect(200);
        assert_eq!(published(world).await, [new.clone(), old]);

        world.advance(20 * 60);
        assert_eq!(published(world).await, [new]);
    })
    .await;
}

#[tokio::test]
async fn keys_are_replaced_by_the_calendar() {
    on_each_engine(async |world| {
        let first = published(world).await;
        world.app.settle().await;
        world.advance(29 * DAY);
        world.app.settle().await;
        assert_eq!(published(world).await, first);
        world.advance(2 * DAY);
        world.app.settle().await;
        let keys = published(world).await;
        assert_eq!(keys.len(), 2, "a new one ahead of the old");
        assert_eq!(keys[1], first[0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_first_questions_make_one_key() {
    on_each_engine(async |world| {
        let questions = (0..16).map(|_| {
            let client = world.app.anonymous();
            tokio::spawn(async move { client.get("/.well-known/jwks.json").await.expect(200) })
        });
        for question in questions.collect::<Vec<_>>() {
            question.await.expect("no panic");
        }
        assert_eq!(published(world).await.len(), 1);
    })
    .await;
}
