//! The log of public events, as a stream. Requests cross the seam, as from a gateway in another process.

use std::time::Duration;

use catalog_contract::ProductUpdated;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::Engine;
use tenon_testkit::{AppOptions, Client, TestStream, engines};

use crate::world::{ONE_STORE, World, id};

const STREAM: &str = "/v1/events/stream";

fn updated(name: &str, version: i64) -> ProductUpdated {
    ProductUpdated {
        product_id: id(name),
        version,
        changed: vec!["title".to_owned()],
    }
}

/// Opens a stream that begins with the oldest event.
async fn from_the_beginning(client: &Client) -> TestStream {
    let stream = client.get(STREAM).header("last-event-id", "0").open().await;
    assert_eq!(stream.status(), 200);
    stream
}

/// Everything that is told until there is no more.
async fn told(stream: &mut TestStream) -> Vec<(String, Value)> {
    let mut events = Vec::new();
    while let Some(event) = stream.event().await {
        events.push(event);
    }
    events
}

#[tokio::test]
async fn a_stream_tells_what_the_list_does_and_goes_on_after_the_last_event() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        for version in 1..=3 {
            world.happens("catalog", &updated("tea", version)).await;
        }
        let sam = world.staff();
        let list = sam.get("/v1/events").await.expect(200);
        let listed: Vec<_> = list["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|event| {
                (
                    event["sequence"].as_str().expect("text").to_owned(),
                    event.clone(),
                )
            })
            .collect();

        let mut stream = from_the_beginning(&sam).await;
        assert_eq!(stream.header("content-type"), Some("text/event-stream"));
        assert_eq!(stream.header("cache-control"), Some("no-store"));
        assert_eq!(told(&mut stream).await, listed);

        let mut later = sam
            .get(STREAM)
            .header("last-event-id", &listed[0].0)
            .open()
            .await;
        assert_eq!(told(&mut later).await, listed[1..]);
    }
}

#[tokio::test]
async fn without_a_last_event_a_stream_begins_with_what_happens_from_now_on() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        world.happens("catalog", &updated("tea", 1)).await;
        let sam = world.staff();
        let mut stream = sam.get(STREAM).open().await;
        assert_eq!(told(&mut stream).await, []);
        // It waits now, and is woken.
        let next = updated("tea", 2);
        let (event, ()) = tokio::join!(stream.event(), world.happens("catalog", &next));
        let (sequence, event) = event.expect("an event");
        assert_eq!(sequence, "0000000000000000002");
        assert_eq!(event["data"]["version"], 2);
    }
}

#[tokio::test]
async fn a_stream_has_the_filters_of_the_list() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["catalog"]).await;
        for (name, version) in [("tea", 1), ("cup", 1), ("tea", 2)] {
            world.happens("catalog", &updated(name, version)).await;
        }
        let sam = world.staff();
        let path = format!(
            "{STREAM}?subject={}&type=product.updated",
            updated("tea", 1).product_id
        );
        let mut stream = sam.get(&path).header("last-event-id", "0").open().await;
        let events = told(&mut stream).await;
        let sequences: Vec<_> = events
            .iter()
            .map(|(id, _)| id.trim_start_matches('0'))
            .collect();
        assert_eq!(sequences, ["1", "3"]);
        // What is for others wakes nobody.
        let (tea, cup) = (updated("tea", 3), updated("cup", 2));
        let happens = async {
            world.happens("catalog", &cup).await;
            world.happens("catalog", &tea).await;
        };
        let (event, ()) = tokio::join!(stream.event(), happens);
        assert_eq!(
            event.map(|(id, _)| id),
            Some("0000000000000000005".to_owned())
        );
    }
}

#[tokio::test]
async fn a_long_log_is_told_page_by_page_without_a_seam() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        for version in 0..100 {
            world.emit("catalog", &updated("tea", version)).await;
        }
        world.app.settle().await;
        let mut stream = from_the_beginning(&world.staff()).await;
        let sequences: Vec<_> = told(&mut stream)
            .await
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        let expected: Vec<_> = (1..=100).map(|number| format!("{number:019}")).collect();
        assert_eq!(sequences, expected);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_before_the_stream_begins() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["catalog"]).await;
        world.happens("catalog", &updated("tea", 1)).await;
        let sam = world.staff();
        for (query, last, status, code, pointer) in [
            ("", "x", 400, "invalid_request", "Last-Event-ID:"),
            ("", "-1", 400, "invalid_request", "Last-Event-ID:"),
            (
                "",
                "evt_00000000000000000000000001",
                400,
                "invalid_request",
                "Last-Event-ID:",
            ),
            ("?limit=1", "0", 400, "invalid_request", "?limit"),
            (
                "?type=order.lost",
                "0",
                422,
                "notifications.invalid_request",
                "?type",
            ),
            (
                "?subject=",
                "0",
                422,
                "notifications.invalid_request",
                "?subject",
            ),
        ] {
            let reply = sam
                .get(&format!("{STREAM}{query}"))
                .header("last-event-id", last)
                .await;
            let problem = reply.expect(status);
            assert_eq!(reply.code(), code, "{query} {last}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{query} {last}");
        }
        let future = sam.get(STREAM).header("last-event-id", "2").await;
        future.expect(410);
        assert_eq!(future.code(), "notifications.events_gone");
        let json = sam.get(STREAM).header("accept", "application/json").await;
        json.expect(406);
    }
}

