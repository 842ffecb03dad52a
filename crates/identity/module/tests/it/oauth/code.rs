//! Codes: what they are bound to, how long they live, that they work once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::browser::{
    Browser, CALLBACK, FORM, VERIFIER, claims, form, people, program, query, refused, send, text,
};
use crate::world::{PASSWORD, on_each_engine};

#[tokio::test]
async fn a_code_becomes_tokens_that_say_who_and_for_whom() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        for kind in ["public", "confidential"] {
            let program = program(&admin, kind).await;
            let code = Browser::new(world).code(&query(&program, &[])).await;
            world.advance(7);
            let reply = program.exchange(world, &code, &[]).await;
            let tokens = reply.expect(200);
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert_eq!(reply.header("pragma"), Some("no-cache"));
            assert_eq!(
                (&tokens["token_type"], &tokens["scope"]),
                (&json!("Bearer"), &json!("email openid"))
            );
            let access = claims(&tokens["access_token"]);
            assert_eq!(access["client_id"], json!(program.id));
            assert_eq!(access["scope"], "email openid");
            assert_eq!(
                access["roles"],
                json!([]),
                "no right without a scope for it"
            );
            let id = claims(&tokens["id_token"]);
            assert_eq!(id["iss"], "http://localhost:8080");
            assert_eq!(
                (&id["aud"], &id["nonce"]),
                (&json!(program.id), &json!("a nonce"))
            );
            assert_eq!((&id["sub"], &id["sid"]), (&access["sub"], &access["sid"]));
            assert_eq!(
                id["auth_time"].as_i64().map(|at| at + 7),
                id["iat"].as_i64()
            );
            assert_eq!(id["at_hash"].as_str().map(str::len), Some(43));
            // An ID token opens nothing.
            let with_id_token = world
                .app
                .with_token(tokens["id_token"].as_str().expect("a token"));
            with_id_token.get("/oauth/userinfo").await.expect(401);
            let info = world.with(&tokens).get("/oauth/userinfo").await.expect(200);
            let ada =
                json!({ "sub": id["sub"], "email": "ada@example.org", "email_verified": true });
            assert_eq!(info, ada);
            assert_eq!(
                world
                    .with(&tokens)
                    .post("/oauth/userinfo")
                    .await
                    .expect(200),
                ada
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_is_bound_to_client_address_and_verifier() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let owner = program(&admin, "public").await;
        let thief = program(&admin, "confidential").await;
        let code = Browser::new(world).code(&query(&owner, &[])).await;
        assert_eq!(
            refused(&thief.exchange(world, &code, &[]).await, 400),
            "invalid_grant"
        );
        let other = &"x".repeat(43);
        for (name, wrong) in [
            ("redirect_uri", ""),
            ("redirect_uri", "https://client.example/cb/"),
            ("redirect_uri", "http://127.0.0.1:7777/cb"),
            ("code_verifier", ""),
            ("code_verifier", other),
            (
                "code_verifier",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            ("code", other),
            ("code", "nonsense"),
        ] {
            let reply = owner.exchange(world, &code, &[(name, wrong)]).await;
            assert_eq!(refused(&reply, 400), "invalid_grant", "{name}={wrong}");
        }
        let reply = owner.exchange(world, &code, &[("code", "")]).await;
        assert_eq!(refused(&reply, 400), "invalid_request");
        // Nobody has spoilt it.
        owner.exchange(world, &code, &[]).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let first = browser.code(&query(&program, &[])).await;
        let second = browser.code(&query(&program, &[])).await;
        world.advance(59);
        program.exchange(world, &first, &[]).await.expect(200);
        world.advance(1);
        let reply = program.exchange(world, &second, &[]).await;
        assert_eq!(refused(&reply, 400), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn a_code_that_comes_back_ends_what_it_gave() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let reading = query(&program, &[("scope", "api:read")]);
        let code = browser.code(&reading).await;
        let tokens = program.exchange(world, &code, &[]).await.expect(200);
        let other = browser.code(&reading).await;
        let other = program.exchange(world, &other, &[]).await.expect(200);
        world.with(&tokens).get("/v1/me").await.expect(200);
        world.advance(3_600);
        let tokens = program.refresh(world, &tokens).await.expect(200);
        let reply = program.exchange(world, &code, &[]).await;
        assert_eq!(refused(&reply, 400), "invalid_grant");
        world.with(&tokens).get("/v1/me").await.expect(401);
        let reply = program.refresh(world, &tokens).await;
        assert_eq!(refused(&reply, 400), "invalid_grant");
        program.refresh(world, &other).await.expect(200);
        let revoked = world.events("session.revoked").await;
        assert_eq!(revoked.len(), 1);
        assert_eq!(revoked[0]["reason"], "compromised");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_exchanges_at_once_one_wins_and_what_it_won_ends() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let reading = query(&program, &[("scope", "api:read")]);
        let code = Browser::new(world).code(&reading).await;
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", &program.id),
        ]);
        let exchanges = (0..16).map(|_| {
            let request = world.app.anonymous().post("/oauth/token");
            let request = request.bytes(FORM, body.clone());
            tokio::spawn(async move { request.await })
        });
        let mut won = Vec::new();
        for exchange in exchanges.collect::<Vec<_>>() {
            let reply = exchange.await.expect("no panic");
            match reply.status().as_u16() {
                200 => won.push(reply.json()),
                _ => assert_eq!(refused(&reply, 400), "invalid_grant"),
            }
        }
        assert_eq!(won.len(), 1);
        // The others have shown that the code is in many hands.
        world.with(&won[0]).get("/v1/me").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_locked_person_gets_no_more_tokens() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let code = browser.code(&query(&program, &[])).await;
        let users = admin
            .get("/v1/users?email=ada@example.org")
            .await
            .expect(200);
        let path = format!(
            "/v1/users/{}",
            users["data"][0]["id"].as_str().expect("an id")
        );
        let user = admin.get(&path).await;
        let etag = user.header("etag").expect("an etag");
        let lock = json!({ "locked": true, "lock_reason": "a test" });
        admin
            .patch(&path)
            .header("if-match", etag)
            .json(&lock)
            .await
            .expect(200);
        let reply = program.exchange(world, &code, &[]).await;
        assert_eq!(refused(&reply, 400), "invalid_grant");
        assert_eq!(
            browser.asks(&query(&program, &[])).await,
            (true, false),
            "signed out"
        );
    })
    .await;
}

