//! The in-app inbox over HTTP.

use notifications_contract::{CountUnread, UserRef};
use serde_json::json;
use tenon_kernel::Role;
use tenon_testkit::{TestApp, engines};

use crate::world::{ONE_STORE, World};

const CUSTOMER: &[Role] = &[Role::Customer];

#[tokio::test]
async fn a_person_finds_their_own_orders_latest_first() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        for number in ["1", "2", "3"] {
            world
                .happens("orders", &world.place(number, Some("ada")))
                .await;
        }
        world
            .happens("orders", &world.place("4", Some("eve")))
            .await;
        world.happens("orders", &world.place("5", None)).await;

        let ada = world.app.user("ada", CUSTOMER);
        let first = ada.get("/v1/me/notifications?limit=2").await;
        let body = first.expect(200);
        assert_eq!(body["data"][0]["title"], "Order 3 placed");
        assert_eq!(body["data"][0]["kind"], "order.placed");
        assert_eq!(body["data"][1]["title"], "Order 2 placed");
        assert_eq!(
            (&body["has_more"], &body["unread_count"]),
            (&true.into(), &3.into())
        );
        assert!(
            first
                .header("link")
                .is_some_and(|link| link.contains("rel=\"next\"")),
            "{:?}",
            first.header("link")
        );

        let cursor = body["next_cursor"].as_str().expect("a cursor");
        let rest = ada
            .get(&format!("/v1/me/notifications?limit=2&cursor={cursor}"))
            .await
            .expect(200);
        assert_eq!(rest["data"][0]["title"], "Order 1 placed");
        assert_eq!(
            (&rest["has_more"], &rest["next_cursor"]),
            (&false.into(), &json!(null))
        );

        // A cursor goes with its person and its filter.
        let eve = world.app.user("eve", CUSTOMER);
        let stolen = eve
            .get(&format!("/v1/me/notifications?limit=2&cursor={cursor}"))
            .await;
        assert_eq!(
            (stolen.status().as_u16(), stolen.code().as_str()),
            (400, "notifications.invalid_cursor")
        );
        let mixed = ada
            .get(&format!("/v1/me/notifications?unread=true&cursor={cursor}"))
            .await;
        assert_eq!(mixed.code(), "notifications.invalid_cursor");
    }
}

#[tokio::test]
async fn counts_and_marks_follow_what_its_reader_had_before_them() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        for number in ["1", "2", "3"] {
            world
                .happens("orders", &world.place(number, Some("ada")))
                .await;
        }
        let ada = world.app.user("ada", CUSTOMER);
        let counts = "/v1/me/notification-counts";
        assert_eq!(
            ada.get(counts).await.expect(200),
            json!({ "unread": 3, "inbox": 3 })
        );
        let list = ada.get("/v1/me/notifications").await.expect(200);
        let marks = "/v1/me/notification-seen-marks";
        let up_to_the_second = json!({ "up_to": list["data"][1]["id"] });
        for marked in [2, 0] {
            let answer = ada.post(marks).json(&up_to_the_second).await;
            assert_eq!(answer.expect(200), json!({ "marked": marked }));
        }
        assert_eq!(
            ada.get(counts).await.expect(200),
            json!({ "unread": 1, "inbox": 3 })
        );
        let eve = world.app.user("eve", CUSTOMER);
        let stolen = eve.post(marks).json(&up_to_the_second).await;
        assert_eq!(
            (stolen.status().as_u16(), stolen.code().as_str()),
            (404, "notifications.notification_not_found")
        );

        // What was marked has another version, so that nobody overwrites it unseen.
        let path = format!(
            "/v1/me/notifications/{}",
            list["data"][2]["id"].as_str().expect("an id")
        );
        let put_away = ada
            .patch(&path)
            .header("if-match", "\"v2\"")
            .json(&json!({ "archived": true }))
            .await;
        put_away.expect(200);
        assert_eq!(
            ada.get(counts).await.expect(200),
            json!({ "unread": 1, "inbox": 2 })
        );
        let archive = ada.get("/v1/me/notifications?only_archived=true").await;
        let archive = archive.expect(200);
        assert_eq!(archive["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(archive["data"][0]["title"], "Order 1 placed");
    }
}

