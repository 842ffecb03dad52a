//! People about themselves.

use serde_json::json;

use crate::world::{PASSWORD, on_each_engine};

const NEW: &str = "a much better one";

#[tokio::test]
async fn a_name_is_set_cleared_and_left_alone() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let ada = world.with(&world.sign_in("ada@example.org").await);
        let etag = ada
            .get("/v1/me")
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();

        let set = ada
            .patch("/v1/me")
            .header("if-match", &etag)
            .json(&json!({ "display_name": " Ada " }))
            .await;
        assert_eq!(set.expect(200)["display_name"], "Ada");
        let stale = ada
            .patch("/v1/me")
            .header("if-match", &etag)
            .json(&json!({ "display_name": "Eve" }))
            .await;
        assert_eq!(stale.code(), "identity.stale_version");
        assert_eq!(
            (stale.status().as_u16(), stale.header("etag")),
            (412, set.header("etag"))
        );

        let etag = set.header("etag").expect("an etag");
        let same = ada
            .patch("/v1/me")
            .header("if-match", etag)
            .json(&json!({}))
            .await;
        assert_eq!(
            (
                same.expect(200)["display_name"].as_str(),
                same.header("etag")
            ),
            (Some("Ada"), Some(etag))
        );
        let clear = ada
            .patch("/v1/me")
            .header("if-match", etag)
            .json(&json!({ "display_name": null }))
            .await;
        assert_eq!(clear.expect(200)["display_name"], json!(null));
        ada.patch("/v1/me")
            .json(&json!({ "display_name": "Ada" }))
            .await
            .expect(428);
        assert_eq!(world.events("user.updated").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_unchanged_me_is_not_sent_again() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let ada = world.with(&world.sign_in("ada@example.org").await);
        let etag = ada
            .get("/v1/me")
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        ada.get("/v1/me")
            .header("if-none-match", &etag)
            .await
            .expect(304);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_needs_the_current_one_and_ends_other_sessions() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let (other, mine) = (
            world.sign_in("ada@example.org").await,
            world.sign_in("ada@example.org").await,
        );
        let ada = world.with(&mine);
        let etag = ada
            .get("/v1/me")
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        let change = async |body: serde_json::Value| {
            ada.patch("/v1/me")
                .header("if-match", &etag)
                .json(&body)
                .await
        };

        assert_eq!(
            change(json!({ "new_password": NEW })).await.expect(422)["errors"][0]["pointer"],
            "/current_password"
        );
        assert_eq!(
            change(json!({ "current_password": PASSWORD })).await.code(),
            "identity.invalid_request"
        );
        let wrong = change(json!({ "current_password": "wrong", "new_password": NEW })).await;
        assert_eq!(
            wrong.expect(422)["errors"][0]["pointer"],
            "/current_password"
        );
        assert_eq!(wrong.code(), "identity.wrong_password");
        let weak =
            change(json!({ "current_password": PASSWORD, "new_password": "password1" })).await;
        assert_eq!(weak.expect(422)["errors"][0]["pointer"], "/new_password");
        world.with(&other).get("/v1/me").await.expect(200);

        change(json!({ "current_password": PASSWORD, "new_password": NEW }))
            .await
            .expect(200);
        ada.get("/v1/me").await.expect(200);
        world.with(&other).get("/v1/me").await.expect(401);
        world
            .try_sign_in("ada@example.org", PASSWORD)
            .await
            .expect(401);
        world.try_sign_in("ada@example.org", NEW).await.expect(201);
        assert_eq!(
            world.events("session.revoked").await[0]["reason"],
            "password_changed"
        );
        assert_eq!(
            world.events("audit.recorded").await[0]["action"],
            "user.password_changed"
        );
    })
    .await;
}

#[tokio::test]
async fn other_sessions_may_stay() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let (other, mine) = (world.sign_in("ada@example.org").await, world.sign_in("ada@example.org").await);
        let ada = world.with(&mine);
        let etag = ada.get("/v1/me").await.header("etag").expect("an etag").to_owned();
        let body = json!({ "current_password": PASSWORD, "new_password": NEW, "end_other_sessions": false });
        ada.patch("/v1/me").header("if-match", &etag).json(&body).await.expect(200);
        world.with(&other).get("/v1/me").await.expect(200);
    })
    .await;
}

/// A stolen access token is no way to find the password out.
#[tokio::test]
async fn guessing_the_current_password_slows_down() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let ada = world.with(&world.sign_in("ada@example.org").await);
        let etag = ada
            .get("/v1/me")
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        let body = json!({ "current_password": "a wrong guess", "new_password": NEW });
        for _ in 0..5 {
            ada.patch("/v1/me")
                .header("if-match", &etag)
                .json(&body)
                .await
                .expect(422);
        }
        ada.patch("/v1/me")
            .header("if-match", &etag)
            .json(&body)
            .await
            .expect(429);
        world.sign_in("ada@example.org").await;
    })
    .await;
}
