//! Addresses that take nothing.

use identity_contract::{FactorAdded, FactorKind, UserId};
use mail_catcher::Fault;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{TestApp, engines};

use crate::world::{ONE_STORE, World, id};

const PATH: &str = "/v1/message-suppressions";

async fn suppressions(world: &World) -> Vec<Value> {
    let body = world.staff().get(PATH).await.expect(200);
    body["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn an_address_without_a_mailbox_is_sent_nothing_until_staff_says_so() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(1, Fault::Refuse);
        world.happens("orders", &world.place("1", None)).await;
        let refused = world.log().await[0].clone();
        let all = suppressions(&world).await;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0]["recipient_hash"], refused["recipient_hash"]);
        assert_eq!(all[0]["message_id"], refused["id"]);
        assert_eq!(all[0]["last_error"], "refused 550");

        world
            .happens("orders", &world.place("2", Some("ada")))
            .await;
        assert_eq!(world.catcher.messages().len(), 0);
        let dropped = world.log().await[0].clone();
        assert_eq!(
            (&dropped["status"], &dropped["reason"], &dropped["attempts"]),
            (&json!("dropped"), &json!("suppressed"), &json!(0))
        );
        assert_eq!(dropped["recipient_hash"], refused["recipient_hash"]);
        let bounced = world.app.events("notifications", "message.bounced").await;
        assert_eq!(bounced.len(), 1, "what was never sent does not bounce");
        assert_eq!(suppressions(&world).await.len(), 1);

        let path = format!("{PATH}/{}", all[0]["id"].as_str().expect("an id"));
        let staff = world.staff();
        assert_eq!(staff.delete(&path).await.status().as_u16(), 204);
        let again = staff.delete(&path).await;
        assert_eq!(
            (again.status().as_u16(), again.code().as_str()),
            (404, "notifications.suppression_not_found")
        );
        let audited = world.app.events("notifications", "audit.recorded").await;
        assert_eq!(audited.len(), 1);
        world.happens("orders", &world.place("3", None)).await;
        assert_eq!(world.only_mail().subject, "Your order 3");
        assert_eq!(world.violations().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_server_that_wants_it_later_suppresses_nothing() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["orders"]).await;
        world.catcher.fail_next(1, Fault::TempFail);
        world.happens("orders", &world.place("1", None)).await;
        assert_eq!(suppressions(&world).await, Vec::<Value>::new());
        world.hours_pass(1).await;
        assert_eq!(world.catcher.messages().len(), 1);
    }
}

#[tokio::test]
async fn what_is_about_security_stands_in_the_inbox_when_the_address_is_dead() {
    for engine in engines() {
        let world = World::hearing(engine, &["identity"]).await;
        let user_id = UserId::from_uuid(TestApp::user_id("ada"));
        world.identity.add_user(user_id, "ada@example.com");
        let added = |name: &str| FactorAdded {
            user_id,
            factor_id: id(name),
            kind: FactorKind::Totp,
        };
        world.catcher.fail_next(1, Fault::Refuse);
        world.happens("identity", &added("one")).await;
        world.happens("identity", &added("two")).await;
        assert_eq!(world.catcher.messages().len(), 0);

        let ada = world.app.user("ada", &[Role::Customer]);
        let inbox = ada.get("/v1/me/notifications").await.expect(200);
        // The refused mail, and the one that was not tried.
        assert_eq!(inbox["data"].as_array().map(Vec::len), Some(2));
        let note = &inbox["data"][0];
        assert_eq!(note["kind"], "message.undelivered");
        assert_eq!(note["title"], "A second factor was added to your account");

        // Another address is another mailbox.
        world.identity.add_user(user_id, "ada@example.org");
        world.happens("identity", &added("three")).await;
        assert_eq!(world.only_mail().to, ["ada@example.org"]);
    }
}

#[tokio::test]
async fn only_staff_sees_and_removes_suppressions() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", &[Role::Customer]);
        let none = format!(
            "{PATH}/{}",
            id::<notifications_contract::SuppressionKind>("x")
        );
        assert_eq!(ada.get(PATH).await.status().as_u16(), 403);
        assert_eq!(ada.delete(&none).await.status().as_u16(), 403);
        let anyone = world.app.anonymous();
        assert_eq!(anyone.get(PATH).await.status().as_u16(), 401);
        assert_eq!(anyone.delete(&none).await.status().as_u16(), 401);
    }
}

#[tokio::test]
async fn what_is_no_hash_is_refused() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let staff = world.app.user("sam", &[Role::Staff]);
        for (hash, status) in [
            ("h".repeat(64), 200),
            ("h".repeat(65), 422),
            (String::new(), 422),
        ] {
            let answer = staff.get(&format!("{PATH}?recipient_hash={hash}")).await;
            let body = answer.expect(status);
            if status == 422 {
                assert_eq!(body["errors"][0]["pointer"], "?recipient_hash");
            }
        }
    }
}
