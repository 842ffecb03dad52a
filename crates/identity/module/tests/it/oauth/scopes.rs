//! What a token of a program opens.

use serde_json::{Value, json};
use tenon_testkit::Client;

use super::browser::{
    Browser, CALLBACK, Program, claims, people, program, query, refused, register, value,
};
use crate::world::{World, on_each_engine};

async fn closed(client: &Client, method: &str, path: &str) -> String {
    let method: http::Method = method.parse().expect("a method");
    let request = client.request(method, path).header("if-match", "\"v1\"");
    let reply = request.json(&json!({})).await;
    assert_eq!(reply.status(), 403, "{reply:?}");
    assert_eq!(reply.code(), "insufficient_scope");
    let challenge = reply.header("www-authenticate").expect("a challenge");
    challenge.to_owned()
}

#[tokio::test]
async fn a_token_opens_what_its_scope_says_and_never_the_account_itself() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let wants = |scope: &str| format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
        let openid = world.with(&program.tokens(world, "openid").await);
        assert_eq!(closed(&openid, "GET", "/v1/me").await, wants("api:read"));
        // Also where nobody would be asked who they are.
        let public = closed(&openid, "POST", "/v1/auth/registrations").await;
        assert_eq!(public, wants("api:write"));
        let read = world.with(&program.tokens(world, "api:read").await);
        read.get("/v1/me").await.expect(200);
        assert_eq!(
            closed(&read, "GET", "/oauth/userinfo").await,
            wants("openid")
        );
        let current = "/v1/auth/sessions/current";
        assert_eq!(closed(&read, "DELETE", current).await, wants("api:write"));
        let write = world.with(&program.tokens(world, "api:write openid profile").await);
        for (method, path) in [
            ("PATCH", "/v1/me"),
            ("GET", "/v1/me/sessions"),
            ("DELETE", "/v1/me/sessions/ses_00000000000000000000000000"),
            ("GET", "/v1/me/consents"),
            ("POST", "/v1/oauth/clients"),
            ("PATCH", "/v1/users/usr_00000000000000000000000000"),
        ] {
            let challenge = closed(&write, method, path).await;
            assert_eq!(
                challenge, "Bearer error=\"insufficient_scope\"",
                "{method} {path}"
            );
        }
    })
    .await;
}

async fn acting(world: &World, robot: &Program, email: &str) -> Value {
    let query = query(robot, &[("scope", "api:read admin")]);
    let said = Browser::new(world).authorize(&query, email).await;
    let code = value(&said, "code");
    robot.exchange(world, code, &[]).await.expect(200)
}

#[tokio::test]
async fn a_program_has_no_more_rights_than_the_person_and_the_scope() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let robot = json!({
            "name": "Robot", "type": "confidential", "redirect_uris": [CALLBACK],
            "grants": ["authorization_code", "client_credentials"], "scopes": ["api:read", "api:write", "admin"],
        });
        let robot = register(&admin, &robot).await;
        let of_admin = acting(world, &robot, "root@example.org").await;
        world.with(&of_admin).get("/v1/users").await.expect(200);
        assert_eq!(of_admin.get("refresh_token"), None, "the client has no such grant");
        assert_eq!(of_admin.get("id_token"), None, "nobody asked who it is");
        let of_ada = acting(world, &robot, "ada@example.org").await;
        assert_eq!(world.with(&of_ada).get("/v1/users").await.code(), "forbidden");

        // For itself it has what it is registered for, and may ask for less.
        let all = robot.own(world, "").await.expect(200);
        assert_eq!(all["scope"], "admin api:read api:write");
        let said = claims(&all["access_token"]);
        assert_eq!((&said["sub"], &said["client_id"]), (&json!(robot.id), &json!(robot.id)));
        world.with(&all).get("/v1/users").await.expect(200);
        let less = robot.own(world, "api:read").await.expect(200);
        assert_eq!(world.with(&less).get("/v1/users").await.code(), "forbidden");
        assert_eq!(refused(&robot.own(world, "staff").await, 400), "invalid_scope");
        // The session of a client without refresh ends with its token.
        world.advance(661);
        world.with(&of_ada).get("/v1/me").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_grant_that_is_not_registered_is_refused() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let public = program(&admin, "public").await;
        assert_eq!(refused(&public.own(world, "").await, 400), "unauthorized_client");
        let robot = json!({
            "name": "Robot", "type": "confidential", "grants": ["client_credentials"], "scopes": ["api:read"],
        });
        let robot = register(&admin, &robot).await;
        let reply = robot.exchange(world, &"x".repeat(43), &[]).await;
        assert_eq!(refused(&reply, 400), "unauthorized_client");
        let reply = robot.refresh(world, &json!({ "refresh_token": "x" })).await;
        assert_eq!(refused(&reply, 400), "unauthorized_client");
        assert_eq!(Browser::new(world).get(&query(&robot, &[])).await.status(), 400);
    })
    .await;
}
