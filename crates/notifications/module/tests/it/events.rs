//! The log of public events, as a list.

use std::collections::BTreeSet;

use identity_contract::{ChallengeCreated, ChallengePurpose, Channel, UserLocked, UserRegistered};
use payments_contract::{NextAction, NextActionKind, PaymentActionRequired, RefundRequested};
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::engines;

use crate::world::{ONE_STORE, World, eur, id, order, product, texts};

/// What stands in events for people and secrets, and must never stand in the log.
const PERSONAL: &[&str] = &[
    "ada@example.com",
    "@",
    "3-D-secret",
    "she shouted",
    "wrote to us",
    "1Z999",
];

fn user(name: &str) -> UserRegistered {
    UserRegistered {
        user_id: id(name),
        channel: Channel::Email,
    }
}

#[tokio::test]
async fn an_event_is_told_as_a_cloud_event_with_its_public_members() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;

        let sam = world.staff();
        let body = sam.get("/v1/events?type=order.placed").await.expect(200);
        let event = &body["data"][0];
        let emitted = &world.app.events("orders", "order.placed").await[0];
        let mut data = emitted.data.clone();
        assert!(
            data["customer"]
                .as_object_mut()
                .expect("a buyer")
                .remove("email")
                .is_some()
        );
        assert_eq!(
            *event,
            json!({
                "specversion": "1.0",
                "id": emitted.id.to_string(),
                "source": "/orders",
                "type": "order.placed",
                "subject": order("1", None).order_id.to_string(),
                "time": emitted.time.to_string(),
                "datacontenttype": "application/json",
                "dataschema": "/schemas/order.placed/1",
                "sequence": "0000000000000000001",
                "data": data,
            })
        );
        let one = sam
            .get(&format!("/v1/events/{}", emitted.id))
            .await
            .expect(200);
        assert_eq!(one, *event);
        // The confirmation that follows from it is a public event of this module itself.
        let all = sam.get("/v1/events").await.expect(200);
        assert_eq!(texts(&all, "type"), ["order.placed", "message.sent"]);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn nothing_secret_or_personal_reaches_the_log() {
    for engine in engines() {
        let world = World::hearing(engine, &["identity", "orders", "payments"]).await;
        let placed = world.place("1", Some("ada"));
        world.happens("orders", &placed).await;
        let shipped = orders_contract::OrderShipped {
            order_id: placed.order_id,
            number: "1".to_owned(),
            customer: placed.customer.clone(),
            fulfillment_id: id("parcel"),
            lines: Vec::new(),
            tracking: Some(orders_contract::Tracking {
                carrier: Some("DHL".to_owned()),
                number: Some("1Z999".to_owned()),
                url: Some("https://dhl.example/1Z999".to_owned()),
            }),
            payment_id: placed.payment_id,
            capture: placed.capture,
            value: eur(25_90),
            complete: true,
        };
        world.happens("orders", &shipped).await;
        let locked = UserLocked {
            user_id: id("ada"),
            reason: "she shouted at ada@example.com".to_owned(),
        };
        world.happens("identity", &locked).await;
        let action = PaymentActionRequired {
            payment_id: id("1"),
            order_id: id("1"),
            next_action: NextAction {
                kind: NextActionKind::Redirect,
                url: "https://bank.example/?token=3-D-secret".to_owned(),
            },
        };
        world.happens("payments", &action).await;
        let refund = RefundRequested {
            refund_id: id("1"),
            payment_id: id("1"),
            order_id: id("1"),
            amount: eur(1),
            reason: "Ada wrote to us".to_owned(),
        };
        world.happens("payments", &refund).await;
        let challenge = ChallengeCreated {
            challenge_id: id("c"),
            user_id: None,
            purpose: ChallengePurpose::VerifyEmail,
            expires_at: world.app.kit().env().now(),
        };
        world.happens("identity", &challenge).await;

        let sam = world.staff();
        let body = sam.get("/v1/events?limit=200").await.expect(200);
        let told: BTreeSet<_> = texts(&body, "type").into_iter().collect();
        let expected = [
            "message.sent",
            "order.placed",
            "order.shipped",
            "payment.action_required",
            "refund.requested",
            "user.locked",
        ];
        assert!(told.iter().eq(expected), "{told:?}");
        let text = body.to_string();
        for secret in PERSONAL {
            assert!(!text.contains(secret), "{secret} is told in {text}");
        }
        let log = world.log().await;
        let hashes: Vec<_> = log
            .iter()
            .filter_map(|it| it["recipient_hash"].as_str())
            .collect();
        assert!(
            !hashes.is_empty() && hashes.iter().all(|hash| !text.contains(hash)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn pages_go_from_old_to_new_and_the_last_cursor_goes_on_later() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        for number in 1..=5 {
            world.happens("catalog", &product(number)).await;
        }
        let sam = world.staff();
        let (mut seen, mut path) = (Vec::new(), "/v1/events?limit=2".to_owned());
        loop {
            let reply = sam.get(&path).await;
            let body = reply.expect(200);
            seen.extend(texts(&body, "sequence"));
            let cursor = body["next_cursor"]
                .as_str()
                .expect("always there")
                .to_owned();
            let has_more = body["has_more"].as_bool().expect("said");
            let next = format!("/v1/events?limit=2&cursor={cursor}");
            let link = has_more.then(|| format!("<{next}>; rel=\"next\""));
            assert_eq!(reply.header("link").map(str::to_owned), link);
            path = next;
            if !has_more {
                break;
            }
        }
        let positions = |numbers: std::ops::RangeInclusive<i64>| -> Vec<String> {
            numbers.map(|number| format!("{number:019}")).collect()
        };
        assert_eq!(seen, positions(1..=5));

        let nothing = sam.get(&path).await.expect(200);
        assert_eq!(nothing["data"], json!([]));
        world.happens("catalog", &product(6)).await;
        let later = sam.get(&path).await.expect(200);
        assert_eq!(texts(&later, "sequence"), positions(6..=6));
    }
}

#[tokio::test]
async fn filters_choose_by_type_and_by_subject() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog", "identity"]).await;
        world.happens("catalog", &product(1)).await;
        world.happens("identity", &user("ada")).await;
        world.happens("identity", &user("bob")).await;
        world.happens("catalog", &product(2)).await;
        let sam = world.staff();
        let (tea, bob) = (product(1).product_id, user("bob").user_id);
        for (query, sequences) in [
            ("type=product.published".to_owned(), vec![1, 4]),
            (format!("subject={bob}"), vec![3]),
            (format!("subject={tea}&type=product.published"), vec![1, 4]),
            (format!("subject={tea}&type=user.registered"), vec![]),
            ("type=order.placed".to_owned(), vec![]),
        ] {
            let body = sam.get(&format!("/v1/events?{query}")).await.expect(200);
            let expected: Vec<_> = sequences
                .into_iter()
                .map(|it| format!("{it:019}"))
                .collect();
            assert_eq!(texts(&body, "sequence"), expected, "{query}");
        }
        // A cursor has been past everything there was, also what its filter leaves out.
        let body = sam.get("/v1/events?type=user.registered").await.expect(200);
        let cursor = body["next_cursor"].as_str().expect("there");
        world.happens("identity", &user("eve")).await;
        let next = format!("/v1/events?type=user.registered&cursor={cursor}");
        let next = sam.get(&next).await.expect(200);
        assert_eq!(texts(&next, "subject"), [user("eve").user_id.to_string()]);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["catalog"]).await;
        for number in 1..=3 {
            world.happens("catalog", &product(number)).await;
        }
        let sam = world.staff();
        let first = sam
            .get("/v1/events?limit=1&type=product.published")
            .await
            .expect(200);
        let cursor = first["next_cursor"].as_str().expect("there").to_owned();
        let tampered = format!("{}A", &cursor[..cursor.len() - 1]);
        let long = "s".repeat(65);
        for (query, status, code, pointer) in [
            ("limit=0".to_owned(), 400, "invalid_request", "?limit"),
            ("limit=201".to_owned(), 400, "invalid_request", "?limit"),
            ("limit=many".to_owned(), 400, "invalid_request", "?limit"),
            ("colour=red".to_owned(), 400, "invalid_request", "?colour"),
            (
                "cursor=nonsense".to_owned(),
                400,
                "notifications.invalid_cursor",
                "?cursor",
            ),
            (
                format!("type=product.published&cursor={tampered}"),
                400,
                "notifications.invalid_cursor",
                "?cursor",
            ),
            (
                format!("cursor={cursor}"),
                400,
                "notifications.invalid_cursor",
                "?cursor",
            ),
            (
                format!("type=order.placed&cursor={cursor}"),
                400,
                "notifications.invalid_cursor",
                "?cursor",
            ),
            (
                format!(
                    "subject={}&type=product.published&cursor={cursor}",
                    product(1).product_id
                ),
                400,
                "notifications.invalid_cursor",
                "?cursor",
            ),
            (
                "type=order.lost".to_owned(),
                422,
                "notifications.invalid_request",
                "?type",
            ),
            (
                "type=challenge.created".to_owned(),
                422,
                "notifications.invalid_request",
                "?type",
            ),
            (
                "subject=".to_owned(),
                422,
                "notifications.invalid_request",
                "?subject",
            ),
            (
                format!("subject={long}"),
                422,
                "notifications.invalid_request",
                "?subject",
            ),
        ] {
            let reply = sam.get(&format!("/v1/events?{query}")).await;
            let problem = reply.expect(status);
            assert_eq!(reply.code(), code, "{query}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}");
        }
        let missing = sam.get("/v1/events/evt_00000000000000000000000001").await;
        missing.expect(404);
        assert_eq!(missing.code(), "notifications.event_not_found");
        let other = sam.get("/v1/events/ord_00000000000000000000000001").await;
        other.expect(400);
        assert_eq!(other.code(), "wrong_id_type");
    }
}

