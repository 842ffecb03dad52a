//! From adding a factor to removing it.

use serde_json::{Value, json};

use super::{
    EMAIL, FACTORS, Phone, add, both_steps, codes_of, confirm, first_step, guard, guarded, refused,
};
use crate::world::on_each_engine;

#[tokio::test]
async fn a_factor_counts_once_it_is_confirmed() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let ada = world.with(&world.sign_in(EMAIL).await);
        let list = ada.get(FACTORS).await.expect(200);
        assert_eq!(list, json!({ "data": [], "recovery_codes_left": 0 }));

        let reply = ada
            .post(FACTORS)
            .json(&json!({ "kind": "totp", "name": "Phone" }))
            .await;
        let made = reply.expect(201);
        let phone = Phone::scan(&made);
        assert_eq!(reply.header("location"), Some(phone.path().as_str()));
        assert_eq!((&made["status"], &made["name"]), (&json!("pending"), &json!("Phone")));
        let uri = format!(
            "otpauth://totp/localhost:{EMAIL}?secret={}&issuer=localhost&algorithm=SHA1&digits=6&period=30",
            phone.secret
        );
        assert_eq!(made["uri"], uri);
        world.sign_in(EMAIL).await;

        let reply = confirm(&ada, &phone, &phone.wrong(world)).await;
        refused(&reply, 422, "identity.wrong_code");
        assert_eq!(reply.json()["errors"][0]["pointer"], "/one_time_code");
        world.sign_in(EMAIL).await;
        let confirmed = confirm(&ada, &phone, &phone.code(world, 0)).await.expect(200);
        assert_eq!(confirmed["status"], "confirmed");
        assert_eq!(confirmed["secret"], Value::Null);
        assert_eq!(codes_of(&confirmed).len(), 10);
        first_step(world, EMAIL).await;

        let list = ada.get(FACTORS).await.expect(200);
        assert_eq!(list["recovery_codes_left"], 10);
        assert_eq!(list["data"][0]["status"], "confirmed");
        let shown = list["data"][0].as_object().expect("an object");
        assert!(!shown.contains_key("secret") && !shown.contains_key("uri"));
        let again = confirm(&ada, &phone, &phone.code(world, 1)).await;
        refused(&again, 409, "identity.factor_confirmed");
    })
    .await;
}

#[tokio::test]
async fn the_secret_is_shown_again_under_its_key_until_it_is_confirmed() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let ada = world.with(&world.sign_in(EMAIL).await);
        let body = json!({ "kind": "totp" });
        let ask = async || ada.post(FACTORS).key("k").json(&body).await;
        let first = ask().await.expect(201);
        assert_eq!(ask().await.expect(201), first);
        let phone = Phone::scan(&first);
        confirm(&ada, &phone, &phone.code(world, 0))
            .await
            .expect(200);
        refused(&ask().await, 409, "identity.factor_confirmed");
        assert_eq!(
            ada.get(FACTORS).await.json()["data"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
    })
    .await;
}

#[tokio::test]
async fn a_pending_factor_is_forgotten_and_five_are_enough() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let ada = world.with(&world.sign_in(EMAIL).await);
        let mut phones = Vec::new();
        for _ in 0..5 {
            phones.push(add(&ada).await);
        }
        let more = ada.post(FACTORS).json(&json!({ "kind": "totp" })).await;
        refused(&more, 409, "identity.too_many_factors");

        world.advance(900);
        let late = confirm(&ada, &phones[0], &phones[0].code(world, 0)).await;
        assert_eq!(late.status(), 401, "the access token has expired, too");
        let ada = world.with(&world.sign_in(EMAIL).await);
        let late = confirm(&ada, &phones[0], &phones[0].code(world, 0)).await;
        refused(&late, 404, "identity.factor_not_found");
        assert_eq!(ada.get(FACTORS).await.json()["data"], json!([]));
        guard(world, ada).await;
    })
    .await;
}

