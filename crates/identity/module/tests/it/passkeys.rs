//! Passkeys: registered, used alone and after a password, refused.

mod life;
mod notices;
pub(crate) mod oauth;
mod refusals;
mod second_step;
mod sign_in;

use identity_passkeys::soft::SoftAuthenticator;
use serde_json::{Value, json};
use tenon_testkit::{Client, TestReply};

use crate::world::World;

const FACTORS: &str = "/v1/me/factors";
pub(crate) const CHALLENGES: &str = "/v1/auth/passkey-challenges";
const SESSIONS: &str = "/v1/auth/passkey-sessions";
const EMAIL: &str = "ada@example.org";
const ORIGIN: &str = "http://localhost:8080";

/// Somebody's device, in a browser on our pages.
pub(crate) fn device() -> SoftAuthenticator {
    SoftAuthenticator::new(ORIGIN, "localhost")
}

/// Asks for a new passkey.
pub(crate) async fn begin(client: &Client) -> Value {
    let body = json!({ "kind": "passkey", "name": "Laptop" });
    client.post(FACTORS).json(&body).await.expect(201)
}

pub(crate) async fn confirm(client: &Client, begun: &Value, credential: &Value) -> TestReply {
    let path = format!("{}/confirmations", path(begun));
    let body = json!({ "credential": credential });
    client.post(&path).json(&body).await
}

pub(crate) fn path(begun: &Value) -> String {
    format!("{FACTORS}/{}", begun["id"].as_str().expect("an id"))
}

/// Registers a passkey; returns what was answered.
pub(crate) async fn register(client: &Client, device: &mut SoftAuthenticator) -> Value {
    let begun = begin(client).await;
    let credential = device.create(&begun["creation_options"]);
    confirm(client, &begun, &credential).await.expect(200)
}

/// Has an account with a passkey; returns the session that registered it, too.
pub(crate) async fn guarded(world: &World, email: &str) -> (SoftAuthenticator, Client) {
    world.account(email).await;
    let client = world.with(&world.sign_in(email).await);
    let mut device = device();
    register(&client, &mut device).await;
    (device, client)
}

/// Asks for a challenge.
pub(crate) async fn challenge(world: &World) -> Value {
    let reply = world.app.anonymous().post(CHALLENGES).await;
    reply.expect(200)
}

/// Answers a challenge.
pub(crate) async fn answer(world: &World, challenge: &Value, credential: &Value) -> TestReply {
    let token = &challenge["challenge_token"];
    let body = json!({ "challenge_token": token, "credential": credential });
    world.post(SESSIONS, body).await
}

/// Signs in with nothing else.
pub(crate) async fn sign_in(world: &World, device: &mut SoftAuthenticator) -> TestReply {
    let asked = challenge(world).await;
    let credential = device.get(&asked["request_options"]);
    answer(world, &asked, &credential).await
}

#[track_caller]
pub(crate) fn refused(reply: &TestReply, status: u16, code: &str) {
    assert_eq!(
        (reply.status().as_u16(), reply.code().as_str()),
        (status, code)
    );
}