#[tokio::test]
async fn a_notification_is_seen_and_put_away_by_its_version() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        let ada = world.app.user("ada", CUSTOMER);
        let note = ada.get("/v1/me/notifications").await.expect(200)["data"][0].clone();
        let path = format!(
            "/v1/me/notifications/{}",
            note["id"].as_str().expect("an id")
        );
        assert_eq!(
            (&note["version"], &note["seen_at"]),
            (&1.into(), &json!(null))
        );

        assert_eq!(
            ada.patch(&path)
                .json(&json!({ "seen": true }))
                .await
                .status()
                .as_u16(),
            428
        );
        let seen = ada
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&json!({ "seen": true }))
            .await;
        assert_eq!(seen.header("etag"), Some("\"v2\""));
        assert_eq!(seen.expect(200)["seen_at"], "2026-06-01T12:00:01Z");
        assert_eq!(
            ada.get("/v1/me/notifications?unread=true")
                .await
                .expect(200)["data"],
            json!([])
        );

        let stale = ada
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&json!({ "archived": true }))
            .await;
        assert_eq!(
            (stale.status().as_u16(), stale.code().as_str()),
            (412, "notifications.stale_version")
        );
        assert_eq!(stale.json()["current_etag"], "\"v2\"");
        assert_eq!(stale.header("etag"), Some("\"v2\""));

        // Nothing to change changes nothing.
        let same = ada
            .patch(&path)
            .header("if-match", "\"v2\"")
            .json(&json!({ "seen": true }))
            .await;
        assert_eq!(same.expect(200)["version"], 2);

        ada.patch(&path)
            .header("if-match", "\"v2\"")
            .json(&json!({ "archived": true }))
            .await
            .expect(200);
        assert_eq!(
            ada.get("/v1/me/notifications").await.expect(200)["data"],
            json!([])
        );
        let all = ada
            .get("/v1/me/notifications?archived=true")
            .await
            .expect(200);
        assert_eq!(
            (&all["data"][0]["version"], &all["unread_count"]),
            (&3.into(), &0.into())
        );

        let back = json!({ "archived": false, "seen": false });
        let back = ada
            .patch(&path)
            .header("if-match", "\"v3\"")
            .json(&back)
            .await
            .expect(200);
        assert_eq!(
            (&back["seen_at"], &back["archived_at"]),
            (&json!(null), &json!(null))
        );
        assert_eq!(
            ada.get("/v1/me/notifications").await.expect(200)["unread_count"],
            1
        );
    }
}

#[tokio::test]
async fn other_peoples_notifications_do_not_exist() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        world
            .happens("orders", &world.place("1", Some("ada")))
            .await;
        let ada = world.app.user("ada", CUSTOMER);
        let id = ada.get("/v1/me/notifications").await.expect(200)["data"][0]["id"]
            .as_str()
            .expect("an id")
            .to_owned();

        let eve = world.app.user("eve", CUSTOMER);
        let path = format!("/v1/me/notifications/{id}");
        let foreign = eve
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&json!({ "seen": true }))
            .await;
        assert_eq!(
            (foreign.status().as_u16(), foreign.code().as_str()),
            (404, "notifications.notification_not_found")
        );
        assert_eq!(
            ada.get("/v1/me/notifications").await.expect(200)["unread_count"],
            1
        );
    }
}

#[tokio::test]
async fn bad_input_is_named() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let ada = world.app.user("ada", CUSTOMER);
        for query in [
            "limit=0",
            "limit=201",
            "unread=maybe",
            "color=red",
            "cursor=x",
        ] {
            assert_eq!(
                ada.get(&format!("/v1/me/notifications?{query}"))
                    .await
                    .status()
                    .as_u16(),
                400,
                "{query}"
            );
        }
        let wrong_kind = ada
            .patch("/v1/me/notifications/ord_00000000000000000000000001")
            .header("if-match", "\"v1\"");
        let wrong_kind = wrong_kind.json(&json!({ "seen": true })).await;
        assert_eq!(
            (wrong_kind.status().as_u16(), wrong_kind.code().as_str()),
            (400, "wrong_id_type")
        );
        let path = "/v1/me/notifications/ntf_00000000000000000000000001";
        for body in [json!({ "seen": "yes" }), json!({ "read": true }), json!([])] {
            let reply = ada
                .patch(path)
                .header("if-match", "\"v1\"")
                .json(&body)
                .await;
            assert_eq!(reply.status().as_u16(), 400, "{body}");
        }
    }
}

#[tokio::test]
async fn nothing_is_shown_to_those_who_are_not_signed_in() {
    for engine in ONE_STORE {
        let world = World::new(engine).await;
        let nobody = world.app.anonymous();
        assert_eq!(
            nobody.get("/v1/me/notifications").await.status().as_u16(),
            401
        );
        assert_eq!(
            nobody
                .patch("/v1/me/notifications/ntf_00000000000000000000000001")
                .await
                .status()
                .as_u16(),
            401
        );
        assert_eq!(nobody.get("/v1/messages").await.status().as_u16(), 401);
        let ada = world.app.user("ada", CUSTOMER);
        assert_eq!(ada.get("/v1/messages").await.status().as_u16(), 403);
    }
}

#[tokio::test]
async fn other_modules_can_count() {
    for engine in engines() {
        let world = World::hearing(engine, &["orders"]).await;
        for (number, buyer) in [("1", "ada"), ("2", "ada"), ("3", "bob")] {
            world
                .happens("orders", &world.place(number, Some(buyer)))
                .await;
        }
        let user = |name| UserRef::from_uuid(TestApp::user_id(name));
        let ctx = world.app.kit().ctx();
        let request = CountUnread {
            user_ids: vec![user("bob"), user("nobody"), user("ada")],
        };
        let counts = world
            .contract
            .count_unread(&ctx, request)
            .await
            .expect("counted")
            .counts;
        let unread: Vec<_> = counts.iter().map(|count| count.unread).collect();
        assert_eq!(unread, [1, 0, 2]);
        let too_many = CountUnread {
            user_ids: vec![user("ada"); 201],
        };
        assert!(world.contract.count_unread(&ctx, too_many).await.is_err());
    }
}
