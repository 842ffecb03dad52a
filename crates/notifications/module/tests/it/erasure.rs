//! What is left of somebody whose account was erased.

use identity_contract::{UserErased, UserErasureCancelled, UserErasureRequested, UserId};
use serde_json::{Value, json};
use tenon_kernel::{Role, Timestamp};
use tenon_store::Queryable as _;
use tenon_testkit::{TestApp, engines};

use crate::contact_points::add_phone;
use crate::requested_messages::{ada, ask};
use crate::world::World;

const CUSTOMER: &[Role] = &[Role::Customer];
/// Everything that is somebody's, in any table.
const HERS: &str = "SELECT (SELECT COUNT(*) FROM user_notifications)
                         + (SELECT COUNT(*) FROM notification_preferences)
                         + (SELECT COUNT(*) FROM contact_points)
                         + (SELECT COUNT(*) FROM message_digests)
                         + (SELECT COUNT(*) FROM message_contents)";

async fn count(world: &World, sql: &'static str) -> i64 {
    let ctx = world.app.kit().ctx();
    let counted = world.db.read(&ctx).query(sql).fetch_scalar::<i64>().await;
    counted.expect("counted").expect("a number")
}

fn user_id() -> UserId {
    UserId::from_uuid(TestApp::user_id("ada"))
}

/// Somebody with everything there is: choices, a telephone, notes, a digest that is open and a message for later.
async fn lived(world: &World) {
    world.identity.add_user(user_id(), "ada@example.com");
    let client = world.app.user("ada", CUSTOMER);
    add_phone(world, &client, "phone").await;
    world
        .happens("orders", &world.place("1", Some("ada")))
        .await;
    let daily = json!({ "topic": "service", "channel": "email", "mode": "daily" });
    let etag = client.get("/v1/me/notification-preferences").await;
    let etag = etag.header("etag").expect("an etag").to_owned();
    let put = client
        .put("/v1/me/notification-preferences")
        .header("if-match", &etag);
    put.json(&json!({ "choices": [daily] })).await.expect(200);
    let mut saying = json!({
        "to": ada(), "channel": "email", "template": "service_message",
        "parameters": { "title": "A word", "text": "Dear countess" },
    });
    ask(world, "digest", &saying).await;
    world.app.settle().await;
    let later = world.app.kit().env().now() + std::time::Duration::from_hours(72);
    saying["send_at"] = json!(later);
    ask(world, "later", &saying).await;
    world.app.settle().await;
    world.catcher.clear();
}

#[tokio::test]
async fn everything_of_an_erased_person_goes() {
    for engine in engines() {
        let world = World::hearing(engine, &["identity", "orders"]).await;
        lived(&world).await;
        assert!(
            count(&world, HERS).await >= 5,
            "there is something to forget"
        );
        world
            .happens("orders", &world.place("2", Some("eve")))
            .await;

        let erased = UserErased { user_id: user_id() };
        world.happens("identity", &erased).await;
        assert_eq!(count(&world, HERS).await, 1, "Eve's note stays");
        let open =
            "SELECT COUNT(*) FROM messages WHERE status IN ('scheduled', 'queued', 'gathered')";
        assert_eq!(count(&world, open).await, 0);
        world.catcher.clear();
        world.days_pass(4).await;
        assert!(
            world.catcher.messages().is_empty(),
            "neither the digest nor the message for later"
        );
        let inbox = world
            .app
            .user("eve", CUSTOMER)
            .get("/v1/me/notifications")
            .await;
        assert_eq!(inbox.expect(200)["data"][0]["title"], "Order 2 placed");
        // That something was sent stands in the log; what it said does not.
        let said = "SELECT COUNT(*) FROM messages m JOIN erased_users e ON e.user_id = m.user_id WHERE CAST(m.data AS text) <> '{}'";
        assert_eq!(count(&world, said).await, 0);
        let told: Vec<Value> = world.log().await;
        assert!(
            told.iter()
                .any(|message| message["template"] == "order_placed")
        );
        assert!(world.violations().await.is_empty());
    }
}

#[tokio::test]
async fn what_comes_after_an_erasure_makes_nothing_new() {
    for engine in engines() {
        let world = World::hearing(engine, &["identity", "orders"]).await;
        world
            .happens("identity", &UserErased { user_id: user_id() })
            .await;
        // An order of hers that was under way is placed now. She is told by mail, and has no inbox.
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        assert_eq!(world.only_mail().subject, "Your order 1");
        assert_eq!(count(&world, HERS).await, 0);
        let said = "SELECT COUNT(*) FROM messages WHERE CAST(data AS text) <> '{}'";
        assert_eq!(count(&world, said).await, 0);

        // A request that was let in just before leaves something behind: it goes with the second look.
        let client = world.app.user("ada", CUSTOMER);
        add_phone(&world, &client, "phone").await;
        assert_ne!(count(&world, HERS).await, 0);
        world.hours_pass(2).await;
        assert_eq!(count(&world, HERS).await, 0);
        // The event once more changes nothing.
        world
            .happens("identity", &UserErased { user_id: user_id() })
            .await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM erased_users").await, 1);
    }
}

#[tokio::test]
async fn an_emptied_order_is_written_to_nobody() {
    for engine in engines() {
        let world = World::hearing(engine, &["identity", "orders"]).await;
        let mut order = crate::world::order("1", Some("ada"));
        order.customer.email = String::new();
        world.orders.put(order.clone());
        world.happens("orders", &crate::world::placed(&order)).await;
        assert!(world.catcher.messages().is_empty());
        assert_eq!(world.log().await[0]["status"], "dropped");
    }
}

#[tokio::test]
async fn people_are_told_before_it_happens_and_when_it_does_not() {
    for engine in engines() {
        let world = World::hearing(engine, &["identity"]).await;
        world.identity.add_user(user_id(), "ada@example.com");
        let erase_at: Timestamp = "2030-12-08T09:26:00Z".parse().expect("a time");
        let requested = UserErasureRequested {
            user_id: user_id(),
            erase_at,
        };
        world.happens("identity", &requested).await;
        let mail = world.only_mail();
        assert_eq!(mail.subject, "Your account will be erased");
        let text = mail.text.expect("it has a text part");
        assert!(text.contains("8 December 2030, 09:26 UTC"), "{text}");
        assert!(text.contains("take it back"), "{text}");
        world.catcher.clear();
        let cancelled = UserErasureCancelled { user_id: user_id() };
        world.happens("identity", &cancelled).await;
        assert_eq!(world.only_mail().subject, "Your account stays");
    }
}
