//! Programs that act for somebody who must have a second factor.

use serde_json::json;
use tenon_testkit::Client;

use super::{REQUIRED, administrator, give_staff, id_of, on_each_engine, refused};
use crate::factors::guard;
use crate::oauth::browser::{Browser, program, query, sent_to, text, value};
use crate::world::{PASSWORD, World};

const ADA: &str = "ada@example.org";

/// Ada, who has no factor, and an administrator.
async fn people(world: &World) -> (Client, Client) {
    let admin = administrator(world).await;
    world.account(ADA).await;
    (admin, world.with(&world.sign_in(ADA).await))
}

#[tokio::test]
async fn the_page_says_what_to_do_and_the_program_gets_nothing() {
    on_each_engine(async |world| {
        let (admin, ada) = people(world).await;
        let program = program(&admin, "public").await;
        // She agreed while she needed none.
        let mut browser = Browser::new(world);
        let asked = query(&program, &[]);
        browser.code(&asked).await;
        let again = query(&program, &[("prompt", "consent")]);
        let page = text(&browser.get(&again).await);
        give_staff(&admin, &id_of(&ada).await).await;

        let reply = browser.get(&asked).await;
        assert_eq!(reply.status(), 400);
        let said = text(&reply);
        assert!(
            said.contains("add an authenticator app or a passkey"),
            "{said}"
        );
        // A page that was shown before leads no further.
        let reply = browser.decide(&page, "allow").await;
        assert_eq!(reply.status(), 400);
        let silent = query(&program, &[("prompt", "none")]);
        let (_, said) = sent_to(&browser.get(&silent).await);
        assert_eq!(value(&said, "error"), "interaction_required");
        let mut other = Browser::new(world);
        let page = text(&other.get(&asked).await);
        let reply = other.sign_in(&page, ADA, PASSWORD).await;
        assert_eq!(reply.status(), 400);
        assert!(text(&reply).contains("second factor"));

        let ada = world.with(&world.sign_in(ADA).await);
        guard(world, ada).await;
        assert_eq!(browser.asks(&asked).await, (true, false), "with the factor");
    })
    .await;
}

#[tokio::test]
async fn what_a_program_has_goes_no_further_until_there_is_a_factor() {
    on_each_engine(async |world| {
        let (admin, ada) = people(world).await;
        let program = program(&admin, "public").await;
        let tokens = program.tokens(world, "openid api:read").await;
        let code = Browser::new(world).code(&query(&program, &[])).await;
        give_staff(&admin, &id_of(&ada).await).await;
        let exchanged = program.exchange(world, &code, &[]).await;
        assert_eq!(exchanged.expect(400)["error"], "invalid_grant");
        let refreshed = program.refresh(world, &tokens).await;
        assert_eq!(refreshed.expect(400)["error"], "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn keys_of_a_person_open_nothing_without_the_factor() {
    on_each_engine(async |world| {
        let (admin, ada) = people(world).await;
        let wish = json!({ "name": "Tea planner", "scopes": ["api:read"] });
        let made = ada.post("/v1/api-keys").json(&wish).await.expect(201);
        let key = world.app.with_token(made["secret"].as_str().expect("text"));
        refused(&key.get("/v1/users").await, 403, "forbidden");
        give_staff(&admin, &id_of(&ada).await).await;
        refused(&key.get("/v1/users").await, 403, REQUIRED);
        assert_eq!(key.get("/v1/me").await.expect(200)["email"], ADA);
        let ada = world.with(&world.sign_in(ADA).await);
        guard(world, ada).await;
        refused(&key.get("/v1/users").await, 403, "forbidden");
    })
    .await;
}

/// Nobody signs in to it, so nobody could add a factor.
#[tokio::test]
async fn keys_of_service_accounts_need_none() {
    on_each_engine(async |world| {
        let admin = administrator(world).await;
        let account = json!({ "name": "Robot", "roles": ["staff"] });
        let account = admin.post("/v1/service-accounts").json(&account).await;
        let account = account.expect(201);
        let path = format!(
            "/v1/service-accounts/{}/api-keys",
            account["id"].as_str().expect("an id")
        );
        let wish = json!({ "name": "Key", "scopes": ["api:read", "staff"] });
        let made = admin.post(&path).json(&wish).await.expect(201);
        let key = world.app.with_token(made["secret"].as_str().expect("text"));
        let reply = key.get("/v1/users").await;
        refused(&reply, 403, "forbidden");
    })
    .await;
}
