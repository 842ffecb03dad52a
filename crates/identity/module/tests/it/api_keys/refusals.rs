//! What is no key, whatever is wrong with it; and keys that are not made.

use serde_json::{Value, json};
use tenon_access::ApiKey;
use tenon_kernel::Role;
use uuid::Uuid;

use super::{Key, body, make, make_for};
use crate::world::{PASSWORD, World, comparable, on_each_engine};

async fn answer(world: &World, credential: &str, from: Option<&str>) -> Value {
    let request = world.app.with_token(credential).get("/v1/me");
    let reply = match from {
        Some(from) => request.sent_from(from).await,
        None => request.await,
    };
    assert_eq!(
        reply.header("www-authenticate"),
        Some("Bearer error=\"invalid_token\"")
    );
    comparable(&reply)
}

/// Whoever tries keys learns from the answer neither that there is one nor what is wrong with theirs.
#[tokio::test]
async fn all_bad_keys_get_the_same_answer() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let (ada_id, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let good = make(&ada, &body(&["api:read"])).await;
        let env = world.app.kit().env();
        let mut wish = body(&["api:read"]);
        wish["networks"] = json!(["192.0.2.0/24", "2001:db8::/32"]);
        let bound = make(&ada, &wish).await;
        let deleted = make(&ada, &body(&["api:read"])).await;
        ada.delete(&deleted.path())
            .header("if-match", &deleted.etag)
            .await
            .expect(204);
        let mut wish = body(&["api:read"]);
        wish["expires_at"] = json!(env.now() + std::time::Duration::from_secs(1));
        let expired = make(&ada, &wish).await;
        world.advance(1);
        let (bob_id, bob) = world.made("bob@example.org", &[Role::Customer]).await;
        let of_locked = make(&bob, &body(&["api:read"])).await;
        let path = format!("/v1/users/{bob_id}");
        let etag = root
            .get(&path)
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        let lock = json!({ "locked": true, "lock_reason": "a test" });
        root.patch(&path)
            .header("if-match", &etag)
            .json(&lock)
            .await
            .expect(200);

        let uuid = |id: &str| {
            id.parse::<identity_contract::ApiKeyId>()
                .expect("an id")
                .uuid()
        };
        let guessed = ApiKey::generate(uuid(&good.id), &env);
        let unknown = ApiKey::generate(Uuid::nil(), &env);
        let mut misspelt = good.secret.clone();
        misspelt.replace_range(50..51, if &misspelt[50..51] == "0" { "1" } else { "0" });
        let expected = answer(world, unknown.expose(), None).await;
        for (what, key, from) in [
            ("of another secret", guessed.expose(), None),
            ("misspelt", &misspelt, None),
            ("cut off", &good.secret[..80], None),
            ("too long", &format!("{}0", good.secret), None),
            ("no more than a prefix", "tnk_", None),
            ("the hash of it", &format!("tnk_{}", "0".repeat(85)), None),
            ("deleted", &deleted.secret, None),
            ("expired", &expired.secret, None),
            ("of a locked owner", &of_locked.secret, None),
            ("from elsewhere", &bound.secret, Some("198.51.100.1")),
            ("from elsewhere, IPv6", &bound.secret, Some("2001:db9::1")),
            ("from nowhere", &bound.secret, None),
        ] {
            assert_eq!(answer(world, key, from).await, expected, "{what}");
        }
        for from in ["192.0.2.9", "2001:db8::1", "::ffff:192.0.2.9"] {
            let me = bound
                .program(world)
                .get("/v1/me")
                .sent_from(from)
                .await
                .expect(200);
            assert_eq!(me["id"], ada_id);
        }
        assert_eq!(good.get(world, "/v1/me").await, 200);
    })
    .await;
}

#[tokio::test]
async fn a_bad_key_is_refused_where_nobody_has_to_sign_in() {
    on_each_engine(async |world| {
        let nobody = ApiKey::generate(Uuid::nil(), &world.app.kit().env());
        let program = world.app.with_token(nobody.expose());
        assert_eq!(
            program.get("/.well-known/jwks.json").await.code(),
            "invalid_token"
        );
    })
    .await;
}

#[tokio::test]
async fn keys_of_others_are_not_there() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let (_, eve) = world.made("eve@example.org", &[Role::Staff]).await;
        let key = make(&ada, &body(&["api:read"])).await;
        let rotations = format!("{}/rotations", key.path());
        let not_there = "identity.api_key_not_found";
        assert_eq!(eve.get(&key.path()).await.code(), not_there);
        assert_eq!(eve.post(&rotations).await.code(), not_there);
        for who in [&eve, &root] {
            let change = who.patch(&key.path()).header("if-match", &key.etag);
            assert_eq!(
                change.json(&json!({ "name": "mine" })).await.code(),
                not_there
            );
            assert_eq!(who.post(&rotations).await.code(), not_there);
        }
        let delete = eve.delete(&key.path()).header("if-match", &key.etag).await;
        assert_eq!(delete.code(), not_there);
        assert_eq!(key.get(world, "/v1/me").await, 200);
        // Administrators see and end what has leaked; they never get the secret of somebody else's.
        assert_eq!(root.get(&key.path()).await.expect(200).get("secret"), None);
        root.delete(&key.path())
            .header("if-match", &key.etag)
            .await
            .expect(204);
        assert_eq!(key.get(world, "/v1/me").await, 401);
    })
    .await;
}