#[tokio::test]
async fn clients_prove_who_they_are() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let public = program(&admin, "public").await;
        let confidential = program(&admin, "confidential").await;
        let (id, secret) = (
            &confidential.id,
            confidential.secret.as_deref().expect("a secret"),
        );
        let grant = ("grant_type", "client_credentials");
        let nobody = "cli_00000000000000000000000000";
        for pairs in [
            vec![grant],
            vec![grant, ("client_id", nobody), ("client_secret", secret)],
            vec![grant, ("client_id", id)],
            vec![grant, ("client_id", id), ("client_secret", "wrong")],
            vec![grant, ("client_id", id), ("client_secret", VERIFIER)],
            vec![grant, ("client_id", &public.id), ("client_secret", secret)],
        ] {
            let reply = send(world, "/oauth/token", &pairs).await;
            assert_eq!(refused(&reply, 401), "invalid_client", "{pairs:?}");
            assert_eq!(
                reply.header("www-authenticate"),
                Some("Basic realm=\"tenon\"")
            );
        }
        let basic = async |secret: &str| {
            let text = STANDARD.encode(format!("{id}:{secret}"));
            let request = world.app.anonymous().post("/oauth/token");
            let request = request.header("authorization", &format!("Basic {text}"));
            request.bytes(FORM, "grant_type=client_credentials").await
        };
        basic(secret).await.expect(200);
        assert_eq!(refused(&basic("wrong").await, 401), "invalid_client");
        // A token of a person is no proof of a client.
        let request = admin
            .post("/oauth/token")
            .bytes(FORM, "grant_type=client_credentials");
        assert_eq!(refused(&request.await, 401), "invalid_client");
    })
    .await;
}

#[tokio::test]
async fn there_is_no_password_grant_and_no_other_form() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "confidential").await;
        for grant in [
            "password",
            "implicit",
            "urn:ietf:params:oauth:grant-type:device_code",
        ] {
            let pairs = [
                ("grant_type", grant),
                ("username", "ada@example.org"),
                ("password", PASSWORD),
            ];
            let reply = program.send(world, "/oauth/token", &pairs).await;
            assert_eq!(refused(&reply, 400), "unsupported_grant_type", "{grant}");
        }
        let grant = ("grant_type", "client_credentials");
        for pairs in [vec![], vec![grant, grant]] {
            let reply = program.send(world, "/oauth/token", &pairs).await;
            assert_eq!(refused(&reply, 400), "invalid_request");
        }
        let body = json!({ "grant_type": "client_credentials" });
        let reply = world.post("/oauth/token", body).await;
        assert_eq!(refused(&reply, 415), "invalid_request");
        assert!(text(&reply).contains("error_uri"));
    })
    .await;
}
