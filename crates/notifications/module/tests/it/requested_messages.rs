//! Messages that staff and programs ask for.

mod contents;
mod later;

use std::time::Duration;

use identity_contract::UserId;
use mail_catcher::Fault;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::{Engine, Queryable as _};
use tenon_testkit::{Client, TestApp, TestEngine, engines};

use crate::contact_points::{NUMBER, add_phone, code};
use crate::world::{ONE_STORE, World, order};

const CUSTOMER: &[Role] = &[Role::Customer];
const PATH: &str = "/v1/messages";
const PREFERENCES: &str = "/v1/me/notification-preferences";
const TOKEN: &str = "device-token-of-ada";

/// A world in which Ada has an account and an order.
pub(crate) async fn world_of_ada(engine: TestEngine) -> World {
    let world = World::hearing(engine, &["orders"]).await;
    let user_id = UserId::from_uuid(TestApp::user_id("ada"));
    world.identity.add_user(user_id, "ada@example.com");
    world.orders.put(order("1", Some("ada")));
    world
}

pub(crate) fn ada() -> Value {
    json!({ "user_id": UserId::from_uuid(TestApp::user_id("ada")) })
}

fn hello(to: &Value, channel: &str) -> Value {
    json!({
        "to": to, "channel": channel, "template": "service_message",
        "parameters": { "title": "About your question", "text": "Yes <b>we</b> do.\nSee you." },
    })
}

/// Asks for a message; returns what it became.
pub(crate) async fn ask(world: &World, key: &str, body: &Value) -> Vec<Value> {
    let request = world.staff().post(PATH).key(key);
    let answer = request.json(body).await.expect(202);
    answer["data"].as_array().expect("a list").clone()
}

async fn get(world: &World, message: &Value) -> Value {
    let id = message["id"].as_str().expect("an id");
    let request = world.staff().get(&format!("{PATH}/{id}"));
    request.await.expect(200)
}

async fn cancel(world: &World, message: &Value) -> (u16, Value) {
    let id = message["id"].as_str().expect("an id");
    let request = world.staff().post(&format!("{PATH}/{id}/cancellations"));
    let answer = request.await;
    (answer.status().as_u16(), answer.json())
}

async fn prefer(client: &Client, version: i64, body: &Value) {
    let request = client
        .put(PREFERENCES)
        .header("if-match", &format!("\"v{version}\""));
    request.json(body).await.expect(200);
}

/// How many contents are stored.
pub(crate) async fn count_contents(world: &World) -> i64 {
    let ctx = world.app.kit().ctx();
    let mut db = world.db.read(&ctx);
    let counted = db.query("SELECT COUNT(*) FROM message_contents");
    let counted = counted.fetch_scalar::<i64>().await.expect("readable");
    counted.expect("a number")
}

fn in_minutes(world: &World, minutes: u64) -> Value {
    json!(world.app.kit().env().now() + Duration::from_mins(minutes))
}

#[tokio::test]
async fn a_message_is_sent_once_under_its_key_and_shows_no_address() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        let body = hello(&ada(), "email");
        let first = ask(&world, "k", &body).await;
        assert_eq!((first.len(), &first[0]["status"]), (1, &json!("queued")));
        let again = ask(&world, "k", &body).await;
        assert_eq!(first, again);
        world.app.settle().await;
        // Whoever is gone by then: the answer is that of the first.
        let third = ask(&world, "k", &body).await;
        assert_eq!(third[0]["id"], first[0]["id"]);

        let mail = world.only_mail();
        assert_eq!(mail.subject, "About your question");
        let (text, html) = (mail.text.expect("text"), mail.html.expect("html"));
        assert!(text.contains("Yes <b>we</b> do.") && text.contains("See you."));
        assert!(
            html.contains("Yes &lt;b&gt;we&lt;&#x2f;b&gt; do."),
            "{html}"
        );
        let shown = get(&world, &first[0]).await;
        assert_eq!(
            (&shown["status"], &shown["attempts"]),
            (&json!("sent"), &json!(1))
        );
        assert!(!shown.to_string().contains("example.com"), "{shown}");
        let sent = world.app.events("notifications", "message.sent").await;
        assert_eq!(
            (sent.len(), &sent[0].data["template"]),
            (1, &json!("service_message"))
        );
        assert_eq!(
            count_contents(&world).await,
            0,
            "what was said is forgotten"
        );
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_message_about_an_order_links_to_it_and_is_for_its_buyer_only() {
    for engine in ONE_STORE {
        let world = world_of_ada(engine).await;
        let own = order("1", Some("ada")).order_id;
        let body = |to: &Value, order: &str| {
            json!({
                "to": to, "channel": "email", "template": "delivery_delayed",
                "parameters": { "order_id": order, "expected_on": "2026-12-24", "reason": "Snow." },
            })
        };
        let asked = ask(&world, "a", &body(&ada(), &own.to_string())).await;
        assert_eq!(asked[0]["subject"], own.to_string());
        let to_address = json!({ "address": "Ada@example.com" });
        ask(&world, "b", &body(&to_address, &own.to_string())).await;
        world.app.settle().await;
        let mails = world.catcher.messages();
        assert_eq!(mails.len(), 2);
        for mail in mails {
            assert_eq!(mail.subject, "Your order 1 comes later");
            let text = mail.text.clone().expect("text");
            assert!(
                text.contains("24 December 2026") && text.contains("Snow."),
                "{text}"
            );
            assert_eq!(mail.links()[0], format!("https://shop.test/orders/{own}"));
        }

        let eve = UserId::from_uuid(TestApp::user_id("eve"));
        world.identity.add_user(eve, "eve@example.com");
        world.orders.put(order("2", None));
        let none = order("3", None).order_id.to_string();
        for (key, to, of) in [
            ("c", json!({ "user_id": eve }), own.to_string()),
            (
                "d",
                json!({ "address": "eve@example.com" }),
                own.to_string(),
            ),
            ("e", ada(), order("2", None).order_id.to_string()),
            ("f", ada(), none),
        ] {
            let refused = world
                .staff()
                .post(PATH)
                .key(key)
                .json(&body(&to, &of))
                .await;
            assert_eq!(refused.status().as_u16(), 422, "{key}");
            let pointer = refused.json()["errors"][0]["pointer"].clone();
            assert_eq!(pointer, "/parameters/order_id", "{key}");
        }
        assert_eq!(world.log().await.len(), 2);
    }
}

