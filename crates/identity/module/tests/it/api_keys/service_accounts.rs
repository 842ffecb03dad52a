//! Accounts of programs.

use serde_json::{Value, json};
use tenon_kernel::Role;

use super::{Key, body, make_account, make_for};
use crate::world::on_each_engine;

#[tokio::test]
async fn an_account_is_made_once_under_its_key_and_changes_under_its_version() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let wish = json!({ "name": "Robot", "roles": ["staff", "customer"] });
        let create = async |key| root.post("/v1/service-accounts").key(key).json(&wish).await;
        let first = create("k1").await;
        let made = first.expect(201);
        assert_eq!(made["roles"], json!(["customer", "staff"]));
        assert_eq!(create("k1").await.expect(201), made, "a repeat");
        world.advance(1);
        assert_ne!(create("k2").await.expect(201)["id"], made["id"]);
        let path = first.header("location").expect("a location");
        assert_eq!(root.get(path).await.expect(200), made);
        let list = root.get("/v1/service-accounts?limit=1").await.expect(200);
        let next = list["next_cursor"].as_str().expect("a cursor");
        let next = root
            .get(&format!("/v1/service-accounts?cursor={next}"))
            .await
            .expect(200);
        assert_eq!(next["data"], json!([made]));

        let etag = first.header("etag").expect("an etag");
        let change = async |etag: &str, wish: Value| {
            root.patch(path).header("if-match", etag).json(&wish).await
        };
        let changed = change(etag, json!({ "name": "Robot II", "roles": ["staff"] })).await;
        assert_eq!(changed.expect(200)["roles"], json!(["staff"]));
        assert_eq!(
            change(etag, json!({ "name": "x" })).await.code(),
            "identity.stale_version"
        );
        let etag = changed.header("etag").expect("an etag");
        for (wish, pointer) in [
            (json!({ "name": "" }), "/name"),
            (json!({ "roles": [] }), "/roles"),
            (json!({ "roles": ["staff", "captain"] }), "/roles/1"),
            (json!({ "locked": true }), "/lock_reason"),
        ] {
            let reply = change(etag, wish.clone()).await;
            assert_eq!(reply.code(), "identity.invalid_request", "{wish}");
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{wish}");
        }
        let recorded = world.events("audit.recorded").await;
        let newest = recorded.last().expect("a record");
        assert_eq!(newest["action"], "service_account.updated");
        assert_eq!(
            (&newest["before"]["name"], &newest["after"]["name"]),
            (&json!("Robot"), &json!("Robot II"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_program_acts_with_the_roles_of_its_account_and_nobody_signs_in_with_it() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let account = make_account(&root, &["staff", "admin"]).await;
        let path = format!(
            "/v1/service-accounts/{}",
            account["id"].as_str().expect("an id")
        );
        let made = make_for(&root, &account, &body(&["api:read", "admin"])).await;
        assert_eq!(made.expect(201)["service_account_id"], account["id"]);
        let key = Key::of(&made);
        assert_eq!(key.get(world, "/v1/users").await, 200);
        assert_eq!(key.get(world, "/v1/me").await, 404, "it is nobody");
        let less = Key::of(&make_for(&root, &account, &body(&["api:read", "staff"])).await);
        assert_eq!(less.get(world, "/v1/users").await, 403);
        let listed = root.get(&format!("{path}/api-keys")).await.expect(200);
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(2));
        assert_eq!(
            root.get("/v1/api-keys").await.expect(200)["data"],
            json!([])
        );

        let change = async |wish: Value| {
            let etag = root
                .get(&path)
                .await
                .header("etag")
                .expect("an etag")
                .to_owned();
            root.patch(&path)
                .header("if-match", &etag)
                .json(&wish)
                .await
                .expect(200)
        };
        change(json!({ "roles": ["staff"] })).await;
        assert_eq!(
            key.get(world, "/v1/users").await,
            403,
            "it may no more than its account"
        );
        let locked = change(json!({ "locked": true, "lock_reason": "it ran wild" })).await;
        assert_eq!(locked["lock_reason"], "it ran wild");
        assert_eq!(key.get(world, "/.well-known/jwks.json").await, 401);
        change(json!({ "locked": false })).await;
        assert_eq!(key.get(world, "/.well-known/jwks.json").await, 200);

        let rotations = format!("{}/rotations", key.path());
        let second = Key::of(
            &root
                .post(&rotations)
                .json(&json!({ "overlap_seconds": 0 }))
                .await,
        );
        assert_eq!(key.get(world, "/.well-known/jwks.json").await, 401);
        assert_eq!(second.get(world, "/.well-known/jwks.json").await, 200);
        let (_, staff) = world.made("staff@example.org", &[Role::Staff]).await;
        assert_eq!(
            staff.get(&key.path()).await.code(),
            "identity.api_key_not_found"
        );
        assert_eq!(
            staff.post(&rotations).await.code(),
            "identity.api_key_not_found"
        );
    })
    .await;
}

#[tokio::test]
async fn a_scope_beyond_the_account_and_an_account_that_is_none_are_refused() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let account = make_account(&root, &["staff"]).await;
        let reply = make_for(&root, &account, &body(&["api:write", "admin"])).await;
        assert_eq!(
            reply.json()["errors"][0]["pointer"],
            "/scopes/1",
            "{reply:?}"
        );
        let none = json!({ "id": "svc_00000000000000000000000000" });
        let not_there = "identity.service_account_not_found";
        assert_eq!(
            make_for(&root, &none, &body(&["api:read"])).await.code(),
            not_there
        );
        let path = "/v1/service-accounts/svc_00000000000000000000000000";
        assert_eq!(root.get(path).await.code(), not_there);
        assert_eq!(
            root.get(&format!("{path}/api-keys")).await.code(),
            not_there
        );
        let change = root
            .patch(path)
            .header("if-match", "\"v1\"")
            .json(&json!({ "name": "x" }));
        assert_eq!(change.await.code(), not_there);
    })
    .await;
}
