//! What people choose, and that it is kept to.

use identity_contract::{FactorAdded, FactorKind};
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, TestApp, engines};

use crate::world::{ONE_STORE, World, id};

const CUSTOMER: &[Role] = &[Role::Customer];
const PATH: &str = "/v1/me/notification-preferences";

fn choice(topic: &str, channel: &str, mode: &str) -> Value {
    json!({ "topic": topic, "channel": channel, "mode": mode })
}

async fn choose(client: &Client, version: i64, choices: &[Value]) -> Value {
    let body = json!({ "choices": choices });
    client
        .put(PATH)
        .header("if-match", &format!("\"v{version}\""))
        .json(&body)
        .await
        .expect(200)
}

/// As a mail program sends it.
async fn send_form(client: &Client, path: &str, form: &str) -> u16 {
    let request = client.post(path).header("accept", "*/*");
    let form = form.to_owned();
    let answer = request.bytes("application/x-www-form-urlencoded", form);
    answer.await.status().as_u16()
}

/// The mode of a topic and channel in an answer.
fn mode<'a>(body: &'a Value, topic: &str, channel: &str) -> &'a Value {
    let choices = body["choices"].as_array().expect("a list");
    let line = choices
        .iter()
        .find(|line| line["topic"] == topic && line["channel"] == channel);
    &line.expect("the line is there")["mode"]
}

#[tokio::test]
async fn a_choice_is_written_as_a_whole_by_its_version() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        let before = ada.get(PATH).await;
        assert_eq!(before.header("etag"), Some("\"v1\""));
        assert_eq!(*mode(&before.expect(200), "orders", "email"), "instant");

        let off = choose(&ada, 1, &[choice("orders", "email", "off")]).await;
        assert_eq!(off["version"], 2);
        assert_eq!(*mode(&off, "orders", "email"), "off");
        assert_eq!(*mode(&off, "orders", "in_app"), "instant");
        assert_eq!(ada.get(PATH).await.expect(200), off);

        let stale = ada
            .put(PATH)
            .header("if-match", "\"v1\"")
            .json(&json!({ "choices": [] }))
            .await;
        assert_eq!(stale.status().as_u16(), 412);
        assert_eq!(stale.json()["current_etag"], "\"v2\"");
        // What is not named is as by default again.
        let parcels = choose(&ada, 2, &[choice("shipping", "in_app", "off")]).await;
        assert_eq!(*mode(&parcels, "orders", "email"), "instant");
        assert_eq!(*mode(&parcels, "shipping", "in_app"), "off");
        // Somebody else's are their own.
        let eve = world.app.user("eve", CUSTOMER);
        assert_eq!(eve.get(PATH).await.expect(200)["version"], 1);
    }
}

#[tokio::test]
async fn wrong_choices_are_refused_by_pointer_and_nothing_is_stored() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        assert_eq!(
            ada.put(PATH)
                .json(&json!({ "choices": [] }))
                .await
                .status()
                .as_u16(),
            428
        );
        for (body, status, pointer) in [
            (
                json!({ "choices": [choice("security", "email", "off")] }),
                422,
                "/choices/0/mode",
            ),
            (
                json!({ "choices": [choice("orders", "email", "off"), choice("orders", "email", "instant")] }),
                422,
                "/choices/1",
            ),
            (
                json!({ "choices": [choice("poems", "email", "off")] }),
                400,
                "/choices/0/topic",
            ),
            (
                json!({ "choices": [choice("orders", "pigeon", "off")] }),
                400,
                "/choices/0/channel",
            ),
            (json!({ "choices": [], "x": 1 }), 400, "/x"),
            (json!({}), 400, "/choices"),
        ] {
            let refused = ada.put(PATH).header("if-match", "\"v1\"").json(&body).await;
            assert_eq!(refused.status().as_u16(), status, "{body}");
            let errors = refused.json()["errors"].clone();
            assert_eq!(errors[0]["pointer"], pointer, "{body}: {errors}");
        }
        assert_eq!(ada.get(PATH).await.expect(200)["version"], 1);
        assert_eq!(world.app.anonymous().get(PATH).await.status().as_u16(), 401);
    }
}

#[tokio::test]
async fn of_two_first_choices_at_once_one_wins() {
    for engine in engines() {
        let world = World::new(engine).await;
        let (one, two) = (
            world.app.user("ada", CUSTOMER),
            world.app.user("ada", CUSTOMER),
        );
        let put = |client: Client, topic: &'static str| async move {
            let body = json!({ "choices": [choice(topic, "email", "off")] });
            let request = client.put(PATH).header("if-match", "\"v1\"");
            request.json(&body).await.status().as_u16()
        };
        let (first, second) = tokio::join!(put(one, "orders"), put(two, "shipping"));
        let mut both = [first, second];
        both.sort_unstable();
        assert_eq!(both, [200, 412]);
        let ada = world.app.user("ada", CUSTOMER);
        assert_eq!(ada.get(PATH).await.expect(200)["version"], 2);
    }
}

