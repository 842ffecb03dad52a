//! Digests: what waits is told once, in one mail, whatever happens.

use std::time::Duration;

use mail_catcher::Fault;
use orders_contract::{OrderShipped, ShippedLine, Tracking};
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, engines};

use crate::requested_messages::{ada, ask, count_contents, world_of_ada};
use crate::world::{ONE_STORE, World, eur, id, order};

const CUSTOMER: &[Role] = &[Role::Customer];
const PATH: &str = "/v1/me/notification-preferences";

/// Mails about parcels come so; it is noon in UTC when a world begins.
async fn choose(client: &Client, version: i64, mode: &str, rest: &Value) {
    let mut body =
        json!({ "choices": [{ "topic": "shipping", "channel": "email", "mode": mode }] });
    for (name, value) in rest.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let request = client
        .put(PATH)
        .header("if-match", &format!("\"v{version}\""));
    request.json(&body).await.expect(200);
}

/// A parcel of an order of Ada's leaves.
async fn ship(world: &World, number: &str) {
    let order = order(number, Some("ada"));
    world.orders.put(order.clone());
    let event = OrderShipped {
        order_id: order.order_id,
        number: order.number,
        customer: order.customer,
        fulfillment_id: id("parcel"),
        lines: vec![ShippedLine {
            line_id: order.lines[0].line_id,
            variant_id: order.lines[0].variant_id,
            quantity: 2,
        }],
        tracking: Some(Tracking {
            carrier: Some("DHL".to_owned()),
            number: Some(format!("JJD{number}")),
            url: None,
        }),
        payment_id: order.payment_id,
        capture: order.capture,
        value: eur(9_00),
        complete: false,
    };
    world.happens("orders", &event).await;
}

async fn minutes_pass(world: &World, minutes: u64) {
    world.app.kit().advance(Duration::from_mins(minutes));
    world.app.settle().await;
}

/// Status of each message in the log by template, latest first.
async fn states(world: &World, template: &str) -> Vec<Value> {
    let log = world.log().await;
    let log = log.iter().filter(|one| one["template"] == template);
    log.map(|one| one["status"].clone()).collect()
}

#[tokio::test]
async fn parcels_of_an_hour_are_told_in_one_mail_at_its_end() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        choose(&world.app.user("ada", CUSTOMER), 1, "hourly", &json!({})).await;
        ship(&world, "1").await;
        ship(&world, "2").await;
        let own = order("1", Some("ada")).order_id;
        let delayed = json!({
            "to": ada(), "channel": "preferred", "template": "delivery_delayed",
            "parameters": { "order_id": own, "reason": "Snow & <b>ice</b>." },
        });
        ask(&world, "a", &delayed).await;
        world.app.settle().await;
        assert_eq!(world.catcher.messages().len(), 0);
        assert_eq!(
            states(&world, "order_shipped").await,
            ["gathered", "gathered"]
        );
        assert_eq!(count_contents(&world).await, 1);
        assert_eq!(world.violations().await, Vec::<String>::new());

        minutes_pass(&world, 60).await;
        let mail = world.only_mail();
        assert_eq!(mail.subject, "3 things about your parcels");
        let (text, html) = (
            mail.text.clone().expect("text"),
            mail.html.clone().expect("html"),
        );
        for expected in [
            "Order 1 is on its way",
            "Order 2 is on its way",
            "JJD2",
            "Order 1 comes later",
        ] {
            assert_eq!(text.matches(expected).count(), 1, "{expected}: {text}");
        }
        assert!(
            text.contains(&format!("https://shop.test/orders/{own}")),
            "{text}"
        );
        assert!(
            html.contains("Snow &amp; &lt;b&gt;ice") && !html.contains("<b>ice"),
            "{html}"
        );
        assert!(mail.header("list-unsubscribe").is_some());
        assert_eq!(states(&world, "order_shipped").await, ["sent", "sent"]);
        assert_eq!(states(&world, "delivery_delayed").await, ["sent"]);
        assert_eq!(states(&world, "digest").await, ["sent"]);
        let sent = world.app.events("notifications", "message.sent").await;
        assert_eq!(sent.len(), 4, "three things, and the mail that told them");
        assert_eq!(count_contents(&world).await, 0);

        // The next hour begins anew.
        ship(&world, "3").await;
        minutes_pass(&world, 60).await;
        let mails = world.catcher.messages();
        assert_eq!(
            (mails.len(), mails[1].subject.as_str()),
            (2, "Order 3 is on its way")
        );
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_day_ends_at_the_hour_of_the_reader_on_their_clock() {
    for engine in ONE_STORE {
        let world = world_of_ada(engine).await;
        let berlin = json!({ "time_zone": "Europe/Berlin", "digest_hour": 18 });
        let now = world.app.kit().env().now();
        choose(&world.app.user("ada", CUSTOMER), 1, "daily", &berlin).await;
        ship(&world, "1").await;
        let log = world.log().await;
        let digest = log[0]["digest_id"].as_str().expect("an id").to_owned();
        for _ in 0..24 * 4 {
            if !world.catcher.messages().is_empty() {
                break;
            }
            minutes_pass(&world, 15).await;
        }
        let mail = world.only_mail();
        assert_eq!(mail.message_id, Some(format!("{digest}@shop.test")));
        // 18 o'clock in Berlin is 16 or 17 o'clock in UTC.
        let waited = world.app.kit().env().now().since(now).as_secs() / 3_600;
        assert!((4..=5).contains(&waited), "{waited} hours after noon");
        let got = world.app.user("ada", CUSTOMER).get(PATH).await.expect(200);
        assert_eq!(got["digest_hour"], 18);
    }
}

