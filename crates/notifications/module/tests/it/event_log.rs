//! What the log of public events keeps, for how long, and that nobody changes it.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_testkit::engines;

use crate::world::{World, empty_store, product, texts};

#[tokio::test]
async fn an_event_that_arrives_again_is_there_once() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        world.happens("catalog", &product(1)).await;
        let rewound = world
            .execute(
                "UPDATE event_cursors SET position = 0
                  WHERE consumer = 'notifications.event_log' AND source = 'catalog'",
            )
            .await;
        assert_eq!(rewound, 1);
        world.happens("catalog", &product(2)).await;
        let body = world.staff().get("/v1/events").await.expect(200);
        let versions: Vec<_> = body["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| &it["data"]["version"])
            .collect();
        assert_eq!(versions, [1, 2]);
        assert_eq!(
            texts(&body, "sequence"),
            ["0000000000000000001", "0000000000000000002"]
        );
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn what_was_rolled_back_is_never_told() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        let db = world.app.kit().db(empty_store("catalog")).await;
        let mut ctx = world.app.kit().ctx();
        let mut tx = db
            .begin(&mut ctx, "test.gives_up")
            .await
            .expect("the store is there");
        tx.emit(&product(1)).await.expect("written");
        tx.rollback().await.expect("undone");
        world.happens("catalog", &product(2)).await;
        let body = world.staff().get("/v1/events").await.expect(200);
        assert_eq!(body["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(body["data"][0]["data"]["version"], 2);
    }
}

#[tokio::test]
async fn old_events_go_and_readers_who_missed_them_are_told() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        let sam = world.staff();
        let before = sam.get("/v1/events").await.expect(200);
        world.happens("catalog", &product(1)).await;
        let lazy = sam.get("/v1/events?limit=1").await.expect(200);
        world.app.kit().advance(Duration::from_hours(20 * 24));
        // More than one batch.
        let db = world.app.kit().db(empty_store("catalog")).await;
        let mut ctx = world.app.kit().ctx();
        let mut tx = db
            .begin(&mut ctx, "test.much_happens")
            .await
            .expect("the store is there");
        for number in 0..520 {
            tx.emit(&product(number)).await.expect("written");
        }
        tx.commit().await.expect("it commits");
        world.app.settle().await;
        let path = |body: &Value| {
            format!(
                "/v1/events?cursor={}",
                body["next_cursor"].as_str().expect("there")
            )
        };

        // The first one is over 30 days old, the others are not.
        world.app.kit().advance(Duration::from_hours(11 * 24));
        world.app.settle().await;
        let gone = sam.get(&path(&before)).await;
        let problem = gone.expect(410);
        assert_eq!(gone.code(), "notifications.events_gone");
        assert_eq!(problem["kept_after"], "0000000000000000001");
        let caught_up = sam.get(&path(&lazy)).await.expect(200);
        assert_eq!(caught_up["data"][0]["sequence"], "0000000000000000002");
        let oldest = sam.get("/v1/events?limit=1").await.expect(200);
        assert_eq!(oldest["data"], json!([caught_up["data"][0]]));

        world.app.kit().advance(Duration::from_hours(20 * 24));
        world.app.settle().await;
        let nothing = sam.get("/v1/events").await.expect(200);
        assert_eq!(
            (&nothing["data"], &nothing["has_more"]),
            (&json!([]), &json!(false))
        );
        sam.get(&path(&lazy)).await.expect(410);
        world.happens("catalog", &product(1)).await;
        let newest = sam.get(&path(&nothing)).await.expect(200);
        assert_eq!(texts(&newest, "sequence"), ["0000000000000000522"]);
        world.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_reader_from_before_a_restore_begins_anew() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        world.happens("catalog", &product(1)).await;
        let sam = world.staff();
        let body = sam.get("/v1/events").await.expect(200);
        let cursor = body["next_cursor"].as_str().expect("there");
        // An older state of the store: the log ends earlier.
        world
            .execute("UPDATE event_log_head SET purged = position")
            .await;
        world.execute("DELETE FROM event_log").await;
        world
            .execute("UPDATE event_log_head SET purged = 0, position = 0")
            .await;
        let reply = sam.get(&format!("/v1/events?cursor={cursor}")).await;
        reply.expect(410);
        assert_eq!(reply.code(), "notifications.events_gone");
    }
}

#[tokio::test]
async fn nobody_changes_what_was_told() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        world.happens("catalog", &product(1)).await;
        for sql in ["UPDATE event_log SET data = '{}'", "DELETE FROM event_log"] {
            assert!(world.try_execute(sql).await.is_err(), "{sql}");
        }
        let body = world.staff().get("/v1/events").await.expect(200);
        assert_eq!(body["data"][0]["data"]["version"], 1);
    }
}
