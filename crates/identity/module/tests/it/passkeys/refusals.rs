//! What does not count: each lie and each repetition gets the same refusal, and no session.

use identity_passkeys::soft::SoftAuthenticator;
use serde_json::{Value, json};
use tenon_kernel::Role;

use super::{EMAIL, SESSIONS, answer, challenge, device, guarded, refused, register, sign_in};
use crate::world::{World, on_each_engine};

async fn sessions(world: &World) -> usize {
    world.events("session.created").await.len()
}

#[tokio::test]
async fn every_lie_is_refused() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let handle = laptop.user_handle.clone();
        let before = sessions(world).await;
        let lies: [fn(&mut SoftAuthenticator); 6] = [
            |it| it.origin = "https://evil.example".to_owned(),
            |it| it.origin = "http://localhost:8081".to_owned(),
            |it| it.rp_id = "evil.example".to_owned(),
            |it| it.verifies_user = false,
            |it| it.user_handle = None,
            |it| it.user_handle = Some(vec![7; 16]),
        ];
        for (number, lie) in lies.into_iter().enumerate() {
            lie(&mut laptop);
            let reply = sign_in(world, &mut laptop).await;
            assert_eq!(reply.code(), "identity.passkey_refused", "{number}");
            laptop.origin = super::ORIGIN.to_owned();
            laptop.rp_id = "localhost".to_owned();
            laptop.verifies_user = true;
            laptop.user_handle.clone_from(&handle);
        }
        assert_eq!(sessions(world).await, before);
        sign_in(world, &mut laptop).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_challenge_has_one_try() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let asked = challenge(world).await;
        let credential = laptop.get(&asked["request_options"]);
        answer(world, &asked, &credential).await.expect(201);
        refused(
            &answer(world, &asked, &credential).await,
            401,
            "identity.passkey_refused",
        );
        let next = laptop.get(&asked["request_options"]);
        refused(
            &answer(world, &asked, &next).await,
            401,
            "identity.passkey_refused",
        );

        // Also if the first was wrong.
        let asked = challenge(world).await;
        let wrong = device().get(&asked["request_options"]);
        refused(
            &answer(world, &asked, &wrong).await,
            401,
            "identity.passkey_refused",
        );
        let right = laptop.get(&asked["request_options"]);
        refused(
            &answer(world, &asked, &right).await,
            401,
            "identity.passkey_refused",
        );

        // What could not be read was no try.
        let asked = challenge(world).await;
        let mut unreadable = laptop.get(&asked["request_options"]);
        unreadable["response"]["signature"] = json!("?");
        refused(
            &answer(world, &asked, &unreadable).await,
            422,
            "identity.invalid_request",
        );
        let right = laptop.get(&asked["request_options"]);
        answer(world, &asked, &right).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_challenge_is_answered_by_whoever_asked_for_it() {
    on_each_engine(async |world| {
        let (mut laptop, ada) = guarded(world, EMAIL).await;
        let (one, other) = (challenge(world).await, challenge(world).await);
        let credential = laptop.get(&one["request_options"]);
        refused(
            &answer(world, &other, &credential).await,
            401,
            "identity.passkey_refused",
        );
        // A challenge to register is none to sign in, and no other way round.
        let begun = super::begin(&ada).await;
        let options = begun["creation_options"].clone();
        let credential = laptop.get(&options);
        let asked = challenge(world).await;
        refused(
            &answer(world, &asked, &credential).await,
            401,
            "identity.passkey_refused",
        );
        let asked = challenge(world).await;
        let mut phone = device();
        let mut mixed = asked["request_options"].clone();
        mixed["user"] = options["user"].clone();
        let reply = super::confirm(&ada, &begun, &phone.create(&mixed)).await;
        refused(&reply, 422, "identity.wrong_passkey");
    })
    .await;
}

#[tokio::test]
async fn a_challenge_lives_five_minutes() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let (timely, late) = (challenge(world).await, challenge(world).await);
        world.advance(299);
        let credential = laptop.get(&timely["request_options"]);
        answer(world, &timely, &credential).await.expect(201);
        world.advance(1);
        let credential = laptop.get(&late["request_options"]);
        refused(
            &answer(world, &late, &credential).await,
            401,
            "identity.passkey_refused",
        );
    })
    .await;
}

