//! Registering programs.

use serde_json::{Value, json};

use super::browser::{CALLBACK, Program, people, program, register};
use crate::world::{World, on_each_engine};

fn body() -> Value {
    json!({
        "name": "Tea & Co", "type": "confidential", "redirect_uris": [CALLBACK],
        "grants": ["authorization_code", "client_credentials"], "scopes": ["openid", "api:read"],
    })
}

async fn counts(world: &World, program: &Program) -> u16 {
    program.own(world, "").await.status().as_u16()
}

#[tokio::test]
async fn a_secret_is_shown_once_and_under_its_key() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let create = async |key| admin.post("/v1/oauth/clients").key(key).json(&body()).await;
        let first = create("k1").await;
        let made = first.expect(201);
        assert_eq!(made["secret"].as_str().map(str::len), Some(43));
        assert_eq!(create("k1").await.expect(201), made, "a repeat");
        world.advance(1);
        assert_ne!(create("k2").await.expect(201)["id"], made["id"]);

        let path = first.header("location").expect("a location");
        let mut shown = admin.get(path).await.expect(200);
        assert_eq!(shown.get("secret"), None);
        shown["secret"] = made["secret"].clone();
        assert_eq!(shown, made);
        let list = admin.get("/v1/oauth/clients?limit=1").await.expect(200);
        assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(list["data"][0].get("secret"), None);
        let next = list["next_cursor"].as_str().expect("a cursor");
        let next = format!("/v1/oauth/clients?cursor={next}");
        assert_eq!(
            admin.get(&next).await.expect(200)["data"][0]["id"],
            made["id"]
        );
    })
    .await;
}

#[tokio::test]
async fn the_secret_before_is_taken_for_a_day() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let public = program(&admin, "public").await;
        let path = format!("/v1/oauth/clients/{}/secret-rotations", public.id);
        let refused = admin.post(&path).await;
        assert_eq!(refused.code(), "identity.oauth_client_has_no_secret");

        let before = register(&admin, &body()).await;
        let path = format!("/v1/oauth/clients/{}/secret-rotations", before.id);
        let rotated = admin.post(&path).key("r1").await.expect(201);
        let again = admin.post(&path).key("r1").await.expect(201);
        assert_eq!(again["secret"], rotated["secret"]);
        let after = Program {
            secret: rotated["secret"].as_str().map(str::to_owned),
            ..before.clone()
        };
        assert_ne!(after.secret, before.secret);
        let both = async || (counts(world, &before).await, counts(world, &after).await);
        assert_eq!(both().await, (200, 200));
        world.advance(24 * 3_600);
        assert_eq!(both().await, (401, 200));
    })
    .await;
}

#[tokio::test]
async fn a_client_changes_under_its_version_and_ends_with_all_it_has() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let made = program(&admin, "confidential").await;
        let tokens = made.tokens(world, "openid api:read").await;
        let service = made.own(world, "").await.expect(200);
        let (ada, robot) = (world.with(&tokens), world.with(&service));
        ada.get("/v1/me").await.expect(200);
        robot.get("/v1/me").await.expect(404);

        let path = format!("/v1/oauth/clients/{}", made.id);
        let less = json!({ "name": "Tea only", "scopes": ["openid"] });
        let change = async |etag: &str| {
            admin
                .patch(&path)
                .header("if-match", etag)
                .json(&less)
                .await
        };
        let changed = change(&made.etag).await;
        assert_eq!(changed.expect(200)["name"], "Tea only");
        assert_eq!(change(&made.etag).await.code(), "identity.stale_version");
        let narrowed = made.refresh(world, &tokens).await.expect(200);
        assert_eq!(
            narrowed["scope"], "openid",
            "taken away from the next refresh on"
        );

        let etag = changed.header("etag").expect("an etag");
        let delete = async |etag: &str| admin.delete(&path).header("if-match", etag).await;
        assert_eq!(delete(&made.etag).await.code(), "identity.stale_version");
        delete(etag).await.expect(204);
        assert_eq!(delete(etag).await.code(), "identity.oauth_client_not_found");
        ada.get("/v1/me").await.expect(401);
        robot.get("/v1/me").await.expect(401);
        made.refresh(world, &narrowed).await.expect(401);
        let recorded = world.events("audit.recorded").await;
        let actions: Vec<_> = recorded
            .iter()
            .filter_map(|event| event["action"].as_str())
            .collect();
        for action in [
            "oauth_client.created",
            "oauth_client.updated",
            "oauth_client.deleted",
            "consent.granted",
            "oauth_session.started",
        ] {
            assert!(actions.contains(&action), "{action} in {actions:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_members_are_named_and_nothing_is_kept() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        for (member, wrong, pointer) in [
            ("name", json!(""), "/name"),
            ("redirect_uris", json!([]), "/redirect_uris"),
            (
                "redirect_uris",
                json!(["http://client.example/cb"]),
                "/redirect_uris/0",
            ),
            (
                "redirect_uris",
                json!([CALLBACK, "https://*.example/"]),
                "/redirect_uris/1",
            ),
            (
                "redirect_uris",
                json!(["https://client.example/cb#top"]),
                "/redirect_uris/0",
            ),
            ("scopes", json!(["openid", "root"]), "/scopes/1"),
            ("grants", json!([]), "/grants"),
        ] {
            let mut wish = body();
            wish[member] = wrong;
            let reply = admin.post("/v1/oauth/clients").json(&wish).await;
            assert_eq!(reply.code(), "identity.invalid_request", "{member}");
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer);
        }
        let mut wish = body();
        wish["grants"] = json!(["password"]);
        let reply = admin.post("/v1/oauth/clients").json(&wish).await;
        assert_eq!(reply.code(), "invalid_request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "/grants/0");
        let list = admin.get("/v1/oauth/clients").await.expect(200);
        assert_eq!(list["data"], json!([]));
    })
    .await;
}
