//! Text messages and messages to devices.

use std::time::Duration;

use mail_catcher::Fault;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, engines};

use crate::contact_points::{NUMBER, add_phone, code};
use crate::world::{ONE_STORE, World};

const CUSTOMER: &[Role] = &[Role::Customer];
const PREFERENCES: &str = "/v1/me/notification-preferences";
const TOKEN: &str = "device-token-of-ada";

async fn add_device(client: &Client) {
    let body = json!({ "kind": "push", "token": TOKEN, "platform": "android" });
    let request = client.post("/v1/me/contact-points").key("device");
    request.json(&body).await.expect(201);
}

async fn prefer(client: &Client, version: i64, body: &Value) {
    let request = client
        .put(PREFERENCES)
        .header("if-match", &format!("\"v{version}\""));
    request.json(body).await.expect(200);
}

fn sms_on() -> Value {
    json!({ "choices": [{ "topic": "orders", "channel": "sms", "mode": "instant" }] })
}

/// The messages of a channel in the log, latest first.
async fn log(world: &World, channel: &str) -> Vec<Value> {
    let mut all = world.log().await;
    all.retain(|message| message["channel"] == channel);
    all
}

#[tokio::test]
async fn who_wants_it_is_told_on_each_telephone_and_device_once() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        let ada = world.app.user("ada", CUSTOMER);
        add_device(&ada).await;
        let phone = add_phone(&world, &ada, "phone").await;
        prefer(&ada, 1, &sms_on()).await;
        // Not proved yet: mail and device only.
        let event = world.place("1", Some("ada"));
        world.happens("orders", &event).await;
        assert_eq!(world.catcher.messages_to(NUMBER).len(), 1, "the code");
        let push = world.catcher.messages_to(TOKEN);
        assert_eq!(push.len(), 1);
        assert_eq!(push[0].subject, "Order 1 placed");
        assert_eq!(push[0].header("x-platform"), Some("android"));

        let body = json!({ "code": code(&world) });
        let verified = ada
            .post(&format!("{phone}/verifications"))
            .json(&body)
            .await;
        verified.expect(200);
        world
            .happens("orders", &world.place("2", Some("ada")))
            .await;
        let texts = world.catcher.messages_to(NUMBER);
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[1].subject, "Order 2 placed");
        assert!(texts[1].links()[0].starts_with("https://shop.test/orders/ord_"));
        assert_eq!(world.catcher.messages_to("ada@example.com").len(), 2);

        let sent = world.app.events("notifications", "message.sent").await;
        assert_eq!(
            sent.len(),
            6,
            "a code, two mails, two to the device, one text"
        );
        let data = serde_json::to_string(&sent).expect("plain data");
        assert!(!data.contains(NUMBER) && !data.contains(TOKEN), "{data}");
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn nobody_is_told_over_a_channel_they_switched_off() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders"]).await;
        let ada = world.app.user("ada", CUSTOMER);
        add_device(&ada).await;
        let off = json!({ "choices": [{ "topic": "orders", "channel": "push", "mode": "off" }] });
        prefer(&ada, 1, &off).await;
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 0);
        assert_eq!(log(&world, "push").await.len(), 0);
        assert_eq!(log(&world, "email").await.len(), 1);
    }
}

#[tokio::test]
async fn quiet_hours_hold_a_message_back_until_they_end() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        let ada = world.app.user("ada", CUSTOMER);
        add_device(&ada).await;
        // It is noon in UTC: 14 o'clock in Berlin in summer.
        let quiet = json!({ "choices": [], "time_zone": "Europe/Berlin", "quiet_hours": { "from": 13, "until": 16 } });
        prefer(&ada, 1, &quiet).await;
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        assert_eq!(world.catcher.messages_to("ada@example.com").len(), 1);
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 0);
        assert_eq!(log(&world, "push").await[0]["status"], "queued");
        assert_eq!(world.violations().await, Vec::<String>::new());

        world.app.kit().advance(Duration::from_mins(119));
        world.app.settle().await;
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 0);
        // A second retry that begins in quiet hours waits, too.
        let longer = json!({ "choices": [], "time_zone": "Europe/Berlin", "quiet_hours": { "from": 13, "until": 17 } });
        prefer(&ada, 2, &longer).await;
        world.app.kit().advance(Duration::from_mins(2));
        world.app.settle().await;
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 0);
        world.hours_pass(1).await;
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 1);
        assert_eq!(log(&world, "push").await[0]["attempts"], 1);
    }
}