#[tokio::test]
async fn receipts_and_security_are_never_gathered() {
    for engine in ONE_STORE {
        let world = world_of_ada(engine).await;
        let client = world.app.user("ada", CUSTOMER);
        for (topic, channel) in [
            ("orders", "email"),
            ("security", "email"),
            ("shipping", "push"),
        ] {
            for mode in ["hourly", "daily"] {
                let body =
                    json!({ "choices": [{ "topic": topic, "channel": channel, "mode": mode }] });
                let refused = client
                    .put(PATH)
                    .header("if-match", "\"v1\"")
                    .json(&body)
                    .await;
                assert_eq!(refused.status().as_u16(), 422, "{body}");
                assert_eq!(refused.json()["errors"][0]["pointer"], "/choices/0/mode");
            }
        }
        let wrong = json!({ "choices": [], "digest_hour": 24 });
        let refused = client
            .put(PATH)
            .header("if-match", "\"v1\"")
            .json(&wrong)
            .await;
        assert_eq!(refused.json()["errors"][0]["pointer"], "/digest_hour");
        choose(&client, 1, "daily", &json!({})).await;
        world
            .happens("orders", &world.place("9", Some("ada")))
            .await;
        assert_eq!(world.only_mail().subject, "Your order 9");
    }
}

#[tokio::test]
async fn another_choice_loses_nothing() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        let client = world.app.user("ada", CUSTOMER);
        choose(&client, 1, "daily", &json!({})).await;
        ship(&world, "1").await;
        // An hour instead of a day: what was gathered leaves at the end of the hour.
        choose(&client, 2, "hourly", &json!({})).await;
        ship(&world, "2").await;
        assert_eq!(world.catcher.messages().len(), 0);
        minutes_pass(&world, 60).await;
        assert_eq!(world.only_mail().subject, "2 things about your parcels");

        // At once instead of later: so does what was gathered.
        choose(&client, 3, "daily", &json!({})).await;
        ship(&world, "3").await;
        choose(&client, 4, "instant", &json!({})).await;
        world.app.settle().await;
        assert_eq!(world.catcher.messages()[1].subject, "Order 3 is on its way");
        ship(&world, "4").await;
        assert_eq!(
            world.catcher.messages()[2].subject,
            "Your order 4 is on its way"
        );

        // Not at all: what was gathered is dropped, and the log says why.
        choose(&client, 5, "daily", &json!({})).await;
        ship(&world, "5").await;
        choose(&client, 6, "off", &json!({})).await;
        world.app.settle().await;
        world.days_pass(2).await;
        assert_eq!(world.catcher.messages().len(), 3);
        let log = world.log().await;
        let last: Vec<_> = log
            .iter()
            .take(2)
            .map(|one| one["reason"].clone())
            .collect();
        assert_eq!(last, ["preference", "preference"]);
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

/// Mail server and process fail at every step; each thing is told in one digest all the same.
#[tokio::test]
async fn nothing_is_lost_or_told_twice_when_things_go_wrong() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        choose(&world.app.user("ada", CUSTOMER), 1, "hourly", &json!({})).await;
        ship(&world, "1").await;
        ship(&world, "2").await;
        // As after a crash between what a job did and its receipt.
        let again = "UPDATE jobs SET state = 'pending', attempts = 0, finished_at = NULL
                      WHERE state = 'done' AND kind IN ('notifications.send_message', 'notifications.close_digest')";
        assert_eq!(world.execute(again).await, 2);
        world.app.settle().await;
        world.catcher.fail_next(2, Fault::TempFail);
        minutes_pass(&world, 60).await;
        assert_eq!(states(&world, "digest").await, ["queued"]);
        assert_eq!(
            states(&world, "order_shipped").await,
            ["gathered", "gathered"]
        );
        assert_eq!(world.violations().await, Vec::<String>::new());
        // What happens meanwhile is in the next one.
        ship(&world, "3").await;
        world.execute(again).await;
        world.hours_pass(3).await;
        world.execute(again).await;
        world.app.settle().await;
        let mails = world.catcher.messages();
        assert_eq!(mails.len(), 2);
        let texts: String = mails.iter().filter_map(|mail| mail.text.clone()).collect();
        for number in ["1", "2", "3"] {
            let title = format!("Order {number} is on its way");
            assert_eq!(texts.matches(&title).count(), 1, "{texts}");
        }
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_digest_that_is_given_up_takes_what_it_tells_along_and_can_be_taken_up_again() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        choose(&world.app.user("ada", CUSTOMER), 1, "hourly", &json!({})).await;
        ship(&world, "1").await;
        world.catcher.fail_next(60, Fault::TempFail);
        world.hours_pass(70).await;
        assert_eq!(states(&world, "digest").await, ["failed"]);
        assert_eq!(states(&world, "order_shipped").await, ["failed"]);
        let dead = "UPDATE jobs SET state = 'pending', attempts = 0, finished_at = NULL WHERE state = 'dead'";
        assert_eq!(world.execute(dead).await, 1);
        world.hours_pass(1).await;
        assert_eq!(world.only_mail().subject, "Order 1 is on its way");
        assert_eq!(states(&world, "order_shipped").await, ["sent"]);
    }
}

#[tokio::test]
async fn a_gathered_message_without_a_digest_that_leaves_is_found() {
    for engine in engines() {
        let world = world_of_ada(engine).await;
        choose(&world.app.user("ada", CUSTOMER), 1, "daily", &json!({})).await;
        ship(&world, "1").await;
        assert_eq!(world.violations().await, Vec::<String>::new());
        world
            .execute("DELETE FROM jobs WHERE kind = 'notifications.close_digest'")
            .await;
        let found = world.violations().await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("notifications.everything_gathered_is_told: msg_"),
            "{found:?}"
        );
    }
}