#[tokio::test]
async fn whatever_is_wrong_is_named_and_nothing_is_stored() {
    for engine in ONE_STORE {
        let world = world_of_ada(engine).await;
        let staff = world.staff();
        let with = |member: &str, value: Value| {
            let mut body = hello(&ada(), "email");
            body[member] = value;
            body
        };
        let address = |address: &str| with("to", json!({ "address": address }));
        let mut sms_to_address = address("eve@example.com");
        sms_to_address["channel"] = json!("sms");
        let cases = [
            (with("to", json!({})), 422, "/to"),
            (
                with(
                    "to",
                    json!({ "user_id": ada()["user_id"], "address": "a@example.com" }),
                ),
                422,
                "/to",
            ),
            (with("to", json!({ "user_id": "ada" })), 400, "/to/user_id"),
            (
                with(
                    "to",
                    json!({ "user_id": UserId::from_uuid(TestApp::user_id("nobody")) }),
                ),
                422,
                "/to/user_id",
            ),
            (address("eve"), 422, "/to/address"),
            (
                address("eve@example.com\r\nBcc: x@example.com"),
                422,
                "/to/address",
            ),
            (sms_to_address, 422, "/channel"),
            (with("channel", json!("pigeon")), 400, "/channel"),
            (with("template", json!("order_placed")), 400, "/template"),
            (with("parameters", json!([])), 400, "/parameters"),
            (
                with("parameters", json!({ "title": "Hello" })),
                422,
                "/parameters/text",
            ),
            (
                with("parameters", json!({ "title": 1, "text": "You" })),
                422,
                "/parameters/title",
            ),
            (
                with("parameters", json!({ "title": "a\nb", "text": "You" })),
                422,
                "/parameters/title",
            ),
            (
                with(
                    "parameters",
                    json!({ "title": "a", "text": "b", "html": "c" }),
                ),
                422,
                "/parameters/html",
            ),
            (with("send_at", json!("tomorrow")), 400, "/send_at"),
            (with("send_at", in_minutes(&world, 0)), 422, "/send_at"),
            (
                with("send_at", in_minutes(&world, 30 * 24 * 60 + 1)),
                422,
                "/send_at",
            ),
            (with("x", json!(1)), 400, "/x"),
        ];
        for (n, (body, status, pointer)) in cases.into_iter().enumerate() {
            let refused = staff.post(PATH).key(&n.to_string()).json(&body).await;
            assert_eq!(
                refused.status().as_u16(),
                status,
                "{body}: {}",
                refused.json()
            );
            let errors = refused.json()["errors"].clone();
            assert_eq!(errors[0]["pointer"], pointer, "{body}: {errors}");
        }
        let body = hello(&ada(), "email");
        let keyless = staff.post(PATH).json(&body).await;
        assert_eq!(keyless.code(), "idempotency_key_required");
        let unreachable = staff.post(PATH).key("s").json(&hello(&ada(), "sms")).await;
        assert_eq!(unreachable.code(), "notifications.not_reachable");
        for (client, status) in [
            (world.app.anonymous(), 401),
            (world.app.user("ada", CUSTOMER), 403),
        ] {
            let refused = client.post(PATH).key("k").json(&body).await;
            assert_eq!(refused.status().as_u16(), status);
        }
        assert_eq!(world.log().await.len(), 0);
        assert_eq!(count_contents(&world).await, 0);
    }
}