#[tokio::test]
async fn what_an_owner_may_not_do_no_key_of_theirs_is_made_for() {
    on_each_engine(async |world| {
        let (_, ada) = world.made("ada@example.org", &[Role::Customer]).await;
        let (_, staff) = world.made("staff@example.org", &[Role::Staff]).await;
        for (who, wish, pointer) in [
            (&ada, json!({ "name": "x", "scopes": ["api:read", "staff"] }), "/scopes/1"),
            (&staff, json!({ "name": "x", "scopes": ["admin", "api:read"] }), "/scopes/0"),
            (&ada, json!({ "name": "x", "scopes": ["api:read", "root"] }), "/scopes/1"),
            (&ada, json!({ "name": "x", "scopes": ["api:read", "email"] }), "/scopes/1"),
            (&ada, json!({ "name": "x", "scopes": [] }), "/scopes"),
            (&ada, json!({ "name": " ", "scopes": ["api:read"] }), "/name"),
            (&ada, json!({ "name": "x", "scopes": ["api:read"], "networks": ["10.0.0.0/33"] }), "/networks/0"),
            (&ada, json!({ "name": "x", "scopes": ["api:read"], "networks": ["10.0.0.1/8"] }), "/networks/0"),
            (&ada, json!({ "name": "x", "scopes": ["api:read"], "expires_at": "2000-01-01T00:00:00Z" }), "/expires_at"),
        ] {
            let reply = who.post("/v1/api-keys").json(&wish).await;
            assert_eq!(reply.code(), "identity.invalid_request", "{wish}");
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{wish}");
        }
        staff.post("/v1/api-keys").json(&body(&["api:read", "staff"])).await.expect(201);
        assert_eq!(ada.get("/v1/api-keys").await.expect(200)["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_lasts_is_made_by_a_fresh_sign_in_only() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let tokens = world.sign_in("ada@example.org").await;
        let key = make(&world.with(&tokens), &body(&["api:read"])).await;
        world.advance(14 * 60);
        let tokens = world.refresh(&tokens).await.expect(200);
        make(&world.with(&tokens), &body(&["api:read"])).await;
        world.advance(60);
        let old = world.with(&tokens);
        let again = "identity.sign_in_again";
        assert_eq!(
            old.post("/v1/api-keys")
                .json(&body(&["api:read"]))
                .await
                .code(),
            again
        );
        assert_eq!(
            old.post(&format!("{}/rotations", key.path())).await.code(),
            again
        );
        let change = old.patch(&key.path()).header("if-match", &key.etag);
        assert_eq!(
            change.json(&json!({ "networks": ["::/0"] })).await.code(),
            again
        );
        // To end one needs no more than to be there.
        old.delete(&key.path())
            .header("if-match", &key.etag)
            .await
            .expect(204);
        let new = world.with(&world.sign_in("ada@example.org").await);
        make(&new, &body(&["api:read"])).await;
    })
    .await;
}

#[tokio::test]
async fn an_owner_has_fifty_keys_at_most() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let account = super::make_account(&root, &["staff"]).await;
        let mut last = None;
        for _ in 0..50 {
            make(&root, &body(&["api:read"])).await;
            last = Some(Key::of(
                &make_for(&root, &account, &body(&["api:read"])).await,
            ));
        }
        let too_many = "identity.too_many_api_keys";
        assert_eq!(
            root.post("/v1/api-keys")
                .json(&body(&["api:read"]))
                .await
                .code(),
            too_many
        );
        let one_more = async || make_for(&root, &account, &body(&["api:read"])).await;
        assert_eq!(one_more().await.code(), too_many);
        let last = last.expect("a key");
        root.delete(&last.path())
            .header("if-match", &last.etag)
            .await
            .expect(204);
        one_more().await.expect(201);
    })
    .await;
}

/// Whoever had the account may have made keys; a recovery leaves them nothing.
#[tokio::test]
async fn a_recovery_ends_all_keys() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let ada = world.with(&world.sign_in("ada@example.org").await);
        let key = make(&ada, &body(&["api:read"])).await;
        world.ask("recover", "ada@example.org").await;
        assert_eq!(key.get(world, "/v1/me").await, 200, "asking ends nothing");
        let mail = world.mail().await;
        world
            .answer(&mail, Some("a much better one"))
            .await
            .expect(204);
        assert_eq!(key.get(world, "/v1/me").await, 401);
        let tokens = world
            .try_sign_in("ada@example.org", "a much better one")
            .await
            .expect(201);
        assert_eq!(
            world.with(&tokens).get("/v1/api-keys").await.expect(200)["data"],
            json!([])
        );
        assert_ne!(PASSWORD, "a much better one");
    })
    .await;
}
