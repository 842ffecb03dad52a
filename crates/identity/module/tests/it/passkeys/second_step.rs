//! A passkey after the password.

use identity_passkeys::soft::SoftAuthenticator;
use serde_json::{Value, json};
use tenon_testkit::TestReply;

use super::{CHALLENGES, EMAIL, answer, device, guarded, refused, register};
use crate::factors::{asked, first_step, guard};
use crate::world::{PASSWORD, World, on_each_engine};

/// Asks for the challenge of a sign-in that waits.
async fn challenge_for(world: &World, token: &str) -> TestReply {
    let body = json!({ "challenge_token": token });
    world.post(CHALLENGES, body).await
}

/// Gives the password and a passkey.
async fn both_steps(world: &World, device: &mut SoftAuthenticator) -> TestReply {
    let token = first_step(world, EMAIL).await;
    let waiting: Value = challenge_for(world, &token).await.expect(200);
    let credential = device.get(&waiting["request_options"]);
    answer(world, &waiting, &credential).await
}

#[tokio::test]
async fn the_password_alone_is_not_enough_once_there_is_a_passkey() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let reply = world.try_sign_in(EMAIL, PASSWORD).await;
        asked(&reply);
        assert_eq!(reply.json()["factors"], json!(["passkey"]));
        laptop.user_handle = None; // the person is known, so it need not say whose it is
        let tokens = both_steps(world, &mut laptop).await.expect(201);
        world.with(&tokens).get("/v1/me").await.expect(200);
        let created = world.events("session.created").await;
        assert_eq!(
            created.last().expect("one")["amr"],
            json!(["pwd", "pop", "user", "mfa"])
        );
    })
    .await;
}

#[tokio::test]
async fn the_passkeys_of_the_person_are_named_to_whoever_knows_the_password() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let token = first_step(world, EMAIL).await;
        let waiting = challenge_for(world, &token).await.expect(200);
        let id = laptop.get(&waiting["request_options"])["id"].clone();
        let allowed = json!([{ "type": "public-key", "id": id }]);
        assert_eq!(waiting["request_options"]["allowCredentials"], allowed);
        for none in ["", "x", &"A".repeat(43)] {
            refused(
                &challenge_for(world, none).await,
                401,
                "identity.sign_in_expired",
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_a_passkey_and_a_recovery_code_each_complete_it() {
    on_each_engine(async |world| {
        let (mut laptop, client) = guarded(world, EMAIL).await;
        let app = guard_with_app(world, client).await;
        let reply = world.try_sign_in(EMAIL, PASSWORD).await;
        assert_eq!(reply.json()["factors"], json!(["totp", "passkey"]));
        let token = asked(&reply);
        let code = app.code(world, 0);
        crate::factors::second_step(world, &token, &code)
            .await
            .expect(201);
        both_steps(world, &mut laptop).await.expect(201);
        // What is over is over for both.
        let waiting = challenge_for(world, &token).await;
        refused(&waiting, 401, "identity.sign_in_expired");
    })
    .await;
}

async fn guard_with_app(world: &World, client: tenon_testkit::Client) -> crate::factors::Phone {
    let phone = crate::factors::add(&client).await;
    let confirmed = crate::factors::confirm(&client, &phone, &phone.code(world, 0)).await;
    confirmed.expect(200);
    world.advance(30);
    phone
}

#[tokio::test]
async fn the_passkey_of_another_person_completes_nothing() {
    on_each_engine(async |world| {
        guarded(world, EMAIL).await;
        let (mut eve, _) = guarded(world, "eve@example.org").await;
        refused(
            &both_steps(world, &mut eve).await,
            401,
            "identity.passkey_refused",
        );
        refused(
            &both_steps(world, &mut device()).await,
            401,
            "identity.passkey_refused",
        );
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_has_five_tries() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let token = first_step(world, EMAIL).await;
        for _ in 0..5 {
            let waiting = challenge_for(world, &token).await.expect(200);
            let wrong = device().get(&waiting["request_options"]);
            refused(
                &answer(world, &waiting, &wrong).await,
                401,
                "identity.passkey_refused",
            );
        }
        refused(
            &challenge_for(world, &token).await,
            401,
            "identity.sign_in_expired",
        );
        // Passkeys cannot be guessed, so nobody keeps the owner out by that.
        both_steps(world, &mut laptop).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_what_the_old_one_began() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let token = first_step(world, EMAIL).await;
        let waiting = challenge_for(world, &token).await.expect(200);
        world.ask("recover", EMAIL).await;
        let mail = world.mail().await;
        world
            .answer(&mail, Some("a much better one"))
            .await
            .expect(204);
        let credential = laptop.get(&waiting["request_options"]);
        let reply = answer(world, &waiting, &credential).await;
        refused(&reply, 401, "identity.sign_in_expired");
    })
    .await;
}

#[tokio::test]
async fn an_account_with_an_app_takes_a_passkey_too() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let client = world.with(&world.sign_in(EMAIL).await);
        let ada = guard(world, client).await;
        let mut laptop = device();
        let made = register(&ada.client, &mut laptop).await;
        assert!(made.get("recovery_codes").is_none(), "it has them");
        super::sign_in(world, &mut laptop).await.expect(201);
    })
    .await;
}