#[tokio::test]
async fn only_staff_may_read() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let event = "/v1/events/evt_00000000000000000000000001";
        for path in ["/v1/event-types", "/v1/events", event, "/v1/events/stream"] {
            let nobody = world.app.anonymous().get(path).await;
            assert_eq!(
                (nobody.status().as_u16(), nobody.code().as_str()),
                (401, "unauthenticated")
            );
            let buyer = world.app.user("ada", &[Role::Customer]).get(path).await;
            assert_eq!(
                (buyer.status().as_u16(), buyer.code().as_str()),
                (403, "forbidden")
            );
        }
        let root = world.app.user("root", &[Role::Admin]);
        root.get("/v1/events").await.expect(200);
    }
}

#[tokio::test]
async fn types_are_listed_with_schema_and_example() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let body = world.staff().get("/v1/event-types").await.expect(200);
        assert_eq!(
            (&body["next_cursor"], &body["has_more"]),
            (&Value::Null, &json!(false))
        );
        let names = texts(&body, "type");
        assert!(names.is_sorted() && names.contains(&"order.placed".to_owned()));
        let types = body["data"].as_array().expect("a list");
        let placed = types
            .iter()
            .find(|it| it["type"] == "order.placed")
            .expect("public");
        assert_eq!(
            (&placed["version"], &placed["source"]),
            (&json!(1), &json!("/orders"))
        );
        let properties = &placed["schema"]["properties"];
        assert_eq!(properties["customer"]["properties"]["email"], Value::Null);
        assert_ne!(properties["customer"]["properties"]["user_id"], Value::Null);
        assert_eq!(placed["example"]["number"], "100042");
    }
}
