//! The message log.

use mail_catcher::Fault;
use notifications_contract::{ListMessages, MessageFilter, Template};
use tenon_kernel::{PageRequest, Role};
use tenon_testkit::engines;

use crate::world::{World, order};

#[tokio::test]
async fn staff_finds_messages_by_what_they_are_about() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.happens("orders", &world.place("1", None)).await;
        world.happens("orders", &world.place("2", None)).await;
        world.catcher.fail_next(1, Fault::Refuse);
        world.happens("orders", &world.place("3", None)).await;

        let staff = world.app.user("sam", &[Role::Staff]);
        let subjects = |body: serde_json::Value| -> Vec<String> {
            let list = body["data"].as_array().expect("a list").clone();
            list.iter()
                .map(|message| message["subject"].as_str().expect("an id").to_owned())
                .collect()
        };
        let id = |number: &str| order(number, None).order_id.to_string();
        let found = |query: String| {
            let request = staff.get(&format!("/v1/messages?{query}"));
            async move { subjects(request.await.expect(200)) }
        };
        assert_eq!(found(String::new()).await, [id("3"), id("2"), id("1")]);
        assert_eq!(found(format!("subject={}", id("2"))).await, [id("2")]);
        assert_eq!(found("status=sent".to_owned()).await, [id("2"), id("1")]);
        assert_eq!(
            found("status=bounced&template=order_placed".to_owned()).await,
            [id("3")]
        );
        assert_eq!(
            found("template=verify_email".to_owned()).await,
            Vec::<String>::new()
        );
        assert_eq!(
            found(format!("subject={}&status=bounced", id("1"))).await,
            Vec::<String>::new()
        );

        let first = staff
            .get("/v1/messages?status=sent&limit=1")
            .await
            .expect(200);
        let cursor = first["next_cursor"].as_str().expect("a cursor").to_owned();
        assert_eq!(
            found(format!("status=sent&limit=1&cursor={cursor}")).await,
            [id("1")]
        );
        let reply = staff
            .get(&format!("/v1/messages?status=bounced&cursor={cursor}"))
            .await;
        assert_eq!(reply.code(), "notifications.invalid_cursor");
        for query in ["status=lost", "template=spam", "subject=", "limit=1000"] {
            let status = staff
                .get(&format!("/v1/messages?{query}"))
                .await
                .status()
                .as_u16();
            assert!(status == 400 || status == 422, "{query}: {status}");
        }
    }
}

#[tokio::test]
async fn other_modules_can_list() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world.happens("orders", &world.place("1", None)).await;
        let ctx = world.app.kit().ctx();
        let filter = MessageFilter {
            subject: Some(order("1", None).order_id.to_string()),
            ..MessageFilter::default()
        };
        let request = ListMessages {
            filter,
            page: PageRequest::first(10),
        };
        let found = world
            .contract
            .list_messages(&ctx, request)
            .await
            .expect("listed")
            .data;
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].template, found[0].attempts),
            (Template::OrderPlaced, 1)
        );
        assert!(found[0].sent_at.is_some() && found[0].recipient_hash.is_some());
    }
}