#[tokio::test]
async fn what_is_switched_off_is_not_sent_and_the_log_says_why() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        let ada = world.app.user("ada", CUSTOMER);
        choose(&ada, 1, &[choice("orders", "email", "off")]).await;
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        assert_eq!(world.catcher.messages().len(), 0);
        let log = world.log().await;
        assert_eq!(
            (&log[0]["status"], &log[0]["reason"], &log[0]["attempts"]),
            (&json!("dropped"), &json!("preference"), &json!(0))
        );
        let inbox = ada.get("/v1/me/notifications").await.expect(200);
        assert_eq!(inbox["data"][0]["title"], "Order 1 placed");

        // The other way round: mail, and no note.
        choose(&ada, 2, &[choice("orders", "in_app", "off")]).await;
        world
            .happens("orders", &world.place("2", Some("ada")))
            .await;
        assert_eq!(world.only_mail().subject, "Your order 2");
        let inbox = ada.get("/v1/me/notifications").await.expect(200);
        assert_eq!(inbox["data"].as_array().map(Vec::len), Some(1));
        // A guest has chosen nothing.
        world.happens("orders", &world.place("3", None)).await;
        assert_eq!(world.catcher.messages().len(), 2);
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_choice_counts_for_a_mail_that_has_not_left_yet() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(1, mail_catcher::Fault::TempFail);
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        assert_eq!(world.log().await[0]["status"], "queued");

        let ada = world.app.user("ada", CUSTOMER);
        choose(&ada, 1, &[choice("orders", "email", "off")]).await;
        world.hours_pass(2).await;
        assert_eq!(world.catcher.messages().len(), 0);
        let log = world.log().await;
        assert_eq!(
            (&log[0]["status"], &log[0]["reason"]),
            (&json!("dropped"), &json!("preference"))
        );
    }
}

#[tokio::test]
async fn matters_of_security_are_mailed_whatever_is_chosen() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["identity"]).await;
        let user_id = identity_contract::UserId::from_uuid(TestApp::user_id("ada"));
        world.identity.add_user(user_id, "ada@example.com");
        let ada = world.app.user("ada", CUSTOMER);
        let all = [
            choice("orders", "email", "off"),
            choice("shipping", "email", "off"),
        ];
        choose(&ada, 1, &all).await;
        let event = FactorAdded {
            user_id,
            factor_id: id("factor"),
            kind: FactorKind::Totp,
        };
        world.happens("identity", &event).await;
        let mail = world.only_mail();
        assert_eq!(mail.header("list-unsubscribe"), None);
        assert!(!mail.text.expect("text").contains("No more mails"));
    }
}

#[tokio::test]
async fn the_link_of_a_mail_stops_further_ones_by_post_only() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        let mail = world.only_mail();
        assert_eq!(
            mail.header("list-unsubscribe-post"),
            Some("List-Unsubscribe=One-Click")
        );
        let header = mail.header("list-unsubscribe").expect("a link");
        let url = header.trim_start_matches('<').trim_end_matches('>');
        assert_eq!(mail.links().last(), Some(&url));
        assert!(
            mail.html
                .as_deref()
                .expect("html")
                .contains("No more mails like this")
        );
        let path = url.strip_prefix("https://shop.test").expect("ours");

        let anyone = world.app.anonymous();
        let page = anyone.get(path).header("accept", "text/html").await;
        assert_eq!(page.status().as_u16(), 200);
        let text = String::from_utf8_lossy(page.body()).into_owned();
        assert!(text.contains("No more mails about your orders?"), "{text}");
        assert!(text.contains("<form method=\"post\">"), "{text}");
        let ada = world.app.user("ada", CUSTOMER);
        assert_eq!(ada.get(PATH).await.expect(200)["version"], 1);

        for _again in 0..2 {
            let stopped = send_form(&anyone, path, "List-Unsubscribe=One-Click").await;
            assert_eq!(stopped, 200);
            let chosen = ada.get(PATH).await.expect(200);
            assert_eq!(chosen["version"], 2);
            assert_eq!(*mode(&chosen, "orders", "email"), "off");
            assert_eq!(*mode(&chosen, "shipping", "email"), "instant");
        }
        let eve = world.app.user("eve", CUSTOMER);
        assert_eq!(eve.get(PATH).await.expect(200)["version"], 1);

        assert_eq!(
            send_form(&anyone, path, "List-Unsubscribe=Maybe").await,
            400
        );
        let mut forged = path.to_owned();
        let last = forged.pop().expect("a character");
        forged.push(if last == 'A' { 'Q' } else { 'A' });
        for wrong in [
            forged.as_str(),
            "/v1/unsubscriptions/AQEB",
            "/v1/unsubscriptions/x",
        ] {
            let get = anyone.get(wrong).header("accept", "text/html").await;
            assert_eq!(get.status().as_u16(), 404);
            let post = send_form(&anyone, wrong, "List-Unsubscribe=One-Click").await;
            assert_eq!(post, 404, "{wrong}");
        }
        assert_eq!(ada.get(PATH).await.expect(200)["version"], 2);
    }
}