#[tokio::test]
async fn quiet_hours_are_checked_member_by_member() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        for (body, pointer) in [
            (
                json!({ "choices": [], "time_zone": "Middle/Earth" }),
                "/time_zone",
            ),
            (
                json!({ "choices": [], "quiet_hours": { "from": 24, "until": 7 } }),
                "/quiet_hours/from",
            ),
            (
                json!({ "choices": [], "quiet_hours": { "from": 7, "until": 7 } }),
                "/quiet_hours/until",
            ),
        ] {
            let refused = ada
                .put(PREFERENCES)
                .header("if-match", "\"v1\"")
                .json(&body)
                .await;
            assert_eq!(refused.status().as_u16(), 422, "{body}");
            assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
        }
    }
}

/// What the provider took without our learning of it is sent again under the same key, and kept once.
#[tokio::test]
async fn an_answer_that_is_lost_sends_nothing_twice() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        let ada = world.app.user("ada", CUSTOMER);
        let off = json!({ "choices": [{ "topic": "orders", "channel": "email", "mode": "off" }] });
        prefer(&ada, 1, &off).await;
        add_device(&ada).await;
        world.catcher.fail_next(1, Fault::LoseReply);
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        let waiting = log(&world, "push").await[0].clone();
        assert_eq!(
            (
                &waiting["status"],
                &waiting["uncertain"],
                &waiting["last_error"]
            ),
            (&json!("queued"), &json!(1), &json!("unknown"))
        );
        world.hours_pass(1).await;
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 1);
        let sent = log(&world, "push").await[0].clone();
        assert_eq!(
            (&sent["status"], &sent["attempts"]),
            (&json!("sent"), &json!(2))
        );
    }
}

#[tokio::test]
async fn a_device_that_is_gone_is_sent_nothing_more_and_a_busy_provider_is_tried_again() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        let ada = world.app.user("ada", CUSTOMER);
        let off = json!({ "choices": [{ "topic": "orders", "channel": "email", "mode": "off" }] });
        prefer(&ada, 1, &off).await;
        add_device(&ada).await;
        world.catcher.fail_next(1, Fault::TempFail);
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        assert_eq!(log(&world, "push").await[0]["last_error"], "deferred 503");
        world.hours_pass(1).await;
        assert_eq!(log(&world, "push").await[0]["status"], "sent");

        world.catcher.fail_next(1, Fault::Refuse);
        world
            .happens("orders", &world.place("2", Some("ada")))
            .await;
        assert_eq!(log(&world, "push").await[0]["last_error"], "refused 410");
        world
            .happens("orders", &world.place("3", Some("ada")))
            .await;
        let dropped = log(&world, "push").await[0].clone();
        assert_eq!(
            (&dropped["status"], &dropped["reason"]),
            (&json!("dropped"), &json!("suppressed"))
        );
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 1);
    }
}

#[tokio::test]
async fn what_is_removed_is_sent_nothing_that_waits() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders"]).await;
        let ada = world.app.user("ada", CUSTOMER);
        add_device(&ada).await;
        world.catcher.fail_next(2, Fault::TempFail);
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        let point = ada.get("/v1/me/contact-points").await.expect(200)["data"][0].clone();
        let path = format!(
            "/v1/me/contact-points/{}",
            point["id"].as_str().expect("an id")
        );
        let gone = ada.delete(&path).header("if-match", "\"v1\"").await;
        assert_eq!(gone.status().as_u16(), 204);
        world.hours_pass(2).await;
        let push = log(&world, "push").await[0].clone();
        assert_eq!(
            (&push["status"], &push["reason"]),
            (&json!("dropped"), &json!("obsolete"))
        );
        assert_eq!(world.catcher.messages_to(TOKEN).len(), 0);
    }
}
