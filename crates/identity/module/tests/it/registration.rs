//! Getting an account.

use identity_contract::ChallengePurpose;
use serde_json::json;

use crate::world::{PASSWORD, World, comparable, on_each_engine};

#[tokio::test]
async fn a_person_registers_verifies_and_signs_in() {
    on_each_engine(async |world| {
        let body =
            json!({ "email": "Ada@Example.org", "password": PASSWORD, "display_name": "Ada" });
        world.post("/v1/auth/registrations", body).await.expect(202);
        world.app.settle().await;
        assert_eq!(world.events("user.registered").await.len(), 1);
        assert_eq!(
            world.try_sign_in("ada@example.org", PASSWORD).await.code(),
            "identity.invalid_credentials"
        );

        let mail = world.mail().await;
        assert_eq!(
            (mail.purpose, mail.email.as_str()),
            (ChallengePurpose::VerifyEmail, "Ada@Example.org")
        );
        assert_eq!(
            mail.display_name, None,
            "a stranger may have chosen the name"
        );
        world.answer(&mail, None).await.expect(204);
        assert_eq!(world.events("user.verified").await.len(), 1);

        let tokens = world.sign_in("ADA@example.ORG").await;
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 600);
        let me = world.with(&tokens).get("/v1/me").await.expect(200);
        assert_eq!(me["email"], "Ada@Example.org");
        assert_eq!(me["display_name"], "Ada");
        assert_eq!(me["email_verified"], true);
        assert_eq!(me["roles"], json!(["customer"]));
    })
    .await;
}

#[tokio::test]
async fn a_known_address_gets_the_same_answer_and_its_owner_a_mail() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let known = json!({ "email": "ada@example.org", "password": "another good one" });
        let unknown = json!({ "email": "bob@example.org", "password": "another good one" });
        let known = world.post("/v1/auth/registrations", known).await;
        let unknown = world.post("/v1/auth/registrations", unknown).await;
        assert_eq!(comparable(&known), comparable(&unknown));
        assert_eq!(known.body(), unknown.body());

        world.app.settle().await;
        let mails = world.mails().await;
        let to = |email: &str| {
            mails
                .iter()
                .find(|mail| mail.email == email)
                .map(|mail| mail.purpose)
        };
        assert_eq!(
            to("ada@example.org"),
            Some(ChallengePurpose::AlreadyRegistered)
        );
        assert_eq!(to("bob@example.org"), Some(ChallengePurpose::VerifyEmail));
        assert_eq!(
            world.events("user.registered").await.len(),
            2,
            "no second account"
        );
        world.sign_in("ada@example.org").await;
        world
            .try_sign_in("ada@example.org", "another good one")
            .await
            .expect(401);
    })
    .await;
}

#[tokio::test]
async fn asking_for_a_mail_says_nothing_about_the_address() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        for purpose in ["verify_email", "recover"] {
            let ask = async |email: &str| {
                world
                    .post(
                        "/v1/auth/challenges",
                        json!({ "purpose": purpose, "email": email }),
                    )
                    .await
            };
            let (known, unknown) = (
                ask("ada@example.org").await,
                ask("nobody@example.org").await,
            );
            assert_eq!(comparable(&known), comparable(&unknown));
        }
        world.app.settle().await;
        let mails = world.mails().await;
        assert_eq!(
            mails.len(),
            1,
            "the verified owner gets the recovery mail, strangers nothing: {mails:?}"
        );
        assert_eq!(mails[0].purpose, ChallengePurpose::Recover);
    })
    .await;
}

/// Account pre-hijacking: whoever registers an address first must not be able to get into the account that its
/// owner registers later.
#[tokio::test]
async fn a_password_counts_only_for_the_mail_that_it_was_registered_with() {
    on_each_engine(async |world| {
        world
            .register("victim@example.org", "chosen by a stranger")
            .await;
        world
            .register("victim@example.org", "chosen by the owner")
            .await;
        let mails = world.mails().await;
        let [by_stranger, by_owner] = &mails[..] else {
            panic!("{mails:?}")
        };

        world.answer(by_owner, None).await.expect(204);
        world
            .try_sign_in("victim@example.org", "chosen by the owner")
            .await
            .expect(201);
        world
            .try_sign_in("victim@example.org", "chosen by a stranger")
            .await
            .expect(401);
        assert_eq!(
            world.answer(by_stranger, None).await.code(),
            "identity.challenge_failed"
        );
    })
    .await;
}

