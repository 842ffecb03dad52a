//! What people have agreed to, and take back.

use serde_json::json;

use super::browser::{Browser, people, program, query, refused, sent_to, value};
use crate::world::on_each_engine;

#[tokio::test]
async fn a_consent_taken_back_ends_what_the_program_has() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let one = program(&admin, "public").await;
        world.advance(1);
        let other = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let tokens = one.tokens(world, "openid api:read").await;
        let kept = other.tokens(world, "openid api:read").await;
        let pending = browser.code(&query(&one, &[])).await;
        let ada = world.with(&world.sign_in("ada@example.org").await);
        let list = ada.get("/v1/me/consents").await.expect(200);
        let list = list["data"].as_array().expect("a list");
        let ids: Vec<_> = list
            .iter()
            .map(|consent| consent["client_id"].clone())
            .collect();
        assert_eq!(ids, [json!(other.id), json!(one.id)]);
        let all = json!(["api:read", "email", "openid"]);
        assert_eq!(list[1]["scopes"], all, "all that was agreed to");
        assert_eq!(list[1]["client_name"], "Tea & Co");

        let path = format!("/v1/me/consents/{}", one.id);
        assert_eq!(
            admin.delete(&path).await.code(),
            "identity.consent_not_found"
        );
        ada.delete(&path).await.expect(204);
        assert_eq!(ada.delete(&path).await.code(), "identity.consent_not_found");
        world.with(&tokens).get("/v1/me").await.expect(401);
        assert_eq!(
            refused(&one.refresh(world, &tokens).await, 400),
            "invalid_grant"
        );
        assert_eq!(
            refused(&one.exchange(world, &pending, &[]).await, 400),
            "invalid_grant"
        );
        world.with(&kept).get("/v1/me").await.expect(200);
        let silent = query(&one, &[("prompt", "none")]);
        let (_, said) = sent_to(&browser.get(&silent).await);
        assert_eq!(value(&said, "error"), "consent_required");
    })
    .await;
}

#[tokio::test]
async fn programs_and_browsers_stand_in_the_list_of_sessions_and_can_be_ended() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let code = browser
            .code(&query(&program, &[("scope", "api:read")]))
            .await;
        world.advance(1);
        let tokens = program.exchange(world, &code, &[]).await.expect(200);
        world.advance(1);
        let ada = world.with(&world.sign_in("ada@example.org").await);
        let list = ada.get("/v1/me/sessions").await.expect(200);
        assert_eq!(list["data"].as_array().map(Vec::len), Some(3));
        assert_eq!(list["data"][1]["client"], "Tea & Co");
        for place in [1, 2] {
            let id = list["data"][place]["id"].as_str().expect("an id");
            let path = format!("/v1/me/sessions/{id}");
            ada.delete(&path).await.expect(204);
        }
        world.with(&tokens).get("/v1/me").await.expect(401);
        let silent = query(&program, &[("prompt", "none")]);
        let (_, said) = sent_to(&browser.get(&silent).await);
        assert_eq!(value(&said, "error"), "login_required");
    })
    .await;
}
