//! Telephones and devices of people.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::{Engine, Queryable as _};
use tenon_testkit::{Client, engines};

use crate::world::{ONE_STORE, World};

const CUSTOMER: &[Role] = &[Role::Customer];
const PATH: &str = "/v1/me/contact-points";
pub(crate) const NUMBER: &str = "+4915112345678";

/// Adds a telephone and returns its path.
pub(crate) async fn add_phone(world: &World, client: &Client, key: &str) -> String {
    let body = json!({ "kind": "sms", "number": NUMBER });
    let point = client.post(PATH).key(key).json(&body).await.expect(201);
    world.app.settle().await;
    format!("{PATH}/{}", point["id"].as_str().expect("an id"))
}

/// The code of the latest text message.
pub(crate) fn code(world: &World) -> String {
    let texts = world.catcher.messages_to(NUMBER);
    let text = texts.last().expect("a text message");
    text.subject[..6].to_owned()
}

/// Another code than the one that was sent.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('1') { "2" } else { "1" };
    format!("{}{last}", &code[..5])
}

async fn guess(client: &Client, path: &str, code: &str) -> (u16, Value) {
    let request = client.post(&format!("{path}/verifications"));
    let answer = request.json(&json!({ "code": code })).await;
    (answer.status().as_u16(), answer.json())
}

#[tokio::test]
async fn a_telephone_is_proved_by_the_code_it_was_sent() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        let phone = add_phone(&world, &ada, "k1").await;
        let listed = ada.get(PATH).await.expect(200)["data"][0].clone();
        assert_eq!(
            (&listed["hint"], &listed["status"]),
            (&json!("…678"), &json!("unverified"))
        );
        let code = code(&world);
        let text = world.catcher.messages_to(NUMBER)[0].clone();
        assert_eq!(text.subject, format!("{code} is your code for Tea & Co"));

        let (status, body) = guess(&ada, &phone, &wrong(&code)).await;
        assert_eq!(
            (status, &body["code"]),
            (422, &json!("notifications.wrong_code"))
        );
        assert_eq!(body["errors"][0]["detail"], "Guesses left: 4.");
        let eve = world.app.user("eve", CUSTOMER);
        assert_eq!(guess(&eve, &phone, &code).await.0, 404);
        for _again in 0..2 {
            let (status, body) = guess(&ada, &phone, &code).await;
            assert_eq!((status, &body["status"]), (200, &json!("verified")));
        }
        assert_eq!(guess(&ada, &phone, "12345").await.0, 422);

        // A repeat of the request, and the same number under another key: one telephone, one code.
        for key in ["k1", "k2"] {
            let again = add_phone(&world, &ada, key).await;
            assert_eq!(again, phone);
        }
        assert_eq!(world.catcher.messages().len(), 1);
        let asked = ada.post(&format!("{phone}/codes")).key("k3").await;
        assert_eq!(asked.code(), "notifications.no_code_expected");
    }
}

#[tokio::test]
async fn five_wrong_guesses_use_a_code_up_and_ten_minutes_do() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        let phone = add_phone(&world, &ada, "k1").await;
        let first = code(&world);
        for _ in 0..5 {
            assert_eq!(guess(&ada, &phone, &wrong(&first)).await.0, 422);
        }
        let (status, body) = guess(&ada, &phone, &first).await;
        assert_eq!(
            (status, &body["code"]),
            (409, &json!("notifications.no_code_expected"))
        );

        let codes = format!("{phone}/codes");
        assert_eq!(ada.post(&codes).key("c1").await.status().as_u16(), 202);
        world.app.settle().await;
        let second = code(&world);
        world.app.kit().advance(Duration::from_mins(10));
        assert_eq!(guess(&ada, &phone, &second).await.0, 409);

        // Five within a day, however they are asked for.
        for n in 3..=5 {
            let key = format!("c{n}");
            assert_eq!(ada.post(&codes).key(&key).await.status().as_u16(), 202);
        }
        let refused = ada.post(&codes).key("c6").await;
        assert_eq!(refused.code(), "notifications.too_many_codes");
        let other = json!({ "kind": "sms", "number": "+12025550123" });
        let refused = ada.post(PATH).key("k2").json(&other).await;
        assert_eq!(refused.code(), "notifications.too_many_codes");
        world.app.settle().await;
        let third = code(&world);
        assert_eq!(guess(&ada, &phone, &third).await.0, 200);
    }
}

