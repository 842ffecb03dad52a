//! Signing in with a factor: no way around it, and nothing told to those without the password.

use serde_json::json;
use tenon_kernel::Role;

use super::{CONFIRM, EMAIL, both_steps, first_step, guarded, refused, second_step};
use crate::oauth::browser::claims;
use crate::world::{PASSWORD, comparable, on_each_engine};

const NEW: &str = "a much better one";

#[tokio::test]
async fn a_session_says_how_it_began() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let reply = world.try_sign_in(EMAIL, PASSWORD).await;
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert_eq!(reply.json()["expires_in"], 300);
        assert!(reply.json().get("access_token").is_none());
        let reply = both_steps(world, EMAIL, &ada.phone.code(world, 0)).await;
        let tokens = reply.expect(201);
        let session = tokens["session_id"].as_str().expect("an id");
        let location = format!("/v1/me/sessions/{session}");
        assert_eq!(reply.header("location"), Some(location.as_str()));
        world.with(&tokens).get("/v1/me").await.expect(200);
        let refreshed = world.refresh(&tokens).await.expect(200);
        for tokens in [&tokens, &refreshed] {
            let amr = &claims(&tokens["access_token"])["amr"];
            assert_eq!(*amr, json!(["pwd", "otp", "mfa"]));
        }
        let created = world.events("session.created").await;
        let amr: Vec<_> = created.iter().map(|event| event["amr"].clone()).collect();
        assert_eq!(amr, [json!(["pwd"]), json!(["pwd", "otp", "mfa"])]);
    })
    .await;
}

/// Whoever does not know the password learns nothing of a factor.
#[tokio::test]
async fn a_wrong_password_gets_the_same_answer_with_and_without_a_factor() {
    on_each_engine(async |world| {
        guarded(world, EMAIL).await;
        world.account("plain@example.org").await;
        let with = comparable(&world.try_sign_in(EMAIL, "a wrong guess").await);
        let without = comparable(
            &world
                .try_sign_in("plain@example.org", "a wrong guess")
                .await,
        );
        let nobody = comparable(
            &world
                .try_sign_in("nobody@example.org", "a wrong guess")
                .await,
        );
        assert_eq!(with, without);
        assert_eq!(with, nobody);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_none_completes_nothing() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let code = ada.phone.code(world, 0);
        for token in ["", "x", &"A".repeat(43)] {
            let reply = second_step(world, token, &code).await;
            refused(&reply, 401, "identity.sign_in_expired");
        }
        let token = first_step(world, EMAIL).await;
        for body in [
            json!({ "challenge_token": token }),
            json!({ "challenge_token": token, "one_time_code": code, "email": EMAIL }),
        ] {
            world.post(CONFIRM, body).await.expect(400);
        }
        second_step(world, &token, &code).await.expect(201);
        world.advance(30);
        let again = second_step(world, &token, &ada.phone.code(world, 0)).await;
        refused(&again, 401, "identity.sign_in_expired");
        // It opens nothing else.
        let reply = world.refresh(&json!({ "refresh_token": token })).await;
        refused(&reply, 401, "identity.invalid_refresh_token");
        world.app.with_token(&token).get("/v1/me").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_waits_five_minutes() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let (late, timely) = (
            first_step(world, EMAIL).await,
            first_step(world, EMAIL).await,
        );
        world.advance(299);
        second_step(world, &timely, &ada.phone.code(world, 0))
            .await
            .expect(201);
        world.advance(1);
        let reply = second_step(world, &late, &ada.phone.code(world, 1)).await;
        refused(&reply, 401, "identity.sign_in_expired");
    })
    .await;
}

/// Getting a new password by mail proves the address, and nothing more.
#[tokio::test]
async fn recovery_does_not_skip_the_code() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let before = first_step(world, EMAIL).await;
        world.ask("recover", EMAIL).await;
        world
            .answer(&world.mail().await, Some(NEW))
            .await
            .expect(204);
        let reply = second_step(world, &before, &ada.phone.code(world, 0)).await;
        refused(&reply, 401, "identity.sign_in_expired");
        let reply = world.try_sign_in(EMAIL, NEW).await;
        let token = super::asked(&reply);
        second_step(world, &token, &ada.phone.code(world, 0))
            .await
            .expect(201);
    })
    .await;
}

#[tokio::test]
async fn who_is_locked_meanwhile_is_not_let_in() {
    on_each_engine(async |world| {
        let (id, client) = world.made(EMAIL, &[Role::Customer]).await;
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let ada = super::guard(world, client).await;
        let token = first_step(world, EMAIL).await;
        let lock = json!({ "locked": true, "lock_reason": "fraud" });
        let path = format!("/v1/users/{id}");
        let etag = admin
            .get(&path)
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        let lock = admin.patch(&path).header("if-match", &etag).json(&lock);
        lock.await.expect(200);
        let reply = second_step(world, &token, &ada.phone.code(world, 0)).await;
        refused(&reply, 401, "identity.sign_in_expired");
    })
    .await;
}
