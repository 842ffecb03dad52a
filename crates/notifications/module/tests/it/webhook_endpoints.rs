//! Who receives webhooks: adding, changing and removing receivers.

use std::sync::Arc;

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::Queryable as _;
use tenon_testkit::engines;

use crate::receivers::{Receivers, status};
use crate::webhooks::{add, hook};
use crate::world::{ONE_STORE, World, product};

const PATH: &str = "/v1/webhook-endpoints";

#[tokio::test]
async fn a_receiver_is_added_changed_and_removed() {
    for engine in engines() {
        let world = World::new(engine).await;
        let (root, sam) = (world.admin(), world.staff());
        let made = root
            .post(PATH)
            .json(&json!({ "url": "https://hooks.test/a", "description": "Warehouse" }))
            .await;
        let body = made.expect(201);
        let path = format!("{PATH}/{}", body["id"].as_str().expect("an id"));
        assert_eq!(made.header("location"), Some(path.as_str()));
        assert_eq!(body["mode"], "keyed");
        assert_eq!(body["event_types"], json!([]));
        assert_eq!(body["max_per_second"], 50);
        assert_eq!(body["status"], "enabled");

        let found = sam.get(&path).await;
        let shown = found.expect(200);
        assert_eq!(shown["description"], "Warehouse");
        assert_eq!(found.header("etag"), Some("\"v1\""));
        let change =
            json!({ "event_types": ["order.placed"], "mode": "unordered", "max_per_second": 5 });
        let changed = root
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&change)
            .await;
        let body = changed.expect(200);
        assert_eq!(
            (&body["mode"], &body["version"]),
            (&json!("unordered"), &json!(2))
        );
        assert_eq!(body["url"], "https://hooks.test/a");
        let stale = root
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&json!({}))
            .await;
        stale.expect(412);
        assert_eq!(
            (stale.code().as_str(), stale.header("etag")),
            ("notifications.stale_version", Some("\"v2\""))
        );
        let list = sam.get(PATH).await.expect(200);
        assert_eq!(list["data"], json!([body]));

        root.delete(&path)
            .header("if-match", "\"v1\"")
            .await
            .expect(412);
        let gone = root.delete(&path).header("if-match", "\"v2\"").await;
        assert_eq!(gone.status(), 204);
        sam.get(&path).await.expect(404);
        root.delete(&path)
            .header("if-match", "\"v2\"")
            .await
            .expect(404);
        assert_eq!(sam.get(PATH).await.expect(200)["data"], json!([]));
        let audited = world.app.events("notifications", "audit.recorded").await;
        let actions: Vec<_> = audited.iter().map(|event| &event.data["action"]).collect();
        assert_eq!(
            actions,
            [
                "webhook_endpoint.created",
                "webhook_endpoint.updated",
                "webhook_endpoint.deleted"
            ]
        );
        let text = json!(audited.iter().map(|event| &event.data).collect::<Vec<_>>()).to_string();
        assert!(
            !text.contains("whsec_") && !text.contains("/a\""),
            "neither the secret nor the whole URL: {text}"
        );
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_and_stored_sealed() {
    for engine in engines() {
        let world = World::new(engine).await;
        let root = world.admin();
        let body = json!({ "url": "https://hooks.test/a" });
        let make = async || root.post(PATH).key("k1").json(&body).await.expect(201);
        let (first, again) = (make().await, make().await);
        let secret = first["secret"].as_str().expect("a secret");
        assert!(secret.starts_with("whsec_") && secret.len() == 6 + 44);
        assert_eq!(first, again, "a lost answer is given again");
        let path = format!("{PATH}/{}", first["id"].as_str().expect("an id"));
        for body in [
            root.get(&path).await.expect(200),
            root.get(PATH).await.expect(200)["data"][0].clone(),
        ] {
            assert_eq!(body["id"], first["id"]);
            assert_eq!(body.get("secret"), None);
        }

        let ctx = world.app.kit().ctx();
        let sealed: Vec<u8> = world
            .db
            .read(&ctx)
            .query("SELECT secret FROM webhook_endpoints")
            .fetch_scalar()
            .await
            .expect("readable")
            .expect("one row");
        let plain = crate::webhooks::secret_bytes(secret);
        assert!(!sealed.windows(plain.len()).any(|part| part == plain));
        assert!(sealed.len() > plain.len() + 12, "nonce and tag");
    }
}

