//! From making a key to its end.

use serde_json::{Value, json};
use tenon_kernel::{Role, Timestamp};

use super::{Key, body, make};
use crate::world::{World, on_each_engine};

/// What was published about keys: by kind, and in its order.
async fn published(world: &World) -> [usize; 4] {
    let recorded = world.events("audit.recorded").await;
    let updated = recorded
        .iter()
        .filter(|event| event["action"] == "api_key.updated");
    [
        world.events("api_key.created").await.len(),
        updated.count(),
        world.events("api_key.rotated").await.len(),
        world.events("api_key.revoked").await.len(),
    ]
}

/// Whoever has it hears of each change, also where somebody else makes it; what is said holds no secret.
#[tokio::test]
async fn the_owner_is_told_of_each_change() {
    on_each_engine(async |world| {
        let (user, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let (admin_id, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let mut wish = body(&["api:read"]);
        wish["networks"] = json!(["192.0.2.0/24"]);
        let key = make(&ada, &wish).await;
        let rotated = ada
            .post(&format!("{}/rotations", key.path()))
            .json(&json!({ "overlap_seconds": 60 }))
            .await;
        let secrets = [key.secret.clone(), {
            let made = rotated.expect(201);
            made["secret"].as_str().expect("text").to_owned()
        }];
        let etag = admin.get(&key.path()).await;
        let etag = etag.header("etag").expect("an etag").to_owned();
        let delete = admin.delete(&key.path()).header("if-match", &etag).await;
        delete.expect(204);

        let owner = json!({ "kind": "user", "user_id": user });
        let now = world.app.kit().env().now();
        let created = json!({
            "key_id": key.id, "owner": owner, "name": "Tea planner", "scopes": ["api:read"],
            "networks": ["192.0.2.0/24"], "notice_to": user,
        });
        assert_eq!(world.events("api_key.created").await, [created]);
        let rotated = json!({
            "key_id": key.id, "owner": owner, "name": "Tea planner", "notice_to": user,
            "previous_until": now + std::time::Duration::from_mins(1),
        });
        assert_eq!(world.events("api_key.rotated").await, [rotated]);
        let revoked =
            json!({ "key_id": key.id, "owner": owner, "name": "Tea planner", "notice_to": user });
        assert_eq!(world.events("api_key.revoked").await, [revoked]);

        // A program reads no mail: whoever made its key does.
        let account = super::make_account(&admin, &["staff"]).await;
        let made = super::make_for(&admin, &account, &body(&["api:read"])).await;
        made.expect(201);
        let created = world.events("api_key.created").await;
        let created = created.last().expect("one");
        assert_eq!(created["notice_to"], admin_id);
        assert_eq!(created["owner"]["kind"], "service_account");
        for kind in ["api_key.created", "api_key.rotated", "api_key.revoked"] {
            let said = json!(world.events(kind).await).to_string();
            assert!(secrets.iter().all(|secret| !said.contains(secret)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_is_shown_once_and_under_its_idempotency_key() {
    on_each_engine(async |world| {
        let (user, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let create = async |key: &str| {
            ada.post("/v1/api-keys")
                .key(key)
                .json(&body(&["api:read"]))
                .await
        };
        let first = create("k1").await;
        let made = first.expect(201);
        let secret = made["secret"].as_str().expect("text");
        assert_eq!((secret.len(), &secret[..4]), (89, "tnk_"));
        assert_eq!(&secret[4..30], &made["id"].as_str().expect("text")[4..]);
        assert_eq!(create("k1").await.expect(201), made, "a repeat");
        world.advance(1);
        assert_ne!(create("k2").await.expect(201)["id"], made["id"]);

        let path = first.header("location").expect("a location");
        let mut shown = ada.get(path).await.expect(200);
        assert_eq!(shown.get("secret"), None);
        shown["secret"] = made["secret"].clone();
        assert_eq!(shown, made);
        assert_eq!(
            (&shown["user_id"], &shown["service_account_id"]),
            (&json!(user), &Value::Null)
        );
        let list = ada.get("/v1/api-keys?limit=1").await.expect(200);
        assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(list["data"][0].get("secret"), None);
        let next = format!(
            "/v1/api-keys?cursor={}",
            list["next_cursor"].as_str().expect("a cursor")
        );
        assert_eq!(
            ada.get(&next).await.expect(200)["data"][0]["id"],
            made["id"]
        );
        let (_, bob) = world.made("bob@example.org", &[Role::Customer]).await;
        assert_eq!(bob.get("/v1/api-keys").await.expect(200)["data"], json!([]));
        assert_eq!(bob.get(&next).await.code(), "identity.invalid_cursor");
    })
    .await;
}

#[tokio::test]
async fn a_key_acts_for_its_owner_within_its_scope() {
    on_each_engine(async |world| {
        let (user, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let key = make(&ada, &body(&["api:read"])).await;
        let program = key.program(world);
        assert_eq!(program.get("/v1/me").await.expect(200)["id"], user);
        let reply = program.delete("/v1/auth/sessions/current").await;
        assert_eq!(
            (reply.status().as_u16(), reply.code().as_str()),
            (403, "insufficient_scope")
        );
        let write = make(&ada, &body(&["api:write"])).await;
        // What concerns keys, sessions and the account itself is for people.
        for (method, path) in [
            ("GET", "/v1/api-keys"),
            ("POST", "/v1/api-keys"),
            ("DELETE", "/v1/api-keys/key_00000000000000000000000000"),
            ("PATCH", "/v1/me"),
            ("GET", "/v1/me/sessions"),
        ] {
            let method: http::Method = method.parse().expect("a method");
            let reply = write
                .program(world)
                .request(method, path)
                .json(&json!({}))
                .await;
            assert_eq!(reply.code(), "insufficient_scope", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_has_the_roles_of_its_scope_and_follows_those_of_its_owner() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let (id, boss) = world.made("boss@example.org", &[Role::Admin]).await;
        let all = make(&boss, &body(&["api:read", "admin"])).await;
        let less = make(&boss, &body(&["api:read", "staff"])).await;
        assert_eq!(all.get(world, "/v1/users").await, 200);
        assert_eq!(less.get(world, "/v1/users").await, 403);

        let path = format!("/v1/users/{id}");
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
                .expect(200);
        };
        change(json!({ "roles": ["staff"] })).await;
        assert_eq!(
            all.get(world, "/v1/users").await,
            403,
            "it may no more than its owner"
        );
        assert_eq!(all.get(world, "/v1/me").await, 200);
        change(json!({ "locked": true, "lock_reason": "a test" })).await;
        assert_eq!(all.get(world, "/v1/me").await, 401);
        change(json!({ "locked": false })).await;
        assert_eq!(all.get(world, "/v1/me").await, 200);
    })
    .await;
}

#[tokio::test]
async fn both_secrets_count_while_a_rotation_overlaps() {
    on_each_engine(async |world| {
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let first = make(&ada, &body(&["api:read"])).await;
        let path = format!("{}/rotations", first.path());
        let rotate = async |overlap: Value| Key::of(&ada.post(&path).json(&overlap).await);
        let second = rotate(json!({ "overlap_seconds": 60 })).await;
        assert_eq!(second.id, first.id);
        let until = ada.get(&first.path()).await.expect(200)["previous_secret_until"].clone();
        let until: Timestamp = until.as_str().expect("a time").parse().expect("a time");
        assert_eq!(until.since(world.app.kit().env().now()).as_secs(), 60);
        let count = async |key: &Key| key.get(world, "/v1/me").await;
        assert_eq!((count(&first).await, count(&second).await), (200, 200));
        world.advance(60);
        assert_eq!((count(&first).await, count(&second).await), (401, 200));

        let third = Key::of(&ada.post(&path).key("r3").await);
        assert_eq!(
            Key::of(&ada.post(&path).key("r3").await).secret,
            third.secret,
            "a repeat"
        );
        assert_eq!((count(&second).await, count(&third).await), (200, 200));
        let fourth = rotate(json!({ "overlap_seconds": 0 })).await;
        for (key, status) in [(&first, 401), (&second, 401), (&third, 401), (&fourth, 200)] {
            assert_eq!(count(key).await, status);
        }
        let reply = ada
            .post(&path)
            .json(&json!({ "overlap_seconds": 604_801 }))
            .await;
        assert_eq!(reply.json()["errors"][0]["pointer"], "/overlap_seconds");
        assert_eq!(count(&fourth).await, 200);
    })
    .await;
}

#[tokio::test]
async fn a_key_changes_under_its_version_and_ends_with_its_deletion() {
    on_each_engine(async |world| {
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let key = make(&ada, &body(&["api:read"])).await;
        let change = async |etag: &str, wish: &Value| {
            ada.patch(&key.path())
                .header("if-match", etag)
                .json(wish)
                .await
        };
        let wish = json!({ "name": "Tea only", "networks": ["192.0.2.0/24"] });
        let changed = change(&key.etag, &wish).await;
        assert_eq!(changed.expect(200)["networks"], json!(["192.0.2.0/24"]));
        assert_eq!(
            change(&key.etag, &wish).await.code(),
            "identity.stale_version"
        );
        assert_eq!(key.get(world, "/v1/me").await, 401, "from nowhere");
        let etag = changed.header("etag").expect("an etag").to_owned();
        let same = change(&etag, &wish).await;
        assert_eq!(same.header("etag"), Some(etag.as_str()), "nothing changed");
        let wrong = change(&etag, &json!({ "networks": ["192.0.2.1/24"], "name": "" })).await;
        let pointers = [
            &wrong.json()["errors"][0]["pointer"],
            &wrong.json()["errors"][1]["pointer"],
        ]
        .map(Value::clone);
        assert_eq!(pointers, ["/name", "/networks/0"]);
        let anywhere = change(&etag, &json!({ "networks": [] })).await;
        assert_eq!(key.get(world, "/v1/me").await, 200);

        let etag = anywhere.header("etag").expect("an etag").to_owned();
        let delete = async |etag: &str| ada.delete(&key.path()).header("if-match", etag).await;
        assert_eq!(delete(&key.etag).await.code(), "identity.stale_version");
        delete(&etag).await.expect(204);
        assert_eq!(delete(&etag).await.code(), "identity.api_key_not_found");
        assert_eq!(key.get(world, "/v1/me").await, 401);
        assert_eq!(published(world).await, [1, 2, 0, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_key_ends_when_it_says_and_is_forgotten_a_month_later() {
    on_each_engine(async |world| {
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let end = world.app.kit().env().now() + std::time::Duration::from_mins(1);
        let mut wish = body(&["api:read"]);
        wish["expires_at"] = json!(end);
        let key = make(&ada, &wish).await;
        world.advance(59);
        assert_eq!(key.get(world, "/v1/me").await, 200);
        world.advance(1);
        assert_eq!(key.get(world, "/v1/me").await, 401);
        let longer = json!({ "expires_at": null });
        let longer = ada
            .patch(&key.path())
            .header("if-match", &key.etag)
            .json(&longer)
            .await;
        assert_eq!(longer.expect(200)["expires_at"], Value::Null);
        assert_eq!(key.get(world, "/v1/me").await, 200);
        let now = world.app.kit().env().now();
        let ended = json!({ "expires_at": now });
        let etag = longer.header("etag").expect("an etag");
        let ended = ada
            .patch(&key.path())
            .header("if-match", etag)
            .json(&ended)
            .await;
        assert_eq!(ended.json()["errors"][0]["pointer"], "/expires_at");
        wish["expires_at"] = json!(now + std::time::Duration::from_mins(1));
        let second = make(&ada, &wish).await;
        world.advance(30 * 24 * 3_600 + 3_600);
        world.app.settle().await;
        let ada = world.with(&world.sign_in("ada@example.org").await);
        assert_eq!(
            ada.get(&second.path()).await.code(),
            "identity.api_key_not_found"
        );
        ada.get(&key.path()).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn the_last_use_is_known_to_a_minute() {
    on_each_engine(async |world| {
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let mut wish = body(&["api:read"]);
        wish["networks"] = json!(["192.0.2.0/24"]);
        let key = make(&ada, &wish).await;
        let last_use = async || ada.get(&key.path()).await.expect(200)["last_used_at"].clone();
        let send = async |from: &str| key.program(world).get("/v1/me").sent_from(from).await;
        send("192.0.3.1").await.expect(401);
        assert_eq!(
            last_use().await,
            Value::Null,
            "a use from elsewhere is none"
        );
        send("192.0.2.1").await.expect(200);
        let first = last_use().await;
        assert_eq!(first, json!(world.app.kit().env().now()));
        world.advance(59);
        send("192.0.2.1").await.expect(200);
        assert_eq!(last_use().await, first);
        world.advance(1);
        send("192.0.2.1").await.expect(200);
        assert_eq!(last_use().await, json!(world.app.kit().env().now()));
        let etag = ada.get(&key.path()).await.header("etag").map(str::to_owned);
        assert_eq!(etag, Some(key.etag.clone()), "a use is no change");
    })
    .await;
}