#[tokio::test]
async fn a_second_mail_needs_a_new_password() {
    on_each_engine(async |world| {
        world.register("ada@example.org", PASSWORD).await;
        world.ask("verify_email", "ada@example.org").await;
        let mail = world.mail().await;
        let reply = world.answer(&mail, None).await;
        assert_eq!(reply.expect(422)["errors"][0]["pointer"], "/new_password");
        world
            .answer(&mail, Some("chosen at last"))
            .await
            .expect(204);
        world
            .try_sign_in("ada@example.org", "chosen at last")
            .await
            .expect(201);
    })
    .await;
}

#[tokio::test]
async fn mails_to_one_person_are_few() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        for _ in 0..10 {
            world.ask("recover", "ada@example.org").await;
        }
        assert_eq!(
            world.mails().await.len(),
            4,
            "with the first one, five in an hour"
        );
        world.advance(3_601);
        world.ask("recover", "ada@example.org").await;
        assert_eq!(
            world.mails().await.len(),
            1,
            "an hour later it goes on; the others have expired"
        );
    })
    .await;
}

#[tokio::test]
async fn many_registrations_of_one_address_make_one_account() {
    on_each_engine(async |world| {
        let registrations = (0..8).map(|number| {
            let client = world.app.anonymous();
            let body =
                json!({ "email": "ada@example.org", "password": format!("{PASSWORD} {number}") });
            tokio::spawn(async move {
                client
                    .post("/v1/auth/registrations")
                    .json(&body)
                    .await
                    .expect(202)
            })
        });
        for registration in registrations.collect::<Vec<_>>() {
            registration.await.expect("no panic");
        }
        world.app.settle().await;
        assert_eq!(world.events("user.registered").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_registration_with_one_key_sends_one_mail() {
    on_each_engine(async |world| {
        let body = json!({ "email": "ada@example.org", "password": PASSWORD });
        let register = async || {
            world
                .app
                .anonymous()
                .post("/v1/auth/registrations")
                .key("k1")
                .json(&body)
                .await
        };
        let (first, second) = (register().await, register().await);
        first.expect(202);
        second.expect(202);
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        world.app.settle().await;
        assert_eq!(world.events("challenge.created").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn bad_registrations_name_the_member_and_leave_nothing() {
    on_each_engine(async |world| {
        let table = [
            (
                json!({ "email": "nobody", "password": PASSWORD }),
                422,
                "/email",
            ),
            (
                json!({ "email": "a@b.example", "password": "short" }),
                422,
                "/password",
            ),
            (
                json!({ "email": "a@b.example", "password": "Password123!" }),
                422,
                "/password",
            ),
            (
                json!({ "email": "adalovelace@b.example", "password": "i am adalovelace" }),
                422,
                "/password",
            ),
            (
                json!({ "email": "a@b.example", "password": "x".repeat(257) }),
                422,
                "/password",
            ),
            (
                json!({ "email": "a@b.example", "password": PASSWORD, "display_name": "" }),
                422,
                "/display_name",
            ),
            (
                json!({ "email": "a@b.example", "password": PASSWORD, "display_name": "a\nb" }),
                422,
                "/display_name",
            ),
            (
                json!({ "email": "a@b.example", "password": PASSWORD, "roles": ["admin"] }),
                400,
                "/roles",
            ),
            (json!({ "email": "a@b.example" }), 400, "/password"),
            (json!({ "email": 7, "password": PASSWORD }), 400, "/email"),
        ];
        for (body, status, pointer) in table {
            let problem = world
                .post("/v1/auth/registrations", body.clone())
                .await
                .expect(status);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        world.app.settle().await;
        assert!(world.events("user.registered").await.is_empty());
    })
    .await;
}

/// Whatever can be typed can be a password, and every character of it counts.
#[tokio::test]
async fn passwords_are_taken_as_they_come() {
    on_each_engine(async |world: &World| {
        let long: String = "Ω≈ç√∫˜µ≤ 🐎".chars().cycle().take(256).collect();
        for (number, password) in ["  leading and trailing  ", "tab\tand\u{7f}delete", &long]
            .into_iter()
            .enumerate()
        {
            let email = format!("person{number}@example.org");
            world.register(&email, password).await;
            world.answer(&world.mail().await, None).await.expect(204);
            world.try_sign_in(&email, password).await.expect(201);
            let mut shorter = password.to_owned();
            shorter.pop();
            world.try_sign_in(&email, &shorter).await.expect(401);
            world
                .try_sign_in(&email, password.trim_start())
                .await
                .expect(if number == 0 { 401 } else { 201 });
        }
    })
    .await;
}