/// All jobs of the module are run again, as after a crash between what they did and their receipts.
#[tokio::test]
async fn a_process_that_dies_after_sending_does_not_send_again() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        let mut body = hello(&ada(), "email");
        body["send_at"] = in_minutes(&world, 60);
        ask(&world, "a", &body).await;
        world.app.kit().advance(Duration::from_hours(1));
        world.app.settle().await;
        let done = "UPDATE jobs SET state = 'pending', attempts = 0, finished_at = NULL
                     WHERE state = 'done' AND kind = 'notifications.send_message'";
        assert_eq!(world.execute(done).await, 1);
        world.app.settle().await;
        world.only_mail();
    }
}

#[tokio::test]
async fn who_wants_it_is_told_wherever_they_want_it() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        let client = world.app.user("ada", CUSTOMER);
        let device = json!({ "kind": "push", "token": TOKEN, "platform": "android" });
        let add = client.post("/v1/me/contact-points").key("device");
        add.json(&device).await.expect(201);
        let phone = add_phone(&world, &client, "phone").await;
        let proof = json!({ "code": code(&world) });
        let prove = client.post(&format!("{phone}/verifications"));
        prove.json(&proof).await.expect(200);

        // By default: mail and devices.
        let asked = ask(&world, "a", &hello(&ada(), "preferred")).await;
        let channels: Vec<_> = asked
            .iter()
            .map(|message| message["channel"].clone())
            .collect();
        assert_eq!(channels, ["email", "push"]);
        world.app.settle().await;
        let push = world.catcher.messages_to(TOKEN);
        assert_eq!(
            (push.len(), push[0].subject.as_str()),
            (1, "About your question")
        );
        assert_eq!(
            push[0].text.as_deref().map(str::trim),
            Some("Yes <b>we</b> do. See you.")
        );

        // A channel that is asked for is no way round a choice.
        let asked = ask(&world, "b", &hello(&ada(), "sms")).await;
        let state = (&asked[0]["status"], &asked[0]["reason"]);
        assert_eq!(state, (&json!("dropped"), &json!("preference")));
        let choices = json!({ "choices": [
            { "topic": "service", "channel": "sms", "mode": "instant" },
            { "topic": "service", "channel": "email", "mode": "off" },
        ], "quiet_hours": { "from": 11, "until": 14 } });
        prefer(&client, 1, &choices).await;
        let asked = ask(&world, "c", &hello(&ada(), "preferred")).await;
        let states: Vec<_> = asked
            .iter()
            .map(|message| message["status"].clone())
            .collect();
        assert_eq!(
            states.iter().filter(|state| **state == "dropped").count(),
            1
        );
        assert_eq!(asked.len(), 3);
        world.app.settle().await;
        assert_eq!(
            world.catcher.messages_to(NUMBER).len(),
            1,
            "the code: it is quiet"
        );
        world.hours_pass(2).await;
        assert_eq!(world.catcher.messages_to(NUMBER).len(), 2);
        assert_eq!(world.catcher.messages_to("ada@example.com").len(), 1);
        assert_eq!(count_contents(&world).await, 0);
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

/// What was given up can be put back to work for a month; then nobody can say any more what it said.

#[tokio::test]
async fn templates_are_listed_with_what_they_take() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let list = world.staff().get("/v1/message-templates").await.expect(200);
        let templates = list["data"].as_array().expect("a list");
        let names: Vec<_> = templates
            .iter()
            .map(|one| one["template"].clone())
            .collect();
        assert_eq!(
            names,
            ["delivery_delayed", "ready_for_pickup", "service_message"]
        );
        assert_eq!(
            templates[2]["parameters"][0],
            json!({
                "name": "title", "type": "line", "required": true, "max_length": 120,
                "description": "The subject of the mail, and the first line elsewhere.",
            })
        );
        let guide = include_str!("../../../../../docs/notifications.md");
        for template in templates {
            let name = template["template"].as_str().expect("a name");
            for parameter in template["parameters"].as_array().expect("a list") {
                let parameter = parameter["name"].as_str().expect("a name");
                let line = guide
                    .lines()
                    .find(|line| line.starts_with(&format!("| `{name}` |")));
                let line = line.unwrap_or_else(|| panic!("docs/notifications.md lacks {name}"));
                assert!(
                    line.contains(&format!("`{parameter}`")),
                    "{name}: {parameter}"
                );
            }
        }
    }
}
