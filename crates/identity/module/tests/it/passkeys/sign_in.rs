//! A passkey and nothing else.

use serde_json::json;

use super::{CHALLENGES, EMAIL, FACTORS, SESSIONS, answer, challenge, guarded, refused, sign_in};
use crate::world::{comparable, on_each_engine};

#[tokio::test]
async fn a_passkey_alone_starts_a_session_that_counts_as_two_factors() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        world.advance(3_600);
        let reply = sign_in(world, &mut laptop).await;
        let tokens = reply.expect(201);
        let session = tokens["session_id"].as_str().expect("an id");
        let location = format!("/v1/me/sessions/{session}");
        assert_eq!(reply.header("location"), Some(location.as_str()));
        let ada = world.with(&tokens);
        ada.get("/v1/me").await.expect(200);
        world.refresh(&tokens).await.expect(200);
        let created = world.events("session.created").await;
        let last = created.last().expect("one");
        assert_eq!(last["amr"], json!(["pop", "user", "mfa"]));
        assert_eq!(last["known_device"], false);
        // It is fresh, and as good as a code: what lasts can be made with it.
        ada.post("/v1/me/recovery-codes").await.expect(200);
        let listed = ada.get(FACTORS).await.expect(200);
        assert_ne!(
            listed["data"][0]["last_used_at"],
            listed["data"][0]["confirmed_at"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_challenge_is_the_same_for_everybody() {
    on_each_engine(async |world| {
        let before = challenge(world).await;
        guarded(world, EMAIL).await;
        let after = challenge(world).await;
        for asked in [&before, &after] {
            let options = &asked["request_options"];
            assert_eq!(options["rpId"], "localhost");
            assert_eq!(options["allowCredentials"], json!([]));
            assert_eq!(options["userVerification"], "required");
            assert_eq!(
                options["challenge"].as_str().expect("text").len(),
                43,
                "256 bits"
            );
            assert_eq!(asked["expires_in"], 300);
        }
        assert_ne!(
            before["request_options"]["challenge"],
            after["request_options"]["challenge"]
        );
        assert_ne!(before["challenge_token"], after["challenge_token"]);
        let named = json!({ "email": EMAIL });
        world.post(CHALLENGES, named).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_is_known_is_not_told_of() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let tokens = sign_in(world, &mut laptop).await.expect(201);
        let asked = challenge(world).await;
        let body = json!({
            "challenge_token": asked["challenge_token"], "credential": laptop.get(&asked["request_options"]),
            "device_token": tokens["device_token"],
        });
        world.post(SESSIONS, body).await.expect(201);
        let created = world.events("session.created").await;
        assert_eq!(created.last().expect("one")["known_device"], true);
    })
    .await;
}

#[tokio::test]
async fn authenticators_without_a_counter_sign_in_again_and_again() {
    on_each_engine(async |world| {
        let (mut synced, _) = guarded(world, EMAIL).await;
        synced.counts = false;
        for _ in 0..3 {
            let asked = challenge(world).await;
            let credential = synced.get(&asked["request_options"]);
            answer(world, &asked, &credential).await.expect(201);
        }
    })
    .await;
}

/// Whoever has no passkey of ours learns nothing of those that there are.
#[tokio::test]
async fn unknown_and_foreign_passkeys_get_the_same_answer() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let unknown = comparable(&sign_in(world, &mut super::device()).await);
        laptop.verifies_user = false;
        let known = comparable(&sign_in(world, &mut laptop).await);
        assert_eq!(unknown, known);
        let asked = challenge(world).await;
        laptop.verifies_user = true;
        let credential = laptop.get(&asked["request_options"]);
        let mut none = asked.clone();
        none["challenge_token"] = json!("A".repeat(43));
        let no_challenge = answer(world, &none, &credential).await;
        refused(&no_challenge, 401, "identity.passkey_refused");
        assert_eq!(unknown, comparable(&no_challenge));
    })
    .await;
}
