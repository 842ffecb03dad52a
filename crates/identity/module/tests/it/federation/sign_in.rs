//! Signing in for API clients: first, again, with a code of ours, and when it is refused.

use serde_json::{Value, json};
use tenon_kernel::Role;

use super::{EMAIL, Federated, RETURN_URL, Tab, on_each_engine, person};
use crate::factors::{asked, guarded, second_step};
use crate::oauth::browser::{VERIFIER, claims, sent_to, value};

fn refused(reply: &tenon_testkit::TestReply, status: u16, code: &str) {
    assert_eq!(
        (reply.status().as_u16(), reply.code().as_str()),
        (status, code),
        "{reply:?}"
    );
}

async fn me(federated: &Federated, tokens: &Value) -> Value {
    federated.world.with(tokens).get("/v1/me").await.expect(200)
}

#[tokio::test]
async fn who_comes_first_gets_an_account_and_is_known_from_then_on() {
    on_each_engine(async |federated| {
        let reply = federated.sign_in("acme", person("7", EMAIL)).await;
        let tokens = reply.expect(201);
        let ada = me(federated, &tokens).await;
        assert_eq!(
            (&ada["email"], &ada["email_verified"], &ada["display_name"]),
            (&json!(EMAIL), &json!(true), &json!("Ada"))
        );
        assert_eq!(claims(&tokens["access_token"])["amr"], json!(["fed"]));

        // Another address by now, and nobody vouches for it: the subject is who somebody is.
        let moved = json!({ "sub": "7", "email": "new@example.org" });
        let again = federated.sign_in("acme", moved).await.expect(201);
        assert_eq!(me(federated, &again).await["id"], ada["id"]);

        let world = &federated.world;
        let events = world.events("user.registered").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["channel"], "provider");
        let linked = world.events("federated_identity.linked").await;
        assert_eq!(linked.len(), 1);
        assert_eq!(
            (&linked[0]["provider"], &linked[0]["made_account"]),
            (&json!("acme"), &json!(true))
        );
        let sessions = world.events("session.created").await;
        assert_eq!(sessions[0]["amr"], json!(["fed"]));
        // There is no password to guess.
        refused(
            &world.try_sign_in(EMAIL, crate::world::PASSWORD).await,
            401,
            "identity.invalid_credentials",
        );
    })
    .await;
}

