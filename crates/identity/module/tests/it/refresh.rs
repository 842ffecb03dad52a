//! Refresh tokens: one family for each session, one successor for each token.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenon_kernel::Role;

use crate::oauth::browser::claims;
use crate::world::on_each_engine;

#[tokio::test]
async fn a_refresh_replaces_the_token_and_keeps_the_session() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let first = world.sign_in("ada@example.org").await;
        let second = world.refresh(&first).await.expect(200);
        assert_eq!(first["session_id"], second["session_id"]);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        assert_eq!(second.get("device_token"), None);
        world.with(&second).get("/v1/me").await.expect(200);
        world.advance(600);
        let third = world.refresh(&second).await.expect(200);
        world.with(&third).get("/v1/me").await.expect(200);
    })
    .await;
}

/// Whoever has to sign in again for a refund does not get around it by refreshing.
#[tokio::test]
async fn a_refresh_does_not_make_the_sign_in_younger() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let first = world.sign_in("ada@example.org").await;
        world.advance(600);
        let second = world.refresh(&first).await.expect(200);
        let again = world.refresh(&first).await.expect(200); // a lost answer
        let began = claims(&first["access_token"]);
        assert_eq!(began["auth_time"], began["iat"]);
        for later in [second, again] {
            let later = claims(&later["access_token"]);
            assert_eq!(later["iat"], began["iat"].as_i64().expect("seconds") + 600);
            assert_eq!(later["auth_time"], began["auth_time"]);
            assert_eq!(later["amr"], json!(["pwd"]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_given_again() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let first = world.sign_in("ada@example.org").await;
        let answer = world.refresh(&first).await.expect(200);
        world.advance(30);
        let again = world.refresh(&first).await.expect(200);
        assert_eq!(
            answer["refresh_token"], again["refresh_token"],
            "the same successor"
        );
        world.with(&again).get("/v1/me").await.expect(200);
        world.refresh(&again).await.expect(200);
        assert!(world.events("session.compromised").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_used_token_that_comes_back_late_ends_the_session() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let other = world.sign_in("ada@example.org").await;
        let first = world.sign_in("ada@example.org").await;
        let second = world.refresh(&first).await.expect(200);
        world.advance(31);
        assert_eq!(
            world.refresh(&first).await.code(),
            "identity.invalid_refresh_token"
        );
        world.refresh(&second).await.expect(401);
        world.with(&second).get("/v1/me").await.expect(401);
        world.with(&other).get("/v1/me").await.expect(200);
        let compromised = world.events("session.compromised").await;
        assert_eq!(compromised.len(), 1);
        assert_eq!(compromised[0]["session_id"], first["session_id"]);
        world.refresh(&first).await.expect(401);
        assert_eq!(
            world.events("session.compromised").await.len(),
            1,
            "said once"
        );
    })
    .await;
}

/// Two rotations within one second: the generation decides, not the time.
#[tokio::test]
async fn a_token_two_generations_back_ends_the_session_at_once() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let first = world.sign_in("ada@example.org").await;
        let second = world.refresh(&first).await.expect(200);
        let third = world.refresh(&second).await.expect(200);
        world.refresh(&first).await.expect(401);
        world.refresh(&third).await.expect(401);
        assert_eq!(
            world.events("session.compromised").await[0]["generations_behind"],
            2
        );
    })
    .await;
}

/// Forty at once race for the first place; the others find it taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_refreshes_with_one_token_get_one_successor() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let first = world.sign_in("ada@example.org").await;
        let mut successors = BTreeSet::new();
        let mut last = Value::Null;
        for _ in 0..25 {
            let refreshes = (0..40).map(|_| {
                let (client, body) = (
                    world.app.anonymous(),
                    json!({ "refresh_token": first["refresh_token"] }),
                );
                tokio::spawn(
                    async move { client.post("/v1/auth/tokens").json(&body).await.expect(200) },
                )
            });
            for refresh in refreshes.collect::<Vec<_>>() {
                last = refresh.await.expect("no panic");
                successors.insert(last["refresh_token"].as_str().expect("a token").to_owned());
            }
        }
        assert_eq!(successors.len(), 1);
        world.refresh(&last).await.expect(200);
        assert!(world.events("session.compromised").await.is_empty());
    })
    .await;
}

/// Whoever stole a token has it in hand while its owner goes on: both are out, with every access token of the family, and
/// the owner is told.
#[tokio::test]
async fn theft_ends_every_access_token_of_the_family_and_no_other() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let other = world.sign_in("ada@example.org").await;
        let mut family = vec![world.sign_in("ada@example.org").await];
        for _ in 0..5 {
            let last = family.last().expect("one");
            family.push(world.refresh(last).await.expect(200));
        }
        for tokens in &family {
            world.with(tokens).get("/v1/me").await.expect(200);
        }
        world.refresh(&family[2]).await.expect(401);
        for tokens in &family {
            world.with(tokens).get("/v1/me").await.expect(401);
            world.refresh(tokens).await.expect(401);
        }
        world.with(&other).get("/v1/me").await.expect(200);
        world.refresh(&other).await.expect(200);
        let told = world.events("session.compromised").await;
        assert_eq!(told.len(), 1, "the mail to the owner follows from it, once");
        assert_eq!(told[0]["session_id"], family[0]["session_id"]);
        assert_eq!(told[0]["generations_behind"], 3);
    })
    .await;
}

#[tokio::test]
async fn nonsense_is_no_refresh_token() {
    on_each_engine(async |world| {
        for nonsense in [
            "",
            "x",
            &"A".repeat(43),
            &"é".repeat(43),
            &"A".repeat(5_000),
        ] {
            let reply = world
                .post("/v1/auth/tokens", json!({ "refresh_token": nonsense }))
                .await;
            assert_eq!(reply.code(), "identity.invalid_refresh_token", "{nonsense}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_role_counts_from_the_next_refresh() {
    on_each_engine(async |world| {
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        world.account("ada@example.org").await;
        let tokens = world.sign_in("ada@example.org").await;
        let id = world.with(&tokens).get("/v1/me").await.expect(200)["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let path = format!("/v1/users/{id}");
        let etag = admin
            .get(&path)
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        let roles = json!({ "roles": ["customer", "admin"] });
        admin
            .patch(&path)
            .header("if-match", &etag)
            .json(&roles)
            .await
            .expect(200);

        world.with(&tokens).get("/v1/users").await.expect(403);
        let tokens = world.refresh(&tokens).await.expect(200);
        world.with(&tokens).get("/v1/users").await.expect(200);
    })
    .await;
}
