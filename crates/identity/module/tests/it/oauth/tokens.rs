//! Refreshing, giving back, and asking what a token is.

use serde_json::{Value, json};

use super::browser::{claims, people, program, refused, send};
use crate::world::on_each_engine;

fn token<'t>(tokens: &'t Value, name: &str) -> &'t str {
    tokens[name].as_str().expect("a token")
}

#[tokio::test]
async fn a_refresh_token_is_bound_to_its_client_and_works_once() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let owner = program(&admin, "public").await;
        let thief = program(&admin, "confidential").await;
        let first = owner.tokens(world, "openid api:read").await;
        assert_eq!(
            refused(&thief.refresh(world, &first).await, 400),
            "invalid_grant"
        );
        // Nor is it one of a person's own session, nor the other way round.
        world.refresh(&first).await.expect(401);
        let own = world.sign_in("ada@example.org").await;
        assert_eq!(
            refused(&owner.refresh(world, &own).await, 400),
            "invalid_grant"
        );

        world.advance(600);
        let second = owner.refresh(world, &first).await.expect(200);
        assert_eq!(second["scope"], "api:read openid");
        let (before, after) = (claims(&first["id_token"]), claims(&second["id_token"]));
        for name in ["iss", "sub", "aud", "auth_time", "sid"] {
            assert_eq!(before[name], after[name], "{name}");
        }
        assert_eq!(after.get("nonce"), None);
        for tokens in [&first, &second] {
            let access = claims(&tokens["access_token"]);
            assert_eq!(access["auth_time"], before["auth_time"]);
            assert_eq!(access["amr"], before["amr"]);
        }
        // A lost answer is given again, for a moment.
        let again = owner.refresh(world, &first).await.expect(200);
        assert_eq!(again["refresh_token"], second["refresh_token"]);
        world.with(&second).get("/v1/me").await.expect(200);
        world.advance(31);
        assert_eq!(
            refused(&owner.refresh(world, &first).await, 400),
            "invalid_grant"
        );
        assert_eq!(
            refused(&owner.refresh(world, &second).await, 400),
            "invalid_grant"
        );
        world.with(&second).get("/v1/me").await.expect(401);
        assert_eq!(world.events("session.compromised").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_refresh_can_ask_for_less_and_never_for_more() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let tokens = program.tokens(world, "openid api:read").await;
        let refresh = async |tokens: &Value, scope| {
            let refresh_token = token(tokens, "refresh_token");
            let pairs = [
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token),
                ("scope", scope),
            ];
            program.send(world, "/oauth/token", &pairs).await
        };
        let more = refresh(&tokens, "openid api:write").await;
        assert_eq!(refused(&more, 400), "invalid_scope");
        let less = refresh(&tokens, "openid").await.expect(200);
        assert_eq!(less["scope"], "openid");
        world.with(&less).get("/v1/me").await.expect(403);
        let all = program.refresh(world, &less).await.expect(200);
        assert_eq!(all["scope"], "api:read openid");
    })
    .await;
}

#[tokio::test]
async fn a_token_given_back_ends_its_whole_session() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let owner = program(&admin, "public").await;
        let other = program(&admin, "confidential").await;
        for name in ["access_token", "refresh_token"] {
            let tokens = owner.tokens(world, "openid api:read").await;
            let revoke = [
                ("token", token(&tokens, name)),
                ("token_type_hint", "nonsense"),
            ];
            let reply = other.send(world, "/oauth/revoke", &revoke).await;
            assert_eq!(refused(&reply, 400), "invalid_grant");
            world.with(&tokens).get("/v1/me").await.expect(200);
            owner
                .send(world, "/oauth/revoke", &revoke)
                .await
                .expect(200);
            world.with(&tokens).get("/v1/me").await.expect(401);
            assert_eq!(
                refused(&owner.refresh(world, &tokens).await, 400),
                "invalid_grant"
            );
            owner
                .send(world, "/oauth/revoke", &revoke)
                .await
                .expect(200);
        }
        let nonsense = [("token", "nonsense")];
        owner
            .send(world, "/oauth/revoke", &nonsense)
            .await
            .expect(200);
        let reply = owner.send(world, "/oauth/revoke", &[]).await;
        assert_eq!(refused(&reply, 400), "invalid_request");
        let reply = send(world, "/oauth/revoke", &nonsense).await;
        assert_eq!(refused(&reply, 401), "invalid_client");
        let own = other.own(world, "").await.expect(200);
        let revoke = [("token", token(&own, "access_token"))];
        let reply = other.send(world, "/oauth/revoke", &revoke).await;
        assert_eq!(refused(&reply, 400), "unsupported_token_type");
    })
    .await;
}

#[tokio::test]
async fn a_client_learns_what_its_own_tokens_are() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let owner = program(&admin, "confidential").await;
        let public = program(&admin, "public").await;
        let tokens = owner.tokens(world, "openid api:read").await;
        let ask = async |text: &str| {
            let reply = owner.send(world, "/oauth/introspect", &[("token", text)]).await;
            reply.expect(200)
        };
        let access = claims(&tokens["access_token"]);
        let expected = json!({
            "active": true, "scope": "api:read openid", "client_id": owner.id, "token_type": "Bearer",
            "sub": access["sub"], "sid": access["sid"], "iss": access["iss"], "iat": access["iat"], "exp": access["exp"],
            "auth_time": access["auth_time"], "amr": ["pwd"],
        });
        assert_eq!(ask(token(&tokens, "access_token")).await, expected);
        let said = ask(token(&tokens, "refresh_token")).await;
        assert_eq!((&said["active"], &said["sub"]), (&json!(true), &access["sub"]));
        assert_eq!(said.get("token_type"), None);

        let no = json!({ "active": false });
        let foreign = public.tokens(world, "openid").await;
        let own = world.sign_in("ada@example.org").await;
        for text in [
            token(&foreign, "access_token"),
            token(&foreign, "refresh_token"),
            token(&own, "access_token"),
            token(&own, "refresh_token"),
            token(&tokens, "id_token"),
            "nonsense",
        ] {
            assert_eq!(ask(text).await, no);
        }
        let reply = public.send(world, "/oauth/introspect", &[("token", "x")]).await;
        assert_eq!(refused(&reply, 401), "invalid_client");
        let next = owner.refresh(world, &tokens).await.expect(200);
        assert_eq!(ask(token(&tokens, "refresh_token")).await, no, "used");
        let revoke = [("token", token(&next, "refresh_token"))];
        owner.send(world, "/oauth/revoke", &revoke).await.expect(200);
        assert_eq!(ask(token(&next, "access_token")).await, no);
        let own = owner.own(world, "").await.expect(200);
        let said = ask(token(&own, "access_token")).await;
        assert_eq!((&said["active"], &said["sub"]), (&json!(true), &json!(owner.id)));
    })
    .await;
}
