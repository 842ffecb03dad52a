//! Registered, listed, removed.

use serde_json::json;
use tenon_testkit::{Client, TestReply};

use super::{EMAIL, FACTORS, begin, confirm, device, guarded, path, refused, register, sign_in};
use crate::world::{World, on_each_engine};

async fn ada(world: &World) -> Client {
    world.account(EMAIL).await;
    world.with(&world.sign_in(EMAIL).await)
}

fn pointers(reply: &TestReply) -> Vec<String> {
    let errors = reply.json()["errors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |error: &serde_json::Value| error["pointer"].as_str().expect("text").to_owned();
    errors.iter().map(text).collect()
}

#[tokio::test]
async fn a_passkey_is_made_by_what_the_browser_is_told() {
    on_each_engine(async |world| {
        let ada = ada(world).await;
        let begun = begin(&ada).await;
        assert_eq!(begun["status"], "pending");
        assert!(begun.get("secret").is_none());
        let options = &begun["creation_options"];
        assert_eq!(options["rp"]["id"], "localhost");
        assert_eq!(options["user"]["name"], EMAIL);
        assert_eq!(
            options["challenge"].as_str().expect("text").len(),
            43,
            "256 bits"
        );
        let selection = json!({
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        });
        assert_eq!(options["authenticatorSelection"], selection);
        assert_eq!(options["excludeCredentials"], json!([]));
        let mut laptop = device();
        let made = confirm(&ada, &begun, &laptop.create(options))
            .await
            .expect(200);
        assert_eq!(
            (&made["kind"], &made["name"]),
            (&json!("passkey"), &json!("Laptop"))
        );
        assert_eq!(made["status"], "confirmed");
        assert_eq!(made["recovery_codes"].as_array().expect("codes").len(), 10);
        let listed = ada.get(FACTORS).await.expect(200);
        assert_eq!(listed["data"].as_array().expect("factors").len(), 1);
        let again = begin(&ada).await;
        let known = &again["creation_options"]["excludeCredentials"];
        assert_eq!(known[0]["id"], laptop.create(options)["id"]);
    })
    .await;
}

#[tokio::test]
async fn the_same_request_is_shown_the_same_challenge() {
    on_each_engine(async |world| {
        let ada = ada(world).await;
        let body = json!({ "kind": "passkey" });
        let make = async || ada.post(FACTORS).key("laptop").json(&body).await;
        let first = make().await.expect(201);
        assert_eq!(first["name"], "Passkey");
        let second = make().await.expect(201);
        assert_eq!(first["creation_options"], second["creation_options"]);
        confirm(&ada, &first, &device().create(&first["creation_options"]))
            .await
            .expect(200);
        refused(&make().await, 409, "identity.factor_confirmed");
    })
    .await;
}

#[tokio::test]
async fn a_registration_has_five_minutes() {
    on_each_engine(async |world| {
        let ada = ada(world).await;
        let (timely, late) = (begin(&ada).await, begin(&ada).await);
        world.advance(299);
        confirm(&ada, &timely, &device().create(&timely["creation_options"]))
            .await
            .expect(200);
        world.advance(1);
        let reply = confirm(&ada, &late, &device().create(&late["creation_options"])).await;
        refused(&reply, 404, "identity.factor_not_found");
    })
    .await;
}

#[tokio::test]
async fn adding_one_needs_a_fresh_sign_in() {
    on_each_engine(async |world| {
        world.account(EMAIL).await;
        let tokens = world.sign_in(EMAIL).await;
        world.advance(15 * 60);
        let ada = world.with(&world.refresh(&tokens).await.expect(200));
        let reply = ada.post(FACTORS).json(&json!({ "kind": "passkey" })).await;
        refused(&reply, 403, "identity.sign_in_again");
        begin(&world.with(&world.sign_in(EMAIL).await)).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_has_more_than_ten() {
    on_each_engine(async |world| {
        let ada = ada(world).await;
        for _ in 0..10 {
            begin(&ada).await;
        }
        let reply = ada.post(FACTORS).json(&json!({ "kind": "passkey" })).await;
        refused(&reply, 409, "identity.too_many_factors");
        // Apps are counted by themselves.
        ada.post(FACTORS)
            .json(&json!({ "kind": "totp" }))
            .await
            .expect(201);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_as_it_was_asked_for_is_not_registered() {
    on_each_engine(async |world| {
        let ada = ada(world).await;
        let (one, other) = (begin(&ada).await, begin(&ada).await);
        let options = &one["creation_options"];
        let [mut elsewhere, mut phished, mut unlocked] = [device(), device(), device()];
        elsewhere.origin = "https://evil.example".to_owned();
        phished.rp_id = "evil.example".to_owned();
        unlocked.verifies_user = false;
        for credential in [
            elsewhere.create(options),
            phished.create(options),
            unlocked.create(options),
            device().create(&other["creation_options"]),
        ] {
            let reply = confirm(&ada, &one, &credential).await;
            refused(&reply, 422, "identity.wrong_passkey");
            assert_eq!(pointers(&reply), ["/credential"]);
        }
        let listed = ada.get(FACTORS).await.expect(200);
        assert_eq!(listed["data"][0]["status"], "pending");
        assert!(world.events("factor.added").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_passkey_belongs_to_one_account_and_stands_in_it_once() {
    on_each_engine(async |world| {
        let (mut laptop, ada) = guarded(world, EMAIL).await;
        let again = begin(&ada).await;
        let reply = confirm(&ada, &again, &laptop.create(&again["creation_options"])).await;
        refused(&reply, 422, "identity.wrong_passkey");
        world.account("eve@example.org").await;
        let eve = world.with(&world.sign_in("eve@example.org").await);
        let begun = begin(&eve).await;
        let reply = confirm(&eve, &begun, &laptop.create(&begun["creation_options"])).await;
        refused(&reply, 422, "identity.wrong_passkey");
        // Nor does Eve confirm what Ada began.
        let of_ada = begin(&ada).await;
        let reply = confirm(&eve, &of_ada, &device().create(&of_ada["creation_options"])).await;
        refused(&reply, 404, "identity.factor_not_found");
    })
    .await;
}

#[tokio::test]
async fn each_member_of_a_credential_is_checked() {
    on_each_engine(async |world| {
        let ada = ada(world).await;
        let begun = begin(&ada).await;
        let good = device().create(&begun["creation_options"]);
        for (pointer, wrong) in [
            ("/id", "AAAA".to_owned()),
            ("/type", "password".to_owned()),
            ("/response/clientDataJSON", "no base64url".to_owned()),
            ("/response/attestationObject", "A".repeat(30_000)),
        ] {
            let mut credential = good.clone();
            *credential.pointer_mut(pointer).expect("there") = json!(wrong);
            if pointer == "/id" {
                credential["rawId"] = json!(wrong);
            }
            let reply = confirm(&ada, &begun, &credential).await;
            refused(&reply, 422, "identity.invalid_request");
            assert_eq!(pointers(&reply), [format!("/credential{pointer}")]);
        }
        let path = format!("{}/confirmations", path(&begun));
        for (body, pointer) in [
            (json!({}), "/one_time_code"),
            (
                json!({ "one_time_code": "123456", "credential": good }),
                "/one_time_code",
            ),
            (json!({ "one_time_code": "123456" }), "/credential"),
        ] {
            let reply = ada.post(&path).json(&body).await;
            refused(&reply, 422, "identity.invalid_request");
            assert_eq!(pointers(&reply), [pointer]);
        }
        confirm(&ada, &begun, &good).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_removed_passkey_opens_nothing() {
    on_each_engine(async |world| {
        let (mut laptop, ada) = guarded(world, EMAIL).await;
        let mut phone = device();
        let second = register(&ada, &mut phone).await;
        assert!(
            second.get("recovery_codes").is_none(),
            "not with the second"
        );
        sign_in(world, &mut phone).await.expect(201);
        ada.delete(&path(&second)).await.expect(204);
        refused(
            &sign_in(world, &mut phone).await,
            401,
            "identity.passkey_refused",
        );
        sign_in(world, &mut laptop).await.expect(201);
        let removed = world.events("factor.removed").await;
        assert_eq!(removed[0]["kind"], "passkey");
        assert_eq!(removed[0]["was_last"], false);
    })
    .await;
}