#[tokio::test]
async fn of_guesses_at_once_each_counts() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        let phone = add_phone(&world, &ada, "k1").await;
        let wrong = wrong(&code(&world));
        let mut counted = 0;
        for _round in 0..10 {
            let (one, two, three) = tokio::join!(
                guess(&ada, &phone, &wrong),
                guess(&ada, &phone, &wrong),
                guess(&ada, &phone, &wrong)
            );
            for (status, _) in [one, two, three] {
                counted += i32::from(status == 422);
            }
        }
        assert_eq!(counted, 5);
    }
}

#[tokio::test]
async fn a_device_counts_at_once_and_goes_by_its_version() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        let body = json!({ "kind": "push", "token": "device-token-of-ada", "platform": "ios" });
        let device = ada.post(PATH).key("k1").json(&body).await.expect(201);
        assert_eq!(
            (&device["status"], &device["platform"], &device["hint"]),
            (&json!("verified"), &json!("ios"), &json!("…ada"))
        );
        let path = format!("{PATH}/{}", device["id"].as_str().expect("an id"));
        let eve = world.app.user("eve", CUSTOMER);
        let delete = |client: &Client, etag: &str| {
            let request = client.delete(&path).header("if-match", etag);
            async move { request.await.status().as_u16() }
        };
        assert_eq!(delete(&eve, "\"v1\"").await, 404);
        assert_eq!(delete(&ada, "\"v2\"").await, 412);
        assert_eq!(delete(&ada, "\"v1\"").await, 204);
        assert_eq!(ada.get(PATH).await.expect(200)["data"], json!([]));
    }
}

#[tokio::test]
async fn what_cannot_be_a_contact_point_is_refused_by_pointer() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        for (n, (body, pointer)) in [
            (json!({ "kind": "sms" }), "/number"),
            (json!({ "kind": "sms", "number": "0151 123" }), "/number"),
            (
                json!({ "kind": "sms", "number": NUMBER, "platform": "ios" }),
                "/platform",
            ),
            (
                json!({ "kind": "push", "token": "too short", "platform": "web" }),
                "/token",
            ),
            (
                json!({ "kind": "push", "token": "device-token-of-ada" }),
                "/platform",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let refused = ada.post(PATH).key(&format!("k{n}")).json(&body).await;
            assert_eq!(refused.status().as_u16(), 422, "{body}");
            assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
        }
        for n in 0..10 {
            let token = format!("device-token-number-{n}");
            let body = json!({ "kind": "push", "token": token, "platform": "web" });
            ada.post(PATH).key(&token).json(&body).await.expect(201);
        }
        let body = json!({ "kind": "push", "token": "device-token-number-10", "platform": "web" });
        let refused = ada.post(PATH).key("one-more").json(&body).await;
        assert_eq!(refused.code(), "notifications.too_many_contact_points");
    }
}

/// Neither numbers, tokens nor codes stand in the store.
#[tokio::test]
async fn a_contact_point_is_stored_sealed() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        add_phone(&world, &ada, "k1").await;
        let body = json!({ "kind": "push", "token": "device-token-of-ada", "platform": "ios" });
        ada.post(PATH).key("k2").json(&body).await.expect(201);
        let code = code(&world);
        let sql = match world.db.engine() {
            Engine::Sqlite => {
                "SELECT group_concat(line, char(10)) FROM (
                    SELECT hex(address) || address_hash || coalesce(hex(code_nonce), '') AS line FROM contact_points
                    UNION ALL SELECT data || subject || recipient FROM messages
                    UNION ALL SELECT payload FROM jobs)"
            }
            Engine::Postgres => {
                "SELECT string_agg(line, chr(10)) FROM (
                    SELECT CAST(contact_points AS text) AS line FROM contact_points
                    UNION ALL SELECT CAST(messages AS text) FROM messages
                    UNION ALL SELECT CAST(jobs AS text) FROM jobs) AS everything"
            }
        };
        let ctx = world.app.kit().ctx();
        let mut db = world.db.read(&ctx);
        let stored: Option<String> = db.query(sql).fetch_scalar().await.expect("readable");
        let stored = stored.expect("something").to_lowercase();
        assert!(stored.contains("ctp_"), "{stored}");
        let hex = |text: &str| {
            let digits: Vec<_> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            digits.concat()
        };
        for secret in [NUMBER, "device-token-of-ada"] {
            assert!(!stored.contains(secret), "{secret} in {stored}");
            assert!(!stored.contains(&hex(secret)), "{secret} in {stored}");
        }
        assert!(!stored.contains(&format!("\"{code}\"")), "{stored}");
        assert!(!stored.contains(&hex(&code)), "{stored}");
    }
}