#[tokio::test]
async fn one_subject_of_two_providers_is_two_people() {
    on_each_engine(async |federated| {
        let ada = federated
            .sign_in("acme", person("7", EMAIL))
            .await
            .expect(201);
        let bob = federated
            .sign_in("other", person("7", "bob@example.org"))
            .await
            .expect(201);
        let (ada, bob) = (me(federated, &ada).await, me(federated, &bob).await);
        assert_ne!(ada["id"], bob["id"]);
        assert_eq!(bob["email"], "bob@example.org");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_has_an_account_links_nothing() {
    on_each_engine(async |federated| {
        federated.world.account(EMAIL).await;
        for email in [EMAIL, "ADA@Example.org"] {
            let reply = federated.sign_in("acme", person("7", email)).await;
            refused(&reply, 409, "identity.identity_not_linked");
        }
        assert!(
            federated
                .world
                .events("federated_identity.linked")
                .await
                .is_empty()
        );
        // The password still signs in.
        federated.world.sign_in(EMAIL).await;
    })
    .await;
}

/// Nobody learns whether an address has an account that the provider does not vouch for.
#[tokio::test]
async fn an_unverified_address_is_answered_alike_known_or_not() {
    on_each_engine(async |federated| {
        federated.world.account(EMAIL).await;
        for person in [
            json!({ "sub": "1", "email": EMAIL, "email_verified": false }),
            json!({ "sub": "2", "email": "nobody@example.org", "email_verified": false }),
            json!({ "sub": "3", "email": EMAIL }),
            json!({ "sub": "4", "email": EMAIL, "email_verified": "yes" }),
            json!({ "sub": "5", "email": "no address", "email_verified": true }),
            json!({ "sub": "6" }),
        ] {
            let reply = federated.sign_in("acme", person).await;
            refused(&reply, 403, "identity.provider_email_unverified");
        }
    })
    .await;
}

/// Somebody registered with the address, and never answered the mail: that gives them nothing, and takes nothing away.
#[tokio::test]
async fn an_address_that_was_only_registered_goes_to_whom_it_belongs() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        world.register(EMAIL, "chosen by a stranger").await;
        let mail = world.mail().await;
        let tokens = federated
            .sign_in("acme", person("7", EMAIL))
            .await
            .expect(201);
        assert_eq!(me(federated, &tokens).await["email"], EMAIL);
        assert_eq!(world.answer(&mail, None).await.status(), 422);
        world
            .try_sign_in(EMAIL, "chosen by a stranger")
            .await
            .expect(401);
        assert_eq!(world.events("user.registered").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_address_comes_from_userinfo_where_the_token_has_none() {
    on_each_engine(async |federated| {
        federated.acme.state().tells_in_token = false;
        let tokens = federated
            .sign_in("acme", person("7", EMAIL))
            .await
            .expect(201);
        assert_eq!(me(federated, &tokens).await["email"], EMAIL);
        assert_eq!(federated.acme.count("/userinfo"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_posted_where_the_provider_wants_it_so() {
    on_each_engine(async |federated| {
        federated.acme.state().document =
            json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
        federated
            .sign_in("acme", person("7", EMAIL))
            .await
            .expect(201);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_locked_stays_out() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let tokens = federated
            .sign_in("acme", person("7", EMAIL))
            .await
            .expect(201);
        let id = me(federated, &tokens).await["id"].clone();
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let path = format!("/v1/users/{}", id.as_str().expect("an id"));
        let etag = admin
            .get(&path)
            .await
            .header("etag")
            .expect("one")
            .to_owned();
        let lock = json!({ "locked": true, "lock_reason": "spam" });
        admin
            .patch(&path)
            .header("if-match", &etag)
            .json(&lock)
            .await
            .expect(200);
        let reply = federated.sign_in("acme", person("7", EMAIL)).await;
        refused(&reply, 401, "identity.invalid_credentials");
    })
    .await;
}

#[tokio::test]
async fn the_second_factor_is_still_asked_for() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let ada = guarded(world, EMAIL).await;
        for provider in ["acme", "other"] {
            federated.idp(provider).is_visited_by(person("7", EMAIL));
            let body = json!({ "federation_code": federated.code(provider).await, "code_verifier": VERIFIER });
            let linked = ada.client.post("/v1/me/identities").json(&body).await;
            linked.expect(201);
        }
        // What this provider says of factors is not believed.
        let mfa = json!({ "sub": "7", "amr": ["pwd", "otp", "mfa"] });
        let challenge = asked(&federated.sign_in("acme", mfa.clone()).await);
        let wrong = second_step(world, &challenge, &ada.phone.wrong(world)).await;
        refused(&wrong, 422, "identity.wrong_code");
        let tokens = second_step(world, &challenge, &ada.phone.code(world, 0)).await;
        let tokens = tokens.expect(201);
        let amr = &claims(&tokens["access_token"])["amr"];
        assert_eq!(amr, &json!(["fed", "otp", "mfa"]));

        // Of this one it is, if it says so.
        asked(
            &federated
                .sign_in("other", json!({ "sub": "7", "amr": ["pwd"] }))
                .await,
        );
        let tokens = federated.sign_in("other", mfa).await.expect(201);
        let amr = &claims(&tokens["access_token"])["amr"];
        assert_eq!(amr, &json!(["fed", "mfa"]));
    })
    .await;
}

/// How old a sign-in is follows from when the provider saw the person.
#[tokio::test]
async fn an_old_sign_in_there_is_an_old_one_here() {
    on_each_engine(async |federated| {
        let now = || federated.world.app.kit().env().now().as_unix_seconds();
        let mut ada = person("7", EMAIL);
        ada["auth_time"] = json!(now() - 3_600);
        let tokens = federated.sign_in("acme", ada.clone()).await.expect(201);
        let said = claims(&tokens["access_token"])["auth_time"].clone();
        assert_eq!(said, ada["auth_time"]);
        let refreshed = federated.world.refresh(&tokens).await.expect(200);
        assert_eq!(claims(&refreshed["access_token"])["auth_time"], said);
        let client = federated.world.with(&tokens);
        let key = client
            .post("/v1/me/factors")
            .json(&json!({ "kind": "totp" }))
            .await;
        refused(&key, 403, "identity.sign_in_again");

        // Asked for anew, it must be new.
        for (auth_time, arrives) in [
            (Some(now() - 3_600), false),
            (None, false),
            (Some(now()), true),
        ] {
            ada["auth_time"] = json!(auth_time);
            if auth_time.is_none() {
                ada.as_object_mut().expect("an object").remove("auth_time");
            }
            federated.acme.is_visited_by(ada.clone());
            let mut tab = Tab::default();
            let to = tab
                .leave(&federated.world, "acme", &[("max_age", "0")])
                .await;
            assert!(
                to.contains("max_age=0") && to.contains("prompt=login"),
                "{to}"
            );
            let back = tab
                .back(&federated.world, "acme", &federated.acme.approve(&to))
                .await;
            let (_, said) = sent_to(&back);
            let has_code = said.iter().any(|(name, _)| name == "code");
            assert_eq!(has_code, arrives, "{auth_time:?} {said:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_counts_once_for_a_minute_for_whoever_has_the_verifier() {
    on_each_engine(async |federated| {
        federated.acme.is_visited_by(person("7", EMAIL));
        let code = federated.code("acme").await;
        let enter = async |code: &str, verifier: &str| {
            let body = json!({ "federation_code": code, "code_verifier": verifier });
            federated
                .world
                .post("/v1/auth/federation/sessions", body)
                .await
        };
        let nonsense = "A".repeat(43);
        for (code, verifier) in [
            (code.as_str(), nonsense.as_str()),
            (code.as_str(), ""),
            (code.as_str(), super::CHALLENGE),
            (nonsense.as_str(), VERIFIER),
            ("", VERIFIER),
        ] {
            let reply = enter(code, verifier).await;
            refused(&reply, 401, "identity.federation_failed");
        }
        enter(&code, VERIFIER).await.expect(201);
        let again = enter(&code, VERIFIER).await;
        refused(&again, 401, "identity.federation_failed");

        let late = federated.code("acme").await;
        federated.world.advance(60);
        let reply = enter(&late, VERIFIER).await;
        refused(&reply, 401, "identity.federation_failed");
    })
    .await;
}

#[tokio::test]
async fn the_client_is_sent_its_state_and_nothing_of_the_person() {
    on_each_engine(async |federated| {
        federated.acme.is_visited_by(person("7", EMAIL));
        let said = federated.travel(&mut Tab::default(), "acme").await;
        assert_eq!(value(&said, "state"), "a state");
        assert_eq!(said.len(), 2, "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_beginning_names_its_members() {
    on_each_engine(async |federated| {
        let get = async |query: &str| {
            let path = format!("/v1/auth/federation/{query}");
            federated.world.app.anonymous().get(&path).await
        };
        let reply = get("acme").await;
        refused(&reply, 422, "identity.invalid_request");
        let pointers: Vec<Value> = reply.json()["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| error["pointer"].clone())
            .collect();
        assert_eq!(
            pointers,
            ["?return_url", "?code_challenge", "?code_challenge_method"]
        );
        let challenge = super::CHALLENGE;
        for url in ["https://evil.example/", "https://shop.example/signed-in/", "/"] {
            let query = format!("acme?return_url={url}&code_challenge={challenge}&code_challenge_method=S256");
            refused(&get(&query).await, 422, "identity.invalid_request");
        }
        let good = format!("return_url={RETURN_URL}&code_challenge={challenge}&code_challenge_method=S256");
        let long = format!("&state={}", "x".repeat(1_001));
        for more in ["&max_age=86401", long.as_str()] {
            let reply = get(&format!("acme?{good}{more}")).await;
            refused(&reply, 422, "identity.invalid_request");
        }
        refused(&get(&format!("nobody?{good}")).await, 404, "identity.provider_not_found");
        let shown = federated.world.app.anonymous().get("/v1/auth/federation").await;
        let expected = json!({ "data": [
            { "name": "acme", "display_name": "Acme & Sons" }, { "name": "other", "display_name": "other" },
        ] });
        assert_eq!(shown.expect(200), expected);
    })
    .await;
}

/// A provider that says whose an address is gets nobody's rights by it.
#[tokio::test]
async fn rights_wait_for_the_mail_and_not_for_a_provider() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        for (email, roles, status) in [
            ("staff@example.org", json!(["customer", "staff"]), 409),
            ("pat@example.org", json!(["customer"]), 201),
        ] {
            let wish = json!({ "email": email, "roles": roles });
            let invited = admin.post("/v1/users").header("idempotency-key", email);
            invited.json(&wish).await.expect(201);
            let reply = federated.sign_in("acme", person(email, email)).await;
            assert_eq!(reply.status().as_u16(), status, "{email}: {reply:?}");
        }
    })
    .await;
}
