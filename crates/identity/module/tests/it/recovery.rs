//! Getting back in without the password.

use identity_contract::{ChallengePurpose, IdentityError};
use serde_json::json;
use tenon_seam::SeamError;

use crate::world::{PASSWORD, on_each_engine};

const NEW: &str = "a much better one";

#[tokio::test]
async fn recovery_sets_a_password_and_ends_all_sessions() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        let session = world.sign_in("ada@example.org").await;
        world.ask("recover", "Ada@example.org").await;
        let mail = world.mail().await;
        assert_eq!(mail.purpose, ChallengePurpose::Recover);
        world.answer(&mail, Some(NEW)).await.expect(204);

        world.with(&session).get("/v1/me").await.expect(401);
        world.refresh(&session).await.expect(401);
        world
            .try_sign_in("ada@example.org", PASSWORD)
            .await
            .expect(401);
        world.try_sign_in("ada@example.org", NEW).await.expect(201);
        assert_eq!(
            world.events("user.updated").await[0]["fields"],
            json!(["password"])
        );
        assert_eq!(
            world.events("session.revoked").await[0]["reason"],
            "recovered"
        );
        let audited = world.events("audit.recorded").await;
        assert_eq!(
            audited.last().expect("one")["action"],
            "user.password_recovered"
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_works_once_and_only_for_its_challenge() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        world.ask("recover", "ada@example.org").await;
        world.ask("recover", "ada@example.org").await;
        let mails = world.mails().await;
        let [first, second] = &mails[..] else {
            panic!("{mails:?}")
        };
        let mut crossed = first.clone();
        crossed.token.clone_from(&second.token);
        assert_eq!(
            world.answer(&crossed, Some(NEW)).await.code(),
            "identity.challenge_failed"
        );
        for wrong in ["", "x", &"A".repeat(43)] {
            crossed.token = wrong.to_owned();
            world.answer(&crossed, Some(NEW)).await.expect(422);
        }
        world.answer(first, Some(NEW)).await.expect(204);
        assert_eq!(
            world.answer(first, Some(NEW)).await.code(),
            "identity.challenge_failed"
        );
        assert_eq!(
            world.answer(second, Some(NEW)).await.code(),
            "identity.challenge_failed",
            "closed with it"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_at_once_one_counts() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        world.ask("recover", "ada@example.org").await;
        let mail = world.mail().await;
        let answers = (0..8).map(|number| {
            let client = world.app.anonymous();
            let path = format!("/v1/auth/challenges/{}/responses", mail.challenge_id);
            let body = json!({ "token": mail.token, "new_password": format!("{NEW} {number}") });
            tokio::spawn(async move { client.post(&path).json(&body).await.status().as_u16() })
        });
        let mut statuses = Vec::new();
        for answer in answers.collect::<Vec<_>>() {
            statuses.push(answer.await.expect("no panic"));
        }
        assert_eq!(
            statuses.iter().filter(|status| **status == 204).count(),
            1,
            "{statuses:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_expires_after_half_an_hour() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        world.ask("recover", "ada@example.org").await;
        let mail = world.mail().await;
        world.advance(1_800);
        assert_eq!(
            world.answer(&mail, Some(NEW)).await.code(),
            "identity.challenge_failed"
        );
        let message = world.message(mail.challenge_id).await;
        assert!(matches!(
            message,
            Err(SeamError::Domain(IdentityError::ChallengeNotFound))
        ));
    })
    .await;
}

#[tokio::test]
async fn the_new_password_obeys_the_rules_and_a_refusal_does_not_use_the_token_up() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        world.ask("recover", "ada@example.org").await;
        let mail = world.mail().await;
        assert_eq!(
            world.answer(&mail, None).await.code(),
            "identity.invalid_request"
        );
        assert_eq!(
            world.answer(&mail, Some("password1")).await.code(),
            "identity.weak_password"
        );
        world.answer(&mail, Some(NEW)).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn recovery_proves_the_address_of_an_unverified_account() {
    on_each_engine(async |world| {
        world.register("ada@example.org", PASSWORD).await;
        world.ask("recover", "ada@example.org").await;
        world
            .answer(&world.mail().await, Some(NEW))
            .await
            .expect(204);
        world.try_sign_in("ada@example.org", NEW).await.expect(201);
        world
            .try_sign_in("ada@example.org", PASSWORD)
            .await
            .expect(401);
        assert_eq!(world.events("user.verified").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn someone_who_registers_again_can_recover_with_that_mail() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        world
            .register("ada@example.org", "forgot that i was here")
            .await;
        let mail = world.mail().await;
        assert_eq!(mail.purpose, ChallengePurpose::AlreadyRegistered);
        world.answer(&mail, Some(NEW)).await.expect(204);
        world.try_sign_in("ada@example.org", NEW).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn recovery_lifts_the_wait_of_strangers() {
    on_each_engine(async |world| {
        world.account("ada@example.org").await;
        for _ in 0..5 {
            world
                .try_sign_in("ada@example.org", "a wrong guess")
                .await
                .expect(401);
        }
        world.ask("recover", "ada@example.org").await;
        world
            .answer(&world.mail().await, Some(NEW))
            .await
            .expect(204);
        world.try_sign_in("ada@example.org", NEW).await.expect(201);
    })
    .await;
}
