//! Second factors: added, asked for, replaced by recovery codes, removed.

mod codes;
mod life;
mod notices;
mod oauth;
mod recovery_codes;
mod removal;
mod sign_in;

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use tenon_testkit::{Client, TestReply};

use crate::world::{PASSWORD, World};

const FACTORS: &str = "/v1/me/factors";
const CONFIRM: &str = "/v1/auth/sessions/confirmations";
const EMAIL: &str = "ada@example.org";
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An app on somebody's phone: it knows what it was shown, and no more.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) key: Vec<u8>,
}

/// Somebody with a confirmed factor.
pub(crate) struct Guarded {
    pub(crate) phone: Phone,
    pub(crate) codes: Vec<String>,
    /// The session that added it.
    pub(crate) client: Client,
}

impl Phone {
    pub(crate) fn scan(made: &Value) -> Self {
        let text = |name: &str| made[name].as_str().expect("text").to_owned();
        let secret = text("secret");
        let digit = |c: char| BASE32.find(c).expect("base 32");
        let bits: Vec<usize> = secret
            .chars()
            .map(digit)
            .flat_map(|digit| (0..5).rev().map(move |bit| digit >> bit & 1))
            .collect();
        let byte = |bits: &[usize]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
        let key: Vec<u8> = bits
            .chunks_exact(8)
            .map(|bits| u8::try_from(byte(bits)).expect("a byte"))
            .collect();
        assert_eq!(key.len(), 20, "160 bits");
        Self {
            id: text("id"),
            secret,
            key,
        }
    }

    /// What it shows when `off` steps of 30 seconds have passed, or before.
    pub(crate) fn code(&self, world: &World, off: i64) -> String {
        let step = world.app.kit().env().now().as_unix_seconds() / 30 + off;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.key);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[19] & 15);
        let number = u32::from_be_bytes(tag[at..at + 4].try_into().expect("4 bytes"));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// Six digits that are none of those near now.
    pub(crate) fn wrong(&self, world: &World) -> String {
        let near: Vec<String> = (-3..=3).map(|off| self.code(world, off)).collect();
        (0..100)
            .map(|number| format!("{number:06}"))
            .find(|code| !near.contains(code))
            .expect("seven are near")
    }

    pub(crate) fn path(&self) -> String {
        format!("{FACTORS}/{}", self.id)
    }
}

/// Asks for a new factor.
pub(crate) async fn add(client: &Client) -> Phone {
    let reply = client.post(FACTORS).json(&json!({ "kind": "totp" })).await;
    Phone::scan(&reply.expect(201))
}

pub(crate) async fn confirm(client: &Client, phone: &Phone, code: &str) -> TestReply {
    let path = format!("{}/confirmations", phone.path());
    client
        .post(&path)
        .json(&json!({ "one_time_code": code }))
        .await
}

/// Has an account with a factor. The next step of time has begun, so that codes of now count.
pub(crate) async fn guarded(world: &World, email: &str) -> Guarded {
    world.account(email).await;
    let client = world.with(&world.sign_in(email).await);
    guard(world, client).await
}

/// Adds a factor.
pub(crate) async fn guard(world: &World, client: Client) -> Guarded {
    let phone = add(&client).await;
    let confirmed = confirm(&client, &phone, &phone.code(world, 0)).await;
    let codes = codes_of(&confirmed.expect(200));
    world.advance(30);
    Guarded {
        phone,
        codes,
        client,
    }
}

pub(crate) fn codes_of(answer: &Value) -> Vec<String> {
    let codes = answer["recovery_codes"].as_array().expect("codes");
    codes
        .iter()
        .map(|code| code.as_str().expect("text").to_owned())
        .collect()
}

/// Gives the password; returns the token for the second step.
pub(crate) async fn first_step(world: &World, email: &str) -> String {
    asked(&world.try_sign_in(email, PASSWORD).await)
}

/// The token of an answer that asks for a code.
#[track_caller]
pub(crate) fn asked(reply: &TestReply) -> String {
    assert_eq!(
        (reply.status().as_u16(), reply.code().as_str()),
        (401, "identity.mfa_required")
    );
    let token = reply.json()["challenge_token"].clone();
    token.as_str().expect("a token").to_owned()
}

pub(crate) async fn second_step(world: &World, token: &str, code: &str) -> TestReply {
    world
        .post(
            CONFIRM,
            json!({ "challenge_token": token, "one_time_code": code }),
        )
        .await
}

/// Gives the password and a code.
pub(crate) async fn both_steps(world: &World, email: &str, code: &str) -> TestReply {
    let token = first_step(world, email).await;
    second_step(world, &token, code).await
}

#[track_caller]
pub(crate) fn refused(reply: &TestReply, status: u16, code: &str) {
    assert_eq!(
        (reply.status().as_u16(), reply.code().as_str()),
        (status, code)
    );
}
