//! Linking, listing, removing.

use serde_json::{Value, json};
use tenon_testkit::{Client, TestReply};

use super::{EMAIL, Federated, on_each_engine, person};
use crate::factors::guarded;
use crate::oauth::browser::VERIFIER;
use crate::world::PASSWORD;

const PATH: &str = "/v1/me/identities";

#[track_caller]
fn refused(reply: &TestReply, status: u16, code: &str) {
    assert_eq!(
        (reply.status().as_u16(), reply.code().as_str()),
        (status, code)
    );
}

async fn link(federated: &Federated, client: &Client, provider: &str, person: Value) -> TestReply {
    federated.idp(provider).is_visited_by(person);
    let body =
        json!({ "federation_code": federated.code(provider).await, "code_verifier": VERIFIER });
    client.post(PATH).json(&body).await
}

async fn ada(federated: &Federated) -> Client {
    federated.world.account(EMAIL).await;
    federated.world.with(&federated.world.sign_in(EMAIL).await)
}

#[tokio::test]
async fn a_linked_account_signs_in_whatever_its_address_is() {
    on_each_engine(async |federated| {
        let client = ada(federated).await;
        let me = client.get("/v1/me").await.expect(200);
        let work = json!({ "sub": "7", "email": "ada@work.example" });
        let linked = link(federated, &client, "acme", work.clone())
            .await
            .expect(201);
        assert_eq!(
            (&linked["provider"], &linked["email"], &linked["issuer"]),
            (
                &json!("acme"),
                &json!("ada@work.example"),
                &json!(federated.acme.issuer)
            )
        );
        let tokens = federated.sign_in("acme", work).await.expect(201);
        let same = federated
            .world
            .with(&tokens)
            .get("/v1/me")
            .await
            .expect(200);
        assert_eq!(same["id"], me["id"]);
        let listed = client.get(PATH).await.expect(200);
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
        assert!(listed["data"][0]["last_used_at"].is_string());
        let events = federated.world.events("federated_identity.linked").await;
        assert_eq!(events[0]["made_account"], false);
    })
    .await;
}

#[tokio::test]
async fn linking_again_changes_nothing_and_a_repeat_gets_its_answer() {
    on_each_engine(async |federated| {
        let client = ada(federated).await;
        federated.acme.is_visited_by(person("7", EMAIL));
        let body =
            json!({ "federation_code": federated.code("acme").await, "code_verifier": VERIFIER });
        let post = || client.post(PATH).key("one").json(&body);
        let first = post().await.expect(201);
        assert_eq!(post().await.expect(201), first);
        let again = link(federated, &client, "acme", person("7", EMAIL)).await;
        assert_eq!(again.expect(201)["id"], first["id"]);
        let events = federated.world.events("federated_identity.linked").await;
        assert_eq!(events.len(), 1);
        // A code is one's own, and counts once.
        refused(
            &client.post(PATH).json(&body).await,
            401,
            "identity.federation_failed",
        );
    })
    .await;
}

#[tokio::test]
async fn what_signs_somebody_else_in_stays_theirs() {
    on_each_engine(async |federated| {
        let client = ada(federated).await;
        let bob = person("7", "bob@example.org");
        federated.sign_in("acme", bob.clone()).await.expect(201);
        let reply = link(federated, &client, "acme", bob).await;
        refused(&reply, 409, "identity.identity_taken");
        let listed = client.get(PATH).await.expect(200);
        assert_eq!(listed, json!({ "data": [] }));
    })
    .await;
}

#[tokio::test]
async fn ten_are_enough() {
    on_each_engine(async |federated| {
        let client = ada(federated).await;
        for number in 0..10 {
            let person = json!({ "sub": format!("{number}") });
            link(federated, &client, "acme", person).await.expect(201);
        }
        let reply = link(federated, &client, "acme", json!({ "sub": "10" })).await;
        refused(&reply, 409, "identity.too_many_identities");
    })
    .await;
}

