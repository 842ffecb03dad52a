//! The end of an account: asked for, taken back, and done.

use serde_json::{Value, json};
use tenon_kernel::{Role, Timestamp};
use tenon_store::Queryable as _;
use tenon_testkit::TestReply;

use crate::world::{PASSWORD, World, on_each_engine};

const DAY: u64 = 86_400;
const ADA: &str = "ada@example.org";

async fn ask(world: &World, email: &str) -> TestReply {
    world
        .with(&world.sign_in(email).await)
        .delete("/v1/me")
        .await
}

/// Lets time go by, and what is due happen.
async fn pass(world: &World, seconds: u64) {
    world.advance(seconds);
    world.app.settle().await;
}

async fn count(world: &World, sql: &'static str) -> i64 {
    let db = world.app.kit().db(identity::MIGRATIONS).await;
    let ctx = world.app.kit().ctx();
    let counted = db.read(&ctx).query(sql).fetch_scalar::<i64>().await;
    counted.expect("counted").expect("a number")
}

#[tokio::test]
async fn asking_ends_everything_that_opens_the_account_and_says_when_it_goes() {
    on_each_engine(async |world| {
        world.account(ADA).await;
        let (elsewhere, here) = (world.sign_in(ADA).await, world.sign_in(ADA).await);
        let ada = world.with(&here);
        let key = json!({ "name": "Mine", "scopes": ["api:read"] });
        let key = ada.post("/v1/api-keys").json(&key).await.expect(201);
        ada.get("/v1/me/erasure").await.expect(404);

        let asked = ada.delete("/v1/me").await;
        let erasure = asked.expect(202);
        assert_eq!(asked.header("location"), Some("/v1/me/erasure"));
        let at = |name: &str| -> Timestamp {
            serde_json::from_value(erasure[name].clone()).expect("a time")
        };
        assert_eq!(at("erase_at").since(at("requested_at")).as_secs(), 7 * DAY);

        for tokens in [&elsewhere, &here] {
            world.with(tokens).get("/v1/me").await.expect(401);
            world.refresh(tokens).await.expect(401);
        }
        let secret = key["secret"].as_str().expect("a key");
        world.app.with_token(secret).get("/v1/me").await.expect(401);

        let requested = world.events("user.erasure_requested").await;
        assert_eq!(requested.len(), 1);
        assert_eq!(requested[0]["erase_at"], erasure["erase_at"]);
        let ended = world.events("session.revoked").await;
        assert!(
            ended
                .iter()
                .all(|event| event["reason"] == "account_erased")
        );
        assert_eq!(ended.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn asking_again_changes_nothing_but_ends_what_began_since() {
    on_each_engine(async |world| {
        world.account(ADA).await;
        let first = ask(world, ADA).await.expect(202);
        pass(world, DAY).await;
        let again = world.sign_in(ADA).await;
        let ada = world.with(&again);
        assert_eq!(ada.get("/v1/me/erasure").await.expect(200), first);
        assert_eq!(ada.delete("/v1/me").await.expect(202), first);
        world.refresh(&again).await.expect(401);
        assert_eq!(world.events("user.erasure_requested").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_old_sign_in_is_not_enough() {
    on_each_engine(async |world| {
        world.account(ADA).await;
        let tokens = world.sign_in(ADA).await;
        pass(world, 3_600).await;
        let refreshed = world.refresh(&tokens).await.expect(200);
        let refused = world.with(&refreshed).delete("/v1/me").await;
        assert_eq!(refused.code(), "insufficient_user_authentication");
        world
            .with(&refreshed)
            .get("/v1/me/erasure")
            .await
            .expect(404);
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_it_back_keeps_the_account() {
    on_each_engine(async |world| {
        world.account(ADA).await;
        ask(world, ADA).await.expect(202);
        pass(world, 7 * DAY - 3_600).await;
        let ada = world.with(&world.sign_in(ADA).await);
        ada.delete("/v1/me/erasure").await.expect(204);
        let none = ada.delete("/v1/me/erasure").await;
        assert_eq!(
            (none.status().as_u16(), none.code().as_str()),
            (404, "identity.erasure_not_found")
        );
        assert_eq!(world.events("user.erasure_cancelled").await.len(), 1);

        pass(world, 30 * DAY).await;
        world.sign_in(ADA).await;
        // And asked for anew it takes its time again.
        ask(world, ADA).await.expect(202);
        pass(world, 6 * DAY).await;
        world.sign_in(ADA).await;
        pass(world, DAY).await;
        world.try_sign_in(ADA, PASSWORD).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn after_the_cool_off_nothing_is_left_but_the_id_and_the_address_is_free() {
    on_each_engine(async |world| {
        world.account(ADA).await;
        let ada = world.with(&world.sign_in(ADA).await);
        let id = ada.get("/v1/me").await.expect(200)["id"].clone();
        let factor = json!({ "kind": "totp", "name": "Phone of Ada" });
        ada.post("/v1/me/factors").json(&factor).await.expect(201);
        world.ask("recover", ADA).await;
        ada.delete("/v1/me").await.expect(202);
        let late = world.with(&world.sign_in(ADA).await);

        pass(world, 7 * DAY).await;
        assert_eq!(
            world.events("user.erased").await,
            [json!({ "user_id": id })]
        );
        late.get("/v1/me").await.expect(401);
        world.try_sign_in(ADA, PASSWORD).await.expect(401);
        for (table, left) in [
            ("SELECT count(*) FROM users", 0),
            ("SELECT count(*) FROM user_roles", 0),
            ("SELECT count(*) FROM sessions", 0),
            ("SELECT count(*) FROM refresh_tokens", 0),
            ("SELECT count(*) FROM challenges", 0),
            ("SELECT count(*) FROM factors", 0),
            ("SELECT count(*) FROM api_keys", 0),
            (
                "SELECT count(*) FROM idempotency_keys WHERE subject LIKE 'user:%'",
                0,
            ),
            (
                "SELECT count(*) FROM user_erasures WHERE erased_at IS NOT NULL",
                1,
            ),
        ] {
            assert_eq!(count(world, table).await, left, "{table}");
        }
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let path = format!("/v1/users/{}", id.as_str().expect("an id"));
        admin.get(&path).await.expect(404);

        // Whoever takes the address is somebody else.
        world.account(ADA).await;
        let other = world.with(&world.sign_in(ADA).await);
        let other: Value = other.get("/v1/me").await.expect(200);
        assert_ne!(other["id"], id);
        pass(world, 30 * DAY).await;
        world.sign_in(ADA).await;
    })
    .await;
}

#[tokio::test]
async fn somebody_who_can_administer_stays() {
    on_each_engine(async |world| {
        let (_, root) = world.made("root@example.org", &[Role::Admin]).await;
        let refused = root.delete("/v1/me").await;
        assert_eq!(
            (refused.status().as_u16(), refused.code().as_str()),
            (409, "identity.last_administrator")
        );
        let (other, _) = world.made("other@example.org", &[Role::Admin]).await;
        root.delete("/v1/me").await.expect(202);
        // Who is about to go does not count: the other one is the last now, and nobody takes that away.
        assert_eq!(
            ask(world, "other@example.org").await.code(),
            "identity.last_administrator"
        );
        let root = world.with(&world.sign_in("root@example.org").await);
        let path = format!("/v1/users/{other}");
        let etag = root
            .get(&path)
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        let lock = json!({ "locked": true, "lock_reason": "Gone" });
        let locked = root
            .patch(&path)
            .header("if-match", &etag)
            .json(&lock)
            .await;
        assert_eq!(locked.code(), "identity.last_administrator");
    })
    .await;
}

#[tokio::test]
async fn programs_cannot_have_an_account_erased() {
    on_each_engine(async |world| {
        world.account(ADA).await;
        let ada = world.with(&world.sign_in(ADA).await);
        let key = json!({ "name": "Mine", "scopes": ["api:read", "api:write"] });
        let key = ada.post("/v1/api-keys").json(&key).await.expect(201);
        let program = world.app.with_token(key["secret"].as_str().expect("a key"));
        assert_eq!(program.delete("/v1/me").await.code(), "insufficient_scope");
        ada.get("/v1/me/erasure").await.expect(404);
    })
    .await;
}