#[tokio::test]
async fn of_many_answers_to_one_challenge_one_counts() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let asked = challenge(world).await;
        let credential = laptop.get(&asked["request_options"]);
        let [a, b, c] = [(); 3].map(|()| answer(world, &asked, &credential));
        let (a, b, c) = tokio::join!(a, b, c);
        let mut statuses = [a, b, c].map(|reply| reply.status().as_u16());
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 401, 401]);
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_told() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        laptop.counter = 10;
        sign_in(world, &mut laptop).await.expect(201);
        for copied in [4, 10] {
            laptop.counter = copied;
            refused(
                &sign_in(world, &mut laptop).await,
                401,
                "identity.passkey_refused",
            );
        }
        assert_eq!(world.events("passkey.suspected").await.len(), 2);
        // A wrong signature says nothing about a copy.
        let asked = challenge(world).await;
        laptop.counter = 4;
        let mut forged = laptop.get(&asked["request_options"]);
        let other = device().get(&asked["request_options"]);
        forged["response"]["signature"] = other["response"]["signature"].clone();
        refused(
            &answer(world, &asked, &forged).await,
            401,
            "identity.passkey_refused",
        );
        assert_eq!(world.events("passkey.suspected").await.len(), 2);
        laptop.counter = 11;
        sign_in(world, &mut laptop).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn the_passkey_of_somebody_else_opens_their_account_only() {
    on_each_engine(async |world| {
        let (ada, _) = guarded(world, EMAIL).await;
        let (mut eve, _) = guarded(world, "eve@example.org").await;
        eve.user_handle = ada.user_handle.clone();
        refused(
            &sign_in(world, &mut eve).await,
            401,
            "identity.passkey_refused",
        );
        eve.credential_id = ada.credential_id.clone();
        refused(
            &sign_in(world, &mut eve).await,
            401,
            "identity.passkey_refused",
        );
    })
    .await;
}

#[tokio::test]
async fn who_is_locked_is_not_let_in() {
    on_each_engine(async |world| {
        let (id, client) = world.made(EMAIL, &[Role::Customer]).await;
        let (_, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let mut laptop = device();
        register(&client, &mut laptop).await;
        let unknown = sign_in(world, &mut device()).await;
        let path = format!("/v1/users/{id}");
        let etag = admin
            .get(&path)
            .await
            .header("etag")
            .expect("an etag")
            .to_owned();
        let lock = json!({ "locked": true, "lock_reason": "fraud" });
        let lock = admin.patch(&path).header("if-match", &etag).json(&lock);
        lock.await.expect(200);
        let reply = sign_in(world, &mut laptop).await;
        refused(&reply, 401, "identity.passkey_refused");
        assert_eq!(
            crate::world::comparable(&unknown),
            crate::world::comparable(&reply)
        );
    })
    .await;
}

#[tokio::test]
async fn each_member_is_checked() {
    on_each_engine(async |world| {
        let (mut laptop, _) = guarded(world, EMAIL).await;
        let asked = challenge(world).await;
        let good = laptop.get(&asked["request_options"]);
        for pointer in ["/response/authenticatorData", "/response/signature", "/response/clientDataJSON", "/id"] {
            let mut credential = good.clone();
            *credential.pointer_mut(pointer).expect("there") = json!("=");
            credential["rawId"] = credential["id"].clone();
            let reply = answer(world, &asked, &credential).await;
            refused(&reply, 422, "identity.invalid_request");
            let expected: Value = json!(format!("/credential{pointer}"));
            assert_eq!(reply.json()["errors"][0]["pointer"], expected);
        }
        for body in [
            json!({ "challenge_token": asked["challenge_token"] }),
            json!({ "credential": good }),
            json!({ "challenge_token": asked["challenge_token"], "credential": good, "email": EMAIL }),
        ] {
            world.post(SESSIONS, body).await.expect(400);
        }
        answer(world, &asked, &good).await.expect(201);
    })
    .await;
}