#[tokio::test]
async fn linking_and_removing_need_a_fresh_sign_in_with_every_factor() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        world.account(EMAIL).await;
        let tokens = world.sign_in(EMAIL).await;
        let client = world.with(&tokens);
        let linked = link(federated, &client, "acme", person("7", EMAIL)).await;
        let path = format!(
            "{PATH}/{}",
            linked.expect(201)["id"].as_str().expect("an id")
        );
        world.advance(15 * 60);
        // A refresh makes the sign-in no younger.
        let client = world.with(&world.refresh(&tokens).await.expect(200));
        let stale = link(federated, &client, "acme", person("8", EMAIL)).await;
        refused(&stale, 403, "identity.sign_in_again");
        refused(&client.delete(&path).await, 403, "identity.sign_in_again");

        let bob = guarded(world, "bob@example.org").await;
        let linked = link(
            federated,
            &bob.client,
            "acme",
            person("9", "bob@example.org"),
        )
        .await;
        linked.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_removed_account_signs_nobody_in() {
    on_each_engine(async |federated| {
        let client = ada(federated).await;
        let linked = link(federated, &client, "acme", person("7", EMAIL))
            .await
            .expect(201);
        let path = format!("{PATH}/{}", linked["id"].as_str().expect("an id"));
        let stranger = federated
            .sign_in("other", person("1", "eve@example.org"))
            .await
            .expect(201);
        let stranger = federated.world.with(&stranger);
        let code = "identity.federated_identity_not_found";
        refused(&stranger.delete(&path).await, 404, code);
        client.delete(&path).await.expect(204);
        refused(&client.delete(&path).await, 404, code);
        let reply = federated.sign_in("acme", person("7", EMAIL)).await;
        refused(&reply, 409, "identity.identity_not_linked");
        let removed = federated.world.events("federated_identity.removed").await;
        assert_eq!(removed.len(), 1);
        assert_eq!(removed[0]["provider"], "acme");
    })
    .await;
}

/// A sign-in that waits for a code is worth nothing once the link is gone.
#[tokio::test]
async fn removing_voids_a_sign_in_that_waits() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let ada = guarded(world, EMAIL).await;
        let linked = link(federated, &ada.client, "acme", person("7", EMAIL))
            .await
            .expect(201);
        let challenge = crate::factors::asked(&federated.sign_in("acme", person("7", EMAIL)).await);
        let path = format!("{PATH}/{}", linked["id"].as_str().expect("an id"));
        ada.client.delete(&path).await.expect(204);
        let code = ada.phone.code(world, 0);
        let reply = crate::factors::second_step(world, &challenge, &code).await;
        refused(&reply, 401, "identity.sign_in_expired");
    })
    .await;
}

#[tokio::test]
async fn the_last_way_in_stays() {
    on_each_engine(async |federated| {
        let tokens = federated
            .sign_in("acme", person("7", EMAIL))
            .await
            .expect(201);
        let client = federated.world.with(&tokens);
        let path = async || {
            let listed = client.get(PATH).await.expect(200);
            format!(
                "{PATH}/{}",
                listed["data"][0]["id"].as_str().expect("an id")
            )
        };
        let only = path().await;
        refused(&client.delete(&only).await, 409, "identity.last_way_in");
        link(federated, &client, "other", person("8", EMAIL))
            .await
            .expect(201);
        client.delete(&only).await.expect(204);
        refused(
            &client.delete(&path().await).await,
            409,
            "identity.last_way_in",
        );
    })
    .await;
}

/// Whoever had the account may have linked something: recovery leaves the mailbox as the only way in.
#[tokio::test]
async fn recovery_removes_every_link() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        federated
            .sign_in("acme", person("7", EMAIL))
            .await
            .expect(201);
        world.ask("recover", EMAIL).await;
        let mail = world.mail().await;
        world.answer(&mail, Some(PASSWORD)).await.expect(204);
        let reply = federated.sign_in("acme", person("7", EMAIL)).await;
        refused(&reply, 409, "identity.identity_not_linked");
        let client = world.with(&world.sign_in(EMAIL).await);
        assert_eq!(client.get(PATH).await.expect(200), json!({ "data": [] }));
    })
    .await;
}