#[tokio::test]
async fn bad_bodies_are_refused_with_the_member_named() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let ada = world.with(&world.sign_in(EMAIL).await);
        for (body, status, pointer) in [
            (json!({}), 400, "/kind"),
            (json!({ "kind": "sms" }), 400, "/kind"),
            (json!({ "kind": "totp", "name": " " }), 422, "/name"),
            (
                json!({ "kind": "totp", "name": "x".repeat(101) }),
                422,
                "/name",
            ),
            (json!({ "kind": "totp", "secret": "mine" }), 400, "/secret"),
        ] {
            let reply = ada.post(FACTORS).json(&body).await;
            assert_eq!(reply.status(), status, "{body} {reply:?}");
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
        }
        assert_eq!(ada.get(FACTORS).await.json()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn somebody_elses_factor_is_none() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        world.account("eve@example.org").await;
        let eve = world.with(&world.sign_in("eve@example.org").await);
        let pending = add(&ada.client).await;
        for phone in [&ada.phone, &pending] {
            let reply = confirm(&eve, phone, &phone.code(world, 0)).await;
            refused(&reply, 404, "identity.factor_not_found");
            let reply = eve.delete(&phone.path()).await;
            refused(&reply, 404, "identity.factor_not_found");
        }
        assert_eq!(eve.get(FACTORS).await.json()["data"], json!([]));
        let left = ada.client.get(FACTORS).await.json();
        assert_eq!(left["data"].as_array().map(Vec::len), Some(2));
    })
    .await;
}

#[tokio::test]
async fn adding_and_removing_need_a_fresh_sign_in() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let tokens = world.sign_in(EMAIL).await;
        world.advance(899);
        let tokens = world.refresh(&tokens).await.expect(200);
        let phone = add(&world.with(&tokens)).await;
        world.advance(1);
        let ada = world.with(&tokens);
        let body = json!({ "kind": "totp" });
        let reply = ada.post(FACTORS).json(&body).await;
        refused(&reply, 403, "identity.sign_in_again");
        confirm(&ada, &phone, &phone.code(world, 0))
            .await
            .expect(200);
        let reply = ada.delete(&phone.path()).await;
        refused(&reply, 403, "identity.sign_in_again");
        let reply = ada.post("/v1/me/recovery-codes").await;
        refused(&reply, 403, "identity.sign_in_again");

        let fresh = both_steps(world, EMAIL, &phone.code(world, 1)).await;
        let ada = world.with(&fresh.expect(201));
        ada.delete(&phone.path()).await.expect(204);
    })
    .await;
}

/// Whoever has a session from before the factor does not get rid of it, nor make a key that outlives the session.
#[tokio::test]
async fn a_session_from_before_is_not_strong_enough() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let (other, gone) = (world.sign_in(EMAIL).await, world.sign_in(EMAIL).await);
        let ada = world.with(&world.sign_in(EMAIL).await);
        let phone = add(&ada).await;
        let path = format!("{}/confirmations", phone.path());
        world
            .with(&gone)
            .delete("/v1/auth/sessions/current")
            .await
            .expect(204);
        let body = json!({ "one_time_code": phone.code(world, 0), "end_other_sessions": false });
        ada.post(&path).json(&body).await.expect(200);
        let other = world.with(&other);
        other.get("/v1/me").await.expect(200);
        let key = json!({ "name": "Tea", "scopes": ["api:read"] });
        for reply in [
            other.delete(&phone.path()).await,
            other.post("/v1/me/recovery-codes").await,
            other.post(FACTORS).json(&json!({ "kind": "totp" })).await,
            other.post("/v1/api-keys").json(&key).await,
        ] {
            refused(&reply, 403, "identity.sign_in_again");
        }
        ada.post("/v1/api-keys").json(&key).await.expect(201);
        ada.delete(&phone.path()).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn other_sessions_end_with_the_first_code() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let other = world.sign_in(EMAIL).await;
        let ada = world.with(&world.sign_in(EMAIL).await);
        guard(world, ada.clone()).await;
        ada.get("/v1/me").await.expect(200);
        world.with(&other).get("/v1/me").await.expect(401);
        world.refresh(&other).await.expect(401);
        let ended = world.events("session.revoked").await;
        assert_eq!(ended[0]["reason"], "factor_added");
    })
    .await;
}