#[tokio::test]
async fn a_reader_who_is_too_far_behind_is_told() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        for version in 1..=2 {
            world.happens("catalog", &updated("tea", version)).await;
        }
        world.app.kit().advance(Duration::from_hours(31 * 24));
        world.app.settle().await;
        world.happens("catalog", &updated("tea", 3)).await;
        let sam = world.staff();
        let reply = sam.get(STREAM).header("last-event-id", "1").await;
        let problem = reply.expect(410);
        assert_eq!(reply.code(), "notifications.events_gone");
        assert_eq!(problem["kept_after"], "0000000000000000002");
        let mut stream = from_the_beginning(&sam).await;
        assert_eq!(
            stream.event().await.map(|(id, _)| id),
            Some("0000000000000000003".to_owned())
        );
    }
}

#[tokio::test]
async fn one_caller_has_so_many_streams_and_no_more() {
    for engine in ONE_STORE {
        let mut options = AppOptions::default();
        options.settings.max_streams_per_caller = 2;
        let world = World::with_options(engine, &[], options).await;
        let sam = world.staff();
        let first = from_the_beginning(&sam).await;
        let second = from_the_beginning(&sam).await;
        let third = sam.get(STREAM).await;
        let problem = third.expect(429);
        assert_eq!(third.code(), "too_many_streams");
        assert_eq!(
            (&problem["retry"], &problem["max_streams"]),
            (&json!("after"), &json!(2))
        );
        assert!(third.header("retry-after").is_some());
        let other = from_the_beginning(&world.app.user("sue", &[Role::Staff])).await;
        drop(first);
        let again = from_the_beginning(&sam).await;
        drop((second, other, again));
    }
}

#[tokio::test]
async fn nothing_is_told_after_the_end_of_a_token() {
    for engine in ONE_STORE {
        let world = World::hearing(engine, &["catalog"]).await;
        let sam = world.staff();
        let mut stream = from_the_beginning(&sam).await;
        assert_eq!(told(&mut stream).await, []);
        world.app.kit().advance(Duration::from_mins(10));
        world.happens("catalog", &updated("tea", 1)).await;
        let end = stream.next().await;
        assert_eq!(
            end.as_deref(),
            Some("event: end\ndata: {\"reason\":\"invalid_token\"}")
        );
        assert_eq!(stream.next().await, None);
        let mut again = from_the_beginning(&sam).await;
        assert_eq!(told(&mut again).await.len(), 1);
    }
}

/// While streams wait, every connection of the store is free: one for each would be more than there are.
#[tokio::test]
async fn streams_that_wait_hold_no_connection() {
    for engine in engines() {
        let mut options = AppOptions::default();
        options.settings.max_streams_per_caller = 200;
        let world = World::with_options(engine, &["catalog"], options).await;
        let sam = world.staff();
        let mut streams = Vec::new();
        for _ in 0..100 {
            let mut stream = from_the_beginning(&sam).await;
            assert_eq!(stream.event().await, None);
            streams.push(stream);
        }
        let event = updated("tea", 1);
        let waiting = futures_util::future::join_all(streams.iter_mut().map(TestStream::event));
        let (told, ()) = tokio::join!(waiting, world.happens("catalog", &event));
        for event in told {
            assert_eq!(
                event.map(|(id, _)| id),
                Some("0000000000000000001".to_owned())
            );
        }
    }
}

/// On PostgreSQL several processes may share the work; here a statement does what another one's worker would.
#[tokio::test]
async fn what_another_process_recorded_is_told_too() {
    for engine in engines() {
        let world = World::hearing(engine, &["catalog"]).await;
        world.happens("catalog", &updated("tea", 1)).await;
        let mut stream = world.staff().get(STREAM).open().await;
        assert_eq!(stream.event().await, None);
        let copy = match world.db.engine() {
            Engine::Sqlite => {
                "INSERT INTO event_log
                 SELECT 2, randomblob(16), source, type, dataschema, subject, time, data, recorded_at, traceparent FROM event_log"
            }
            Engine::Postgres => {
                "INSERT INTO event_log
                 SELECT 2, gen_random_uuid(), source, type, dataschema, subject, time, data, recorded_at, traceparent FROM event_log"
            }
        };
        let records = async {
            world.execute(copy).await;
            world
                .execute("UPDATE event_log_head SET position = 2")
                .await;
        };
        let (event, ()) = tokio::join!(stream.event(), records);
        assert_eq!(
            event.map(|(id, _)| id).as_deref(),
            Some("0000000000000000002")
        );
    }
}