#[tokio::test]
async fn wrong_members_are_named() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let root = world.admin();
        let url = "https://hooks.test/a";
        let many: Vec<_> = (0..101).map(|_| "order.placed").collect();
        for (body, pointer) in [
            (json!({ "url": "http://hooks.test/a" }), "/url"),
            (json!({ "url": url, "description": "a\nb" }), "/description"),
            (
                json!({ "url": url, "event_types": ["order.placed", "order.lost"] }),
                "/event_types/1",
            ),
            (
                json!({ "url": url, "event_types": ["session.created"] }),
                "/event_types/0",
            ),
            (json!({ "url": url, "event_types": many }), "/event_types"),
            (
                json!({ "url": url, "max_per_second": 0 }),
                "/max_per_second",
            ),
            (
                json!({ "url": url, "max_per_second": 1_001 }),
                "/max_per_second",
            ),
        ] {
            let reply = root.post(PATH).json(&body).await;
            let problem = reply.expect(422);
            assert_eq!(reply.code(), "notifications.invalid_request", "{body}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let path = format!("{PATH}/{}", add(&world, json!({})).await.id);
        let wrong = json!({ "url": "http://hooks.test/" });
        let reply = root.patch(&path).header("if-match", "\"v1\"").json(&wrong);
        assert_eq!(reply.await.expect(422)["errors"][0]["pointer"], "/url");
    }
}

/// An endpoint outlives the account of whoever has made it.
#[tokio::test]
async fn only_administrators_decide_who_receives() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let endpoint = add(&world, json!({})).await;
        let path = format!("{PATH}/{}", endpoint.id);
        let ada = world.app.user("ada", &[Role::Customer]);
        let (sam, nobody) = (world.staff(), world.app.anonymous());
        let body = json!({ "url": "https://hooks.test/b" });
        let rotate = format!("{path}/secret-rotations");
        for (client, status) in [(&nobody, 401), (&ada, 403), (&sam, 403)] {
            client.post(PATH).json(&body).await.expect(status);
            let change = client.patch(&path).header("if-match", "\"v1\"");
            change.json(&json!({})).await.expect(status);
            let remove = client.delete(&path).header("if-match", "\"v1\"");
            remove.await.expect(status);
            client.post(&rotate).await.expect(status);
        }
        let test = format!("{path}/test-events");
        let replay = format!("{path}/replays");
        for (client, status) in [(&nobody, 401), (&ada, 403)] {
            client.get(PATH).await.expect(status);
            client.get(&path).await.expect(status);
            client.get("/v1/webhook-deliveries").await.expect(status);
            client.post(&test).await.expect(status);
            let again = client.post(&replay).json(&json!({ "after": "0" }));
            again.await.expect(status);
        }
        sam.get(&path).await.expect(200);
        sam.post(&test).await.expect(202);
    }
}

#[tokio::test]
async fn there_are_no_more_receivers_than_there_may_be() {
    for engine in engines() {
        let world = World::new(engine).await;
        for _ in 0..100 {
            add(&world, json!({})).await;
        }
        let full = world.admin().post(PATH).json(&hook(json!({}))).await;
        full.expect(409);
        assert_eq!(full.code(), "notifications.too_many_webhook_endpoints");
    }
}

/// What was on its way goes too, and nothing is sent any more.
#[tokio::test]
async fn nothing_is_left_of_a_receiver_that_was_removed() {
    for engine in engines() {
        let receivers = Arc::new(Receivers::default());
        receivers.answer(|_| status(500));
        let world = World::with_sender(engine, &["catalog"], Arc::clone(&receivers) as _).await;
        let endpoint = add(&world, json!({})).await;
        world.happens("catalog", &product(1)).await;
        let path = format!("{PATH}/{}", endpoint.id);
        let etag = world
            .staff()
            .get(&path)
            .await
            .header("etag")
            .map(str::to_owned);
        let remove = world.admin().delete(&path);
        let gone = remove.header("if-match", &etag.expect("there")).await;
        assert_eq!(gone.status(), 204);
        let before = receivers.count();
        world.happens("catalog", &product(2)).await;
        world.hours_pass(2).await;
        assert_eq!(receivers.count(), before);
        for sql in [
            "DELETE FROM webhook_deliveries",
            "DELETE FROM webhook_places",
            "DELETE FROM webhook_endpoints",
        ] {
            assert_eq!(world.execute(sql).await, 0, "{sql}");
        }
        let list = world
            .staff()
            .get("/v1/webhook-deliveries")
            .await
            .expect(200);
        assert_eq!(list["data"], Value::Array(Vec::new()));
    }
}
